using Orleans;

namespace Actors.Grains.Groups;

/// <summary>What is committed for one partition.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.FetchedOffset")]
public sealed record GroupFetchedOffset
{
    /// <summary>The topic's name.</summary>
    [Id(0)] public string Topic { get; init; } = "";

    /// <summary>The partition's index.</summary>
    [Id(1)] public int Partition { get; init; }

    /// <summary>The offset of the last durable commit, or -1 when there is none.</summary>
    [Id(2)] public long Offset { get; init; } = -1;

    /// <summary>The leader epoch that came with the commit, or -1.</summary>
    [Id(3)] public int LeaderEpoch { get; init; } = -1;

    /// <summary>The client's own note; empty when it had none.</summary>
    [Id(4)] public string Metadata { get; init; } = "";
}
