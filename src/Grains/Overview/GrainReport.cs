using Orleans;

namespace Actors.Grains.Overview;

/// <summary>One grain.</summary>
[GenerateSerializer, Immutable, Alias("actors.overview.grain")]
public sealed record GrainReport
{
    /// <summary>Its class.</summary>
    [Id(0)] public required string Type { get; init; }

    /// <summary>Its key.</summary>
    [Id(1)] public required string Key { get; init; }

    /// <summary>The node on which it lives, or would; null when it has no home now, or the runtime does not tell.</summary>
    [Id(2)] public int? HomeNodeId { get; init; }

    /// <summary>The node on which it is active; null when it is not.</summary>
    [Id(3)] public int? ActiveNodeId { get; init; }

    /// <summary>Its activation; null when it is not active.</summary>
    [Id(4)] public ActivationReport? Activation { get; init; }

    /// <summary>Its persistent states.</summary>
    [Id(5)] public IReadOnlyList<StateReport> States { get; init; } = [];

    /// <summary>Silos that did not answer: the grain may be active there.</summary>
    [Id(6)] public IReadOnlyList<string> Unheard { get; init; } = [];
}
