namespace Actors.Grains.Agents;

/// <summary>When rows are written together, and how many may wait.</summary>
public sealed record BatchOptions
{
    /// <summary>Rows of one statement; as soon as so many wait they are written.</summary>
    public int MaxRows { get; init; } = 500;

    /// <summary>Milliseconds that a row waits for others.</summary>
    public long MaxAgeMs { get; init; } = 1_000;

    /// <summary>Rows that may wait; those of keys that do not wait yet are dropped and counted.</summary>
    public int MaxWaiting { get; init; } = 100_000;

    /// <summary>Bytes that may wait, about.</summary>
    public long MaxWaitingBytes { get; init; } = 64 * 1_024 * 1_024;

    /// <summary>Milliseconds before a statement that failed is tried again, the first time; each time twice as many.</summary>
    public long RetryMs { get; init; } = 200;

    /// <summary>Most milliseconds before a statement is tried again.</summary>
    public long MaxRetryMs { get; init; } = 10_000;
}
