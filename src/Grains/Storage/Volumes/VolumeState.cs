using Actors.Grains.Work;
using Orleans;

namespace Actors.Grains.Storage;

/// <summary>What is stored of a volume that moves, or has moved.</summary>
[GenerateSerializer, Alias("Actors.Storage.VolumeState")]
public sealed class VolumeState : IHasWork
{
    /// <summary>What it is to do; null when there is nothing.</summary>
    [Id(0)] public MigrationOrder? Order { get; set; }

    /// <summary>Which of the order's moves is under way, from 0.</summary>
    [Id(1)] public int Move { get; set; }

    /// <summary>That move's migration; null before it has begun.</summary>
    [Id(2)] public StoredMigration? Migration { get; set; }

    /// <summary>Whether somebody asked for an abort.</summary>
    [Id(3)] public bool IsAbortAsked { get; set; }

    /// <summary>What became of the order, until that is told; and after that, of the last one.</summary>
    [Id(4)] public MigrationEnd? End { get; set; }

    /// <summary>The last order that ended and was told.</summary>
    [Id(5)] public MigrationOrder? LastOrder { get; set; }

    /// <inheritdoc/>
    public bool HasWork => Order is not null;
}
