namespace Actors.Grains.Agents;

/// <summary>The log of connections to agents. Reports of one connection become one row, in whatever order they come (<see cref="ConnectionRow.MergeWith"/>). Safe to use from any thread.</summary>
public interface IAgentConnectionLog
{
    /// <summary>Rows that one statement writes, at most.</summary>
    const int MaxRows = 500;

    /// <summary>Merges rows into those that are there.</summary>
    /// <param name="rows">At most <see cref="MaxRows"/>; two of one key are merged.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <exception cref="AgentStoreException">They are not known to be stored.</exception>
    Task WriteAsync(IReadOnlyList<ConnectionRow> rows, CancellationToken token);

    /// <summary>Reads a page.</summary>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<IReadOnlyList<ConnectionRow>> ReadAsync(ConnectionFilter filter, CancellationToken token);

    /// <summary>Removes the oldest rows.</summary>
    /// <param name="beforeUtcMs">Those of connections that began, and ended if they have, before; milliseconds since 1970-01-01 UTC.</param>
    /// <param name="maxRows">How many at most.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <returns>How many were removed; while it is <paramref name="maxRows"/> there may be more.</returns>
    /// <exception cref="AgentStoreException">It is not known whether they are removed.</exception>
    Task<int> RemoveBeforeAsync(long beforeUtcMs, int maxRows, CancellationToken token);
}
