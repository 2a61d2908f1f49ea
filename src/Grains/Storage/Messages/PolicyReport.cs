using Orleans;

namespace Actors.Grains.Storage;

/// <summary>A policy and what became of it.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.PolicyReport")]
public sealed record PolicyReport
{
    /// <summary>Its name.</summary>
    [Id(0)] public string Name { get; init; } = "";

    /// <summary>StoragePolicy, or ErasureCodingPolicy, which is kept and not supported.</summary>
    [Id(1)] public string Kind { get; init; } = "";

    /// <summary>The object as JSON with its status, as Kubernetes would show it.</summary>
    [Id(2)] public string Json { get; init; } = "";
}
