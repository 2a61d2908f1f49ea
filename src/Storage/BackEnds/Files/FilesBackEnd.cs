using System.Text.Json;
using Actors.Storage.Load;
using Actors.Storage.Migrations;

namespace Actors.Storage.BackEnds.Files;

/// <summary>
/// Volumes that are files, in pools that are folders. A copy is made segment by segment: read, written, made durable, read back from the disk and compared, and only then
/// noted in the volume's descriptor, so a copy that is ended in any way goes on behind the last note. While the files of two replicas look as they did when one was whole, both hold the
/// same; whoever writes to one leaves the other behind.
/// </summary>
/// <remarks>
/// Only volumes that nobody has open move: a copy cannot see writes of others, and whoever has the old file open goes on writing to it. That is asked of the kernel
/// (<see cref="LinuxFileHold"/>) when a replica is made, when a copy begins, and held at the switch. A volume that was written to in between is copied anew.
/// A copy is never faster than its lease, and ends with it: one that nobody renews stops, and what is durable stays.
/// Copies run in this process. When it is disposed of, or dies, they end; nothing else is lost.
/// </remarks>
public sealed partial class FilesBackEnd : IVolumeBackEnd, ICopyMeter, ILocalPools, IAsyncDisposable
{
    private readonly FilesOptions _options;
    private readonly TimeProvider _time;
    private readonly IVolumeFiles _files;
    private readonly DiskActivity? _activity;
    private readonly FilePools _pools;
    private readonly FileVolumes _volumes;
    private readonly FileReplicas _replicas;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FileCopy> _copies = [];

    /// <param name="options">Where everything lies.</param>
    /// <param name="time">Whose monotonic clock paces copies.</param>
    /// <param name="activity">Told what copies read and write, which would be taken for applications' otherwise.</param>
    public FilesBackEnd(FilesOptions options, TimeProvider time, DiskActivity activity)
        : this(options, time, LinuxVolumeFiles.Instance, activity)
    {
    }

    internal FilesBackEnd(FilesOptions options, TimeProvider time, IVolumeFiles files, DiskActivity? activity = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SegmentBytes, 4_096);
        _options = options;
        _time = time;
        _files = files;
        _activity = activity;
        _pools = new FilePools(files, options.PoolFolders);
        _volumes = new FileVolumes(files, options.VolumesFolder);
        _replicas = new FileReplicas(files, _pools, _volumes);
    }

    /// <inheritdoc/>
    public string Name => "files";

    /// <inheritdoc/>
    public BudgetKind Budget => BudgetKind.Enforced;

    /// <summary>Makes a folder a pool.</summary>
    /// <param name="folder">Its folder, which is made if there is none.</param>
    /// <param name="pool">What its descriptor is to say.</param>
    /// <exception cref="IOException">It is a pool already, or cannot be written.</exception>
    public static void CreatePool(string folder, PoolDescriptor pool)
    {
        var files = LinuxVolumeFiles.Instance;
        files.CreateFolder(folder);
        var path = Path.Combine(folder, FilePools.Descriptor);
        if (files.Stamp(path) is not null) throw new IOException($"{path} is there already");
        AtomicFile.Write(files, path, JsonSerializer.SerializeToUtf8Bytes(pool, FilesJson.Default.PoolDescriptor));
    }

    /// <summary>Makes a volume, filled with zeros.</summary>
    /// <param name="name">1 to 200 letters, digits, '.', '_' and '-'.</param>
    /// <param name="storageClass">Its storage class.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="pool">The pool it begins in.</param>
    /// <param name="sizeBytes">Its size, 0 or more.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>What applications open: a link that leads to the volume's data wherever that lies.</returns>
    /// <exception cref="BackEndException">There is such a volume, or the pool does not take it.</exception>
    public Task<string> CreateVolumeAsync(
        string name, string storageClass, IReadOnlyDictionary<string, string> labels, string pool, long sizeBytes, CancellationToken cancellationToken) => FileCall.RunAsync($"making {name}", () =>
    {
        _replicas.CreateVolume(name, storageClass, labels, pool, sizeBytes);
        return _volumes.LinkOf(name);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<BackEndInventory> ListAsync(CancellationToken cancellationToken) => FileCall.RunAsync("listing volumes", () =>
    {
        var pools = _pools.Read();
        return new BackEndInventory([.. pools.Select(_replicas.Facts)], [.. _volumes.Names().Select(name => Facts(name, pools))]);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<VolumeView?> ReadAsync(string volume, string targetPool, CancellationToken cancellationToken) => FileCall.RunAsync($"reading {volume}", () =>
    {
        var copy = CopyOf(volume) is { IsRunning: true } running ? running : null; // first: one that ends in between is shown as running, and not as ended without a result
        if (_volumes.Read(volume) is not { } descriptor) return null;
        var pools = _pools.Read();
        var looks = Look(descriptor, pools);
        return new VolumeView([.. looks.Replicas], looks.Active, copy is not null, copy?.RateBytesPerSecond ?? 0, _replicas.IsUsable(targetPool, pools, descriptor, looks.LengthBytes));
    }, cancellationToken);

    /// <inheritdoc/>
    public Task PerformAsync(VolumeEffect effect, CancellationToken cancellationToken) => effect.Effect switch
    {
        MigrationEffect.CreateTarget => FileCall.RunAsync($"making a replica of {effect.Volume} in {effect.TargetPool}", () => _replicas.CreateTarget(effect, file => RequireClosed(effect.Volume, file, isPermanent: true)), cancellationToken),
        MigrationEffect.StartCopy => FileCall.RunAsync($"copying {effect.Volume} to {effect.TargetPool}", () => StartCopy(effect), cancellationToken),
        MigrationEffect.SetSpeed => RenewAsync(effect.Volume, effect.Rate, cancellationToken),
        MigrationEffect.StopCopy => StopCopyAsync(effect.Volume, cancellationToken),
        MigrationEffect.Verify => Task.CompletedTask, // each segment was compared when it was copied
        MigrationEffect.Switch => FileCall.RunAsync($"putting {effect.Volume} onto {effect.Replica}", () => Switch(effect.Volume, effect.Replica), cancellationToken),
        MigrationEffect.RemoveReplica or MigrationEffect.ForgetReplica => RemoveAsync(effect, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(effect), effect.Effect, "not an effect"),
    };

    /// <inheritdoc/>
    public Task RenewAsync(string volume, CopyRate rate, CancellationToken cancellationToken)
    {
        CopyOf(volume)?.Renew(rate);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public long? CopiedBytes(string volume) => CopyOf(volume) is { IsRunning: true } copy ? copy.CopiedBytes : null;

    /// <inheritdoc/>
    public IReadOnlyList<(string Pool, string Folder)> PoolFolders() => [.. _pools.Read().Where(static pool => pool.Problem is null).Select(static pool => (pool.Name, pool.Folder))];

    /// <summary>Ends the copies; their volumes stay as they are. One whose disk hangs is waited for some seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        FileCopy[] copies;
        lock (_gate)
        {
            copies = [.. _copies.Values];
            _copies.Clear();
        }

        await Task.WhenAll(copies.Select(copy => copy.DisposeAsync().AsTask()));
    }

    /// <summary>Ends when no copy of the volume runs; at once when none does.</summary>
    internal Task WhenNotCopying(string volume) => CopyOf(volume)?.Ended ?? Task.CompletedTask;

    private FileCopy? CopyOf(string volume)
    {
        lock (_gate) return _copies.GetValueOrDefault(volume);
    }
}
