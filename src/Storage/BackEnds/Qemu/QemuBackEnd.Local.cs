using Actors.Storage.BackEnds.Files;

namespace Actors.Storage.BackEnds.Qemu;

public sealed partial class QemuBackEnd : ILocalVolumes
{
    private const int SectorBytes = 512;

    /// <inheritdoc/>
    public Task CreatePoolAsync(NewPool pool, CancellationToken cancellationToken) =>
        FileCall.RunAsync($"making the pool {pool.Name}", () => PoolMaker.Create(_files, _options.PoolFolders, pool), cancellationToken);

    /// <inheritdoc/>
    public async Task<string> CreateVolumeAsync(NewVolume volume, CancellationToken cancellationToken)
    {
        if (volume.SizeBytes % SectorBytes != 0) throw new BackEndException($"a volume's size is a multiple of {SectorBytes} bytes", isPermanent: true);
        await CreateVolumeAsync(volume.Name, volume.StorageClass, volume.Labels, volume.Pool, volume.SizeBytes, cancellationToken);
        return AddressOf(volume.Name, DaemonOf(volume.Name).NbdSocket);
    }

    /// <inheritdoc/>
    async Task<string> ILocalVolumes.AttachAsync(string volume, CancellationToken cancellationToken) => AddressOf(volume, await AttachAsync(volume, cancellationToken));

    /// <inheritdoc/>
    Task ILocalVolumes.DetachAsync(string volume, CancellationToken cancellationToken) => DetachAsync(volume, cancellationToken);

    /// <summary>The address by which NBD clients know it (the NBD project's doc/uri.md).</summary>
    private static string AddressOf(string volume, string socket) => $"nbd+unix:///{Uri.EscapeDataString(volume)}?socket={Uri.EscapeDataString(socket).Replace("%2F", "/", StringComparison.Ordinal)}";
}
