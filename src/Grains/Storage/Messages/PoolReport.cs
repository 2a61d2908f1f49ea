using Orleans;

namespace Actors.Grains.Storage;

/// <summary>A pool.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.PoolReport")]
public sealed record PoolReport
{
    /// <summary>Its name.</summary>
    [Id(0)] public string Name { get; init; } = "";

    /// <summary>The node it lies on.</summary>
    [Id(1)] public string Node { get; init; } = "";

    /// <summary>Its labels, each as name=value.</summary>
    [Id(2)] public string[] Labels { get; init; } = [];

    /// <summary>Whether it is online and takes new volumes.</summary>
    [Id(3)] public bool IsUsable { get; init; }

    /// <summary>Its size.</summary>
    [Id(4)] public long CapacityBytes { get; init; }

    /// <summary>What is free, without what migrations on their way to it will take.</summary>
    [Id(5)] public long FreeBytes { get; init; }

    /// <summary>Replicas that lie in it.</summary>
    [Id(6)] public int Replicas { get; init; }

    /// <summary>What applications read and write there; null when it is not known.</summary>
    [Id(7)] public long? ApplicationBytesPerSecond { get; init; }

    /// <summary>Why that is not known; null when it is.</summary>
    [Id(8)] public string? LoadUnknown { get; init; }
}
