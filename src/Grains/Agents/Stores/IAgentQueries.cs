namespace Actors.Grains.Agents;

/// <summary>What people ask about agents, and that one be forgotten. Safe to use from any thread.</summary>
public interface IAgentQueries
{
    /// <summary>One agent; null when it is not known.</summary>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<AgentSummary?> FindAsync(Guid agent, CancellationToken token);

    /// <summary>A page of agents.</summary>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<IReadOnlyList<AgentSummary>> ListAsync(AgentFilter filter, CancellationToken token);

    /// <summary>How many agents have each status; a status that none has is missing.</summary>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<IReadOnlyDictionary<AgentStatus, long>> CountAsync(CancellationToken token);

    /// <summary>A page of the connection log.</summary>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<IReadOnlyList<ConnectionRow>> ConnectionsAsync(ConnectionFilter filter, CancellationToken token);

    /// <summary>An agent's values, by name.</summary>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<IReadOnlyList<MetadataRow>> MetadataAsync(Guid agent, CancellationToken token);

    /// <summary>Removes an agent and its values, unless it has a connection.</summary>
    /// <exception cref="AgentStoreException">It is not known whether it is removed.</exception>
    Task<ForgetOutcome> ForgetAsync(Guid agent, CancellationToken token);
}
