namespace Actors.Grains.Agents;

/// <summary>When a silo writes what it knows of agents.</summary>
public sealed record AgentWriterOptions
{
    /// <summary>Milliseconds that a heartbeat waits for others; with the time between two it stays well below <see cref="StatusClock.InactiveAfterMs"/>.</summary>
    public long HeartbeatFlushMs { get; init; } = 2_000;

    /// <summary>Milliseconds that a row of the connection log waits for others.</summary>
    public long ConnectionLogFlushMs { get; init; } = 1_000;

    /// <summary>Milliseconds that a value waits for others.</summary>
    public long MetadataFlushMs { get; init; } = 2_000;

    /// <summary>Rows of each kind that may wait while the store is away.</summary>
    public int MaxWaitingRows { get; init; } = 100_000;

    /// <summary>Bytes of each kind that may wait, about.</summary>
    public long MaxWaitingBytes { get; init; } = 64 * 1_024 * 1_024;

    internal BatchOptions Batch(long maxAgeMs) => new() { MaxRows = IAgentRows.MaxRows, MaxAgeMs = maxAgeMs, MaxWaiting = MaxWaitingRows, MaxWaitingBytes = MaxWaitingBytes };
}
