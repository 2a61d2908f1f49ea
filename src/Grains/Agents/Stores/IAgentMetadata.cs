namespace Actors.Grains.Agents;

/// <summary>The values that agents measure; of each the newest. Safe to use from any thread.</summary>
public interface IAgentMetadata
{
    /// <summary>Rows that one statement writes, at most.</summary>
    const int MaxRows = 500;

    /// <summary>Values that are kept of one agent; beyond them the oldest go.</summary>
    const int MaxValues = 128;

    /// <summary>Writes values; one that is newer in the store stays.</summary>
    /// <param name="rows">At most <see cref="MaxRows"/>; of two of one key the newer counts.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <exception cref="AgentStoreException">They are not known to be stored.</exception>
    Task WriteAsync(IReadOnlyList<MetadataRow> rows, CancellationToken token);

    /// <summary>An agent's values, by name.</summary>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<IReadOnlyList<MetadataRow>> ReadAsync(Guid agent, CancellationToken token);
}
