using Orleans;

namespace Actors.Grains.Storage;

/// <summary>What the controller sees and would do, at one moment.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.TieringReport")]
public sealed record TieringReport
{
    /// <summary>The back end's name; null when there is none.</summary>
    [Id(0)] public string? BackEnd { get; init; }

    /// <summary>What becomes of a copy's budget there: enforced, enforcedWhileHeld, advisory or none.</summary>
    [Id(1)] public string? Budget { get; init; }

    /// <summary>Why there is nothing else in it, and what to do; null when there is.</summary>
    [Id(2)] public string? Problem { get; init; }

    /// <summary>The pools, by name.</summary>
    [Id(3)] public PoolReport[] Pools { get; init; } = [];

    /// <summary>The volumes, by name.</summary>
    [Id(4)] public VolumeReport[] Volumes { get; init; } = [];
}
