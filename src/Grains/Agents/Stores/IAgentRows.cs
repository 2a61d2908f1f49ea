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

    /// <summary>Removes an agent and its values, unless it has a connection. The connection log stays; who connects again is known anew.</summary>
    /// <param name="agent">Which.</param>
    /// <param name="clock">Says whether it is connected.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <exception cref="AgentStoreException">It is not known whether it is removed.</exception>
    Task<ForgetOutcome> ForgetAsync(Guid agent, StatusClock clock, CancellationToken token);

    /// <summary>Removes agents of which nothing was heard for long, and values of agents that are not known any more.</summary>
    /// <param name="beforeUtcMs">Those that were heard of for the last time before, milliseconds since 1970-01-01 UTC; later than that nobody is removed.</param>
    /// <param name="maxRows">How many at most of each kind.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <returns>How many rows were removed; while it is not 0 there may be more.</returns>
    /// <exception cref="AgentStoreException">It is not known whether they are removed.</exception>
    Task<int> RemoveSilentAsync(long beforeUtcMs, int maxRows, CancellationToken token);
}
