using Orleans;

namespace Actors.Grains.Storage;

/// <summary>What applications do on a pool.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.PoolLoad")]
public sealed record PoolLoad
{
    /// <summary>The pool.</summary>
    [Id(0)] public string Pool { get; init; } = "";

    /// <summary>What they read and write; null when it is not known.</summary>
    [Id(1)] public long? BytesPerSecond { get; init; }

    /// <summary>Why it is not known; null when it is.</summary>
    [Id(2)] public string? Unknown { get; init; }
}
