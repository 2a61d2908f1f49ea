using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Paced;

namespace Actors.Grains.Storage;

/// <summary>Makes pools and volumes where the back end leaves that to the silos, with the deadline of every call of a back end. Safe to use from any thread.</summary>
/// <param name="services">The back end.</param>
public sealed class LocalVolumes(TieringServices services)
{
    /// <inheritdoc cref="ILocalVolumes.CreatePoolAsync"/>
    public Task CreatePoolAsync(NewPool pool, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(pool);
        return AskAsync($"the pool {pool.Name}", async (local, until) =>
        {
            await local.CreatePoolAsync(pool, until);
            return true;
        }, token);
    }

    /// <summary>Makes a volume, filled with zeros.</summary>
    /// <param name="volume">The volume; without a storage class it gets the back end's name for one.</param>
    /// <param name="token">Ends the wait; the volume may have been made.</param>
    /// <returns>Where applications find it.</returns>
    /// <exception cref="BackEndException">It was not made, or nobody knows.</exception>
    public Task<string> CreateVolumeAsync(NewVolume volume, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(volume);
        var named = volume.StorageClass.Length > 0 || services.BackEnd is null ? volume : volume with { StorageClass = services.BackEnd.Name };
        return AskAsync(volume.Name, (local, until) => local.CreateVolumeAsync(named, until), token);
    }

    /// <inheritdoc cref="ILocalVolumes.AttachAsync"/>
    public Task<string> AttachAsync(string volume, CancellationToken token) => AskAsync(volume, (local, until) => local.AttachAsync(volume, until), token);

    /// <inheritdoc cref="ILocalVolumes.DetachAsync"/>
    public Task DetachAsync(string volume, CancellationToken token) => AskAsync(volume, async (local, until) =>
    {
        await local.DetachAsync(volume, until);
        return true;
    }, token);

    private Task<T> AskAsync<T>(string subject, Func<ILocalVolumes, CancellationToken, Task<T>> call, CancellationToken token) => services.AskBackEndAsync(
        subject,
        (backEnd, until) => (backEnd is PacedBackEnd paced ? paced.Inner : backEnd) is ILocalVolumes local
            ? call(local, until)
            : throw new BackEndException($"pools and volumes of {backEnd.Name} are made by its own tools", isPermanent: true),
        token);
}
