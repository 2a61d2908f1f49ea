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

    /// <summary>Takes everything back, as long as there is a way back.</summary>
    /// <returns>Why not; null when that has begun.</returns>
    [Alias("abort")]
    Task<string?> Abort();

    /// <summary>What it does, or did last; null when it has never moved.</summary>
    [Alias("describe"), AlwaysInterleave]
    Task<MigrationReport?> Describe();
}
