using Actors.Storage.BackEnds.Files;
using Actors.Storage.Migrations;
using Actors.Storage.Tiering;

namespace Actors.Storage.BackEnds.Qemu;

/// <summary>
/// Volumes that NBD clients use while they move. Each has a qemu-storage-daemon of its own, which mirrors the active replica onto the new one and then goes over to it under its
/// clients. The daemon outlives this process, and so does a copy; whoever comes next finds both. Without a daemon, the link in the volume's folder tells which replica the volume is.
/// </summary>
/// <remarks>
/// A rate holds in the daemon until it is set anew. So this process lowers a copy's rate when it is not renewed in time, and a process that finds a copy whose rate it did not grant
/// lowers it at once; between the death of the one and the look of the other the last rate stays.
/// After the switch the old replica gets no more writes: there is no way back.
/// Should a daemon die after it was told to switch and before the link leads to the new replica, nobody knows which of the two has the last writes; then nothing is guessed,
/// and the volume asks for somebody to look.
/// </remarks>
public sealed partial class QemuBackEnd : IVolumeBackEnd, IAsyncDisposable
{
    private const int LooksAtOnce = 32;

    private readonly QemuOptions _options;
    private readonly TimeProvider _time;
    private readonly LinuxVolumeFiles _files = LinuxVolumeFiles.Instance;
    private readonly FilePools _pools;
    private readonly FileVolumes _volumes;
    private readonly FileReplicas _replicas;
    private readonly QemuLeases _leases;

    /// <param name="options">Where everything lies.</param>
    /// <param name="time">Whose monotonic clock leases and time-outs go by.</param>
    public QemuBackEnd(QemuOptions options, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.UnheldBytesPerSecond, 1);
        _options = options;
        _time = time;
        _pools = new FilePools(_files, options.PoolFolders);
        _volumes = new FileVolumes(_files, options.VolumesFolder);
        _replicas = new FileReplicas(_files, _pools, _volumes);
        _leases = new QemuLeases(time, LowerAsync);
    }

    /// <inheritdoc/>
    public string Name => "qemu";

    /// <inheritdoc/>
    public BudgetKind Budget => BudgetKind.EnforcedWhileHeld;

    /// <summary>Makes a volume, filled with zeros.</summary>
    /// <param name="name">1 to 200 letters, digits, '.', '_' and '-'.</param>
    /// <param name="storageClass">Its storage class.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="pool">The pool it begins in.</param>
    /// <param name="sizeBytes">Its size, a multiple of 512.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="BackEndException">There is such a volume, or the pool does not take it.</exception>
    public Task CreateVolumeAsync(string name, string storageClass, IReadOnlyDictionary<string, string> labels, string pool, long sizeBytes, CancellationToken cancellationToken)
    {
        if (sizeBytes % 512 != 0) throw new ArgumentOutOfRangeException(nameof(sizeBytes), sizeBytes, "not a multiple of 512");
        return FileCall.RunAsync($"making {name}", () => _replicas.CreateVolume(name, storageClass, labels, pool, sizeBytes), cancellationToken);
    }

    /// <summary>Has the volume served to NBD clients, unless it is already.</summary>
    /// <returns>The socket that they connect to; the export has the volume's name.</returns>
    /// <exception cref="BackEndException">Its daemon does not start, or nobody knows which replica has the last writes.</exception>
    public async Task<string> AttachAsync(string volume, CancellationToken cancellationToken)
    {
        await EnsureDaemonAsync(await RequireAsync(volume, cancellationToken), isForMove: false, cancellationToken);
        return DaemonOf(volume).NbdSocket;
    }

    /// <summary>Ends the volume's daemon, and so its clients' connections and a copy that runs.</summary>
    public async Task DetachAsync(string volume, CancellationToken cancellationToken)
    {
        await StateAsync(await RequireAsync(volume, cancellationToken), cancellationToken);
        await QuitAsync(volume, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<BackEndInventory> ListAsync(CancellationToken cancellationToken)
    {
        var (pools, names) = await FileCall.RunAsync("listing volumes", () =>
        {
            var all = _pools.Read();
            return (all.Select(_replicas.Facts).ToList(), _volumes.Names());
        }, cancellationToken);
        var volumes = new VolumeFacts[names.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = LooksAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, names.Count), options, async (index, token) => volumes[index] = await FactsAsync(names[index], token));
        return new BackEndInventory(pools, volumes);
    }

    /// <inheritdoc/>
    public async Task<VolumeView?> ReadAsync(string volume, string targetPool, CancellationToken cancellationToken)
    {
        if (await FindAsync(volume, cancellationToken) is not { } descriptor) return null;
        var state = await StateAsync(descriptor, cancellationToken);
        if (state?.Job is { IsCopying: true } found && found.SpeedBytesPerSecond > _options.UnheldBytesPerSecond && !_leases.IsHeld(volume))
        {
            await LowerAsync(volume, cancellationToken);
            state = await StateAsync(descriptor, cancellationToken);
        }

        return await FileCall.RunAsync($"reading {volume}", () =>
        {
            var pools = _pools.Read();
            var looks = Look(_volumes.Read(volume) ?? throw FileVolumes.Missing(volume), state, pools);
            var copy = state?.Job is { IsCopying: true } running ? running : null;
            return new VolumeView(looks.Replicas, looks.Active, copy is not null, copy?.SpeedBytesPerSecond ?? 0, _replicas.IsUsable(targetPool, pools, descriptor, looks.LengthBytes));
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task PerformAsync(VolumeEffect effect, CancellationToken cancellationToken) => effect.Effect switch
    {
        MigrationEffect.CreateTarget => FileCall.RunAsync($"making a replica of {effect.Volume} in {effect.TargetPool}", () => _replicas.CreateTarget(effect, _ => { }), cancellationToken),
        MigrationEffect.StartCopy => StartCopyAsync(effect, cancellationToken),
        MigrationEffect.SetSpeed => RenewAsync(effect.Volume, effect.Rate, cancellationToken),
        MigrationEffect.StopCopy => StopCopyAsync(effect.Volume, cancellationToken),
        MigrationEffect.Verify => Task.CompletedTask, // a mirror that is ready has no block that differs
        MigrationEffect.Switch => SwitchAsync(effect, cancellationToken),
        MigrationEffect.RemoveReplica or MigrationEffect.ForgetReplica => RemoveAsync(effect, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(effect), effect.Effect, "not an effect"),
    };

    /// <inheritdoc/>
    public async Task RenewAsync(string volume, CopyRate rate, CancellationToken cancellationToken)
    {
        await SetSpeedAsync(volume, rate.BytesPerSecond, cancellationToken);
        _leases.Hold(volume, rate.TimeToLive);
    }

    /// <summary>Lets go of the copies: they fall to the low rate, and their daemons go on.</summary>
    public ValueTask DisposeAsync() => _leases.DisposeAsync();

    private Task<VolumeDescriptor?> FindAsync(string volume, CancellationToken cancellationToken) => FileCall.RunAsync($"reading {volume}", () => _volumes.Read(volume), cancellationToken);

    private async Task<VolumeDescriptor> RequireAsync(string volume, CancellationToken cancellationToken) => await FindAsync(volume, cancellationToken) ?? throw FileVolumes.Missing(volume);

    private QemuDaemon DaemonOf(string volume, TimeSpan? timeout = null) => new(Path.GetDirectoryName(_volumes.LinkOf(volume))!, volume, _options.Program, timeout ?? _options.StepTimeout, _time);
}
