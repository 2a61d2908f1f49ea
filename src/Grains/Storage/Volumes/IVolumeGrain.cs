using Orleans;
using Orleans.Concurrency;

namespace Actors.Grains.Storage;

/// <summary>One volume's migration. The key is the volume's name.</summary>
[Alias("actors.storage.volume")]
public interface IVolumeGrain : IGrainWithStringKey
{
    /// <summary>Takes an order; it may come again.</summary>
    /// <returns>False while another order is under way.</returns>
    [Alias("begin")]
    Task<bool> Begin(MigrationOrder order);

    /// <summary>Stops copying for now.</summary>
    /// <returns>Why not; null when it is done.</returns>
    [Alias("pause")]
    Task<string?> Pause();

    /// <summary>Goes on after a pause.</summary>
    /// <returns>Why not; null when it is done.</returns>
    [Alias("resume")]
    Task<string?> Resume();

    /// <summary>Takes the replica that moves back, as long as there is a way back. Those of the order that have moved before stay where they are.</summary>
    /// <returns>Why not; null when that has begun.</returns>
    [Alias("abort")]
    Task<string?> Abort();

    /// <summary>Takes everything back that can be, and ends even so: what cannot be removed, as on a disk that is dead, is named and left.</summary>
    /// <returns>Why not; null when that has begun.</returns>
    [Alias("forget")]
    Task<string?> Forget();

    /// <summary>The volume is gone for good: nothing is kept of its migrations.</summary>
    /// <returns>False while an order is under way; then all is kept.</returns>
    [Alias("clear")]
    Task<bool> Clear();

    /// <summary>What it does, or did last; null when it has never moved, or that is not kept any more.</summary>
    [Alias("describe"), AlwaysInterleave]
    Task<MigrationReport?> Describe();
}
