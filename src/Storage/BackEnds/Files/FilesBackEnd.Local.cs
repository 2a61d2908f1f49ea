namespace Actors.Storage.BackEnds.Files;

public sealed partial class FilesBackEnd : ILocalVolumes
{
    /// <inheritdoc/>
    public Task CreatePoolAsync(NewPool pool, CancellationToken cancellationToken) =>
        FileCall.RunAsync($"making the pool {pool.Name}", () => PoolMaker.Create(_files, _options.PoolFolders, pool), cancellationToken);

    /// <inheritdoc/>
    public Task<string> CreateVolumeAsync(NewVolume volume, CancellationToken cancellationToken) =>
        CreateVolumeAsync(volume.Name, volume.StorageClass, volume.Labels, volume.Pool, volume.SizeBytes, cancellationToken);

    /// <inheritdoc/>
    Task<string> ILocalVolumes.AttachAsync(string volume, CancellationToken cancellationToken) => FileCall.RunAsync($"finding {volume}", () =>
        _volumes.Read(volume) is null ? throw FileVolumes.Missing(volume) : Path.GetFullPath(_volumes.LinkOf(volume)), cancellationToken);

    /// <inheritdoc/>
    Task ILocalVolumes.DetachAsync(string volume, CancellationToken cancellationToken) =>
        Task.FromException(new BackEndException($"nobody serves {volume}: whoever uses it opens its file, and closes it", isPermanent: true));
}
