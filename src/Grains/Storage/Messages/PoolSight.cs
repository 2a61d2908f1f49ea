using Orleans;

namespace Actors.Grains.Storage;

/// <summary>What a silo sees of a pool's use.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.PoolSight")]
public sealed record PoolSight
{
    /// <summary>The pool.</summary>
    [Id(0)] public string Pool { get; init; } = "";

    /// <summary>Who sees it: each has a name of its own.</summary>
    [Id(1)] public string Silo { get; init; } = "";

    /// <summary>What is read and written there beside the copies of this silo; null when it cannot tell.</summary>
    [Id(2)] public long? ApplicationBytesPerSecond { get; init; }

    /// <summary>Why it cannot tell; null when it can.</summary>
    [Id(3)] public string? Unknown { get; init; }
}
