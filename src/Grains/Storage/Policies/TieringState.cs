using Actors.Grains.Work;
using Orleans;

namespace Actors.Grains.Storage;

/// <summary>What is remembered of volumes, which of them move, and what became of policies: one record, so that a migration's end is counted once.</summary>
[GenerateSerializer, Alias("Actors.Storage.TieringState")]
public sealed class TieringState : IHasWork
{
    /// <summary>By volume; those of which nothing is remembered are left out.</summary>
    [Id(0)] public Dictionary<string, StoredMemory> Memories { get; set; } = [];

    /// <summary>Orders that have not ended, by volume.</summary>
    [Id(1)] public Dictionary<string, MigrationOrder> Orders { get; set; } = [];

    /// <summary>Statuses of storage policies by name, as JSON.</summary>
    [Id(2)] public Dictionary<string, string> Statuses { get; set; } = [];

    /// <summary>Volumes of which their grains keep something, because they have moved: since when they are gone, in milliseconds since 1970; 0 while they are there.</summary>
    [Id(3)] public Dictionary<string, long> Moved { get; set; } = [];

    /// <inheritdoc/>
    public bool HasWork => Orders.Count > 0 || Moved.Count > 0;
}
