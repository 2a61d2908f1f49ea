using Orleans;

namespace Actors.Grains.Groups;

/// <summary>The offset to remember for one partition.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.CommitOffset")]
public sealed record GroupCommitOffset
{
    /// <summary>The topic's name.</summary>
    [Id(0)] public string Topic { get; init; } = "";

    /// <summary>The partition's index.</summary>
    [Id(1)] public int Partition { get; init; }

    /// <summary>The next offset that the group wants to read.</summary>
    [Id(2)] public long Offset { get; init; }

    /// <summary>The leader epoch of the last record that was read, or -1.</summary>
    [Id(3)] public int LeaderEpoch { get; init; } = -1;

    /// <summary>The client's own note; null counts as empty.</summary>
    [Id(4)] public string? Metadata { get; init; }

    /// <summary>The commit's time in milliseconds since 1970 (version 1), or -1: the coordinator's clock.</summary>
    [Id(5)] public long CommitTimestampMs { get; init; } = -1;
}
