using Orleans;

namespace Actors.Grains.Overview;

/// <summary>One silo of the cluster.</summary>
[GenerateSerializer, Immutable, Alias("actors.overview.entry")]
public sealed record SiloEntry
{
    /// <summary>Its name for people.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Its node's number.</summary>
    [Id(1)] public required int NodeId { get; init; }

    /// <summary>Its address within the cluster.</summary>
    [Id(2)] public required string Address { get; init; }

    /// <summary>What it says of itself, or else what the view says of it: see <see cref="SiloStates"/>.</summary>
    [Id(3)] public required string Status { get; init; }

    /// <summary>Why it does not serve; empty when it does.</summary>
    [Id(4)] public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>What it reports; null when it does not answer.</summary>
    [Id(5)] public SiloReport? Report { get; init; }
}
