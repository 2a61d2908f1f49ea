namespace Actors.Log;

/// <summary>How one log lays out its files.</summary>
public sealed record LogConfig
{
    /// <summary>Kafka's defaults.</summary>
    public static LogConfig Default { get; } = new();

    /// <summary>Largest segment in bytes before the next one is begun: segment.bytes. At least 1,024; a single larger batch gets a segment of its own.</summary>
    public int SegmentBytes { get; init; } = 1 << 30;

    /// <summary>Age of a segment's first append in milliseconds at which the next append begins a new one: segment.ms. At least 1.</summary>
    public long SegmentMs { get; init; } = 604_800_000;
}
