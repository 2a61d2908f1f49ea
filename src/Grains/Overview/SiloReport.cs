using Orleans;

namespace Actors.Grains.Overview;

/// <summary>What one silo reports of itself and of its grains.</summary>
[GenerateSerializer, Immutable, Alias("actors.overview.report")]
public sealed record SiloReport
{
    /// <summary>The silo.</summary>
    [Id(0)] public required SiloDescription Silo { get; init; }

    /// <summary>Its address within the cluster.</summary>
    [Id(1)] public required string Address { get; init; }

    /// <summary>Its grain classes that have activations.</summary>
    [Id(2)] public IReadOnlyList<ClassReport> Classes { get; init; } = [];

    /// <summary>The calls that it has served.</summary>
    [Id(3)] public IReadOnlyList<CallReport> Calls { get; init; } = [];

    /// <summary>Turns that kept their thread too long, and, where the runtime tells, times that the thread pool was starved, since it started.</summary>
    [Id(4)] public long Stalls { get; init; }
}
