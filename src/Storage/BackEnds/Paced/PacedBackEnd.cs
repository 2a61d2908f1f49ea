using Actors.Storage.Load;
using Actors.Storage.Migrations;

namespace Actors.Storage.BackEnds.Paced;

/// <summary>
/// A back end whose copies grow into what is lent to them and give way to applications (<see cref="PacedCopy"/>). Everything else is as the back end beneath does it.
/// </summary>
/// <remarks>
/// Each copy has a loop of its own that alone sets its rate: every 100 ms where copies run in this process (<see cref="ICopyMeter"/>), otherwise once a second, and at once when
/// another rate is lent. It ends when the copy is stopped, is seen to have ended, or when this object is disposed of. A turn whose rate cannot be set is followed by the next.
/// </remarks>
public sealed class PacedBackEnd : IVolumeBackEnd, IAsyncDisposable
{
    private static readonly TimeSpan FineTurn = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CoarseTurn = TimeSpan.FromSeconds(1);

    private readonly IVolumeBackEnd _inner;
    private readonly ICopyMeter? _meter;
    private readonly DiskActivity _activity;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, CopyLoop> _loops = [];

    /// <param name="inner">What moves the bytes; it stays the caller's.</param>
    /// <param name="activity">What applications do on this machine's disks.</param>
    /// <param name="time">Whose monotonic clock paces.</param>
    public PacedBackEnd(IVolumeBackEnd inner, DiskActivity activity, TimeProvider time) => (_inner, _meter, _activity, _time) = (inner, inner as ICopyMeter, activity, time);

    /// <summary>The back end that copies.</summary>
    public IVolumeBackEnd Inner => _inner;

    /// <inheritdoc/>
    public string Name => _inner.Name;

    /// <inheritdoc/>
    public BudgetKind Budget => _inner.Budget;

    /// <inheritdoc/>
    public Task<BackEndInventory> ListAsync(CancellationToken cancellationToken) => _inner.ListAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<VolumeView?> ReadAsync(string volume, string targetPool, CancellationToken cancellationToken)
    {
        var view = await _inner.ReadAsync(volume, targetPool, cancellationToken);
        if (Find(volume) is not { } loop) return view;
        if (view is not { IsCopying: true })
        {
            await EndAsync(volume, loop);
            return view;
        }

        loop.Saw(view.Replicas.Sum(static replica => replica.IsInSync ? 0 : replica.SyncedBytes));
        return view with { SpeedBytesPerSecond = loop.LentBytesPerSecond, CopiedBytes = _meter?.CopiedBytes(volume) };
    }

    /// <inheritdoc/>
    public async Task PerformAsync(VolumeEffect effect, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(effect);
        switch (effect.Effect)
        {
            case MigrationEffect.StartCopy or MigrationEffect.SetSpeed when effect.Rate.Pacing is not null && _inner.Budget != BudgetKind.None:
                var loop = Begin(effect);
                await _inner.PerformAsync(effect with { Rate = loop.First }, cancellationToken);
                await loop.LendAsync(effect.Rate, cancellationToken);
                break;
            case MigrationEffect.StopCopy or MigrationEffect.RemoveReplica or MigrationEffect.Switch:
                if (Find(effect.Volume) is { } running) await EndAsync(effect.Volume, running);
                await _inner.PerformAsync(effect, cancellationToken);
                break;
            default:
                await _inner.PerformAsync(effect, cancellationToken);
                break;
        }
    }

    /// <inheritdoc/>
    public Task RenewAsync(string volume, CopyRate rate, CancellationToken cancellationToken) =>
        Find(volume) is { } loop ? loop.LendAsync(rate, cancellationToken) : _inner.RenewAsync(volume, rate, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        List<(string Volume, CopyLoop Loop)> loops;
        lock (_gate) loops = [.. _loops.Select(static pair => (pair.Key, pair.Value))];
        foreach (var (volume, loop) in loops) await EndAsync(volume, loop);
    }

    private CopyLoop? Find(string volume)
    {
        lock (_gate) return _loops.GetValueOrDefault(volume);
    }

    private CopyLoop Begin(VolumeEffect effect)
    {
        lock (_gate)
        {
            if (_loops.TryGetValue(effect.Volume, out var running)) return running;
            var isFine = _meter is not null;
            var copy = new PacedCopy(effect.Rate, DisksOf(effect), _activity, isFine, CopyLoop.NowNs(_time));
            return _loops[effect.Volume] = new CopyLoop(_inner, effect.Volume, copy, _meter, isFine ? FineTurn : CoarseTurn, _time);
        }
    }

    private async Task EndAsync(string volume, CopyLoop loop)
    {
        lock (_gate)
        {
            if (_loops.GetValueOrDefault(volume) == loop) _loops.Remove(volume);
        }

        await loop.DisposeAsync();
    }

    private List<string> DisksOf(VolumeEffect effect) => _inner is not ILocalPools pools ? [] :
    [
        .. pools.PoolFolders().Where(pool => pool.Pool == effect.SourcePool || pool.Pool == effect.TargetPool)
            .Select(pool => _activity.DiskOf(pool.Folder)).OfType<string>().Distinct(StringComparer.Ordinal),
    ];
}
