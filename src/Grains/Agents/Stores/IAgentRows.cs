namespace Actors.Grains.Agents;

/// <summary>
/// A row for each agent: when it was connected and what it said of itself. Everything may be written twice, late or in any order:
/// a connection's end is never undone by what its own silo said before, nor is anything by an older connection. Safe to use from any thread.
/// </summary>
public interface IAgentRows
{
    /// <summary>Rows that one statement writes, at most.</summary>
    const int MaxRows = 500;

    /// <summary>Writes what became of agents; one that is not known yet is added.</summary>
    /// <param name="rows">At most <see cref="MaxRows"/>; two of one agent are merged.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <exception cref="AgentStoreException">They are not known to be stored.</exception>
    Task WriteAsync(IReadOnlyList<AgentRow> rows, CancellationToken token);

    /// <summary>Writes signs of life. One counts only while the agent's newest connection is the one that gave it, that has not ended, and the sign is later than the last one.</summary>
    /// <param name="rows">At most <see cref="MaxRows"/>; two of one agent are merged.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <exception cref="AgentStoreException">They are not known to be stored.</exception>
    Task WriteHeartbeatsAsync(IReadOnlyList<HeartbeatRow> rows, CancellationToken token);

    /// <summary>Reads one agent; null when it is not known.</summary>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<AgentRecord?> ReadAsync(Guid agent, CancellationToken token);

    /// <summary>Reads a page of agents.</summary>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<IReadOnlyList<AgentRecord>> ListAsync(AgentFilter filter, StatusClock clock, CancellationToken token);

    /// <summary>How many agents have each status; a status that none has is missing.</summary>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<IReadOnlyDictionary<AgentStatus, long>> CountAsync(StatusClock clock, CancellationToken token);
}
