using Actors.Grains.Storage;
using Actors.Storage.BackEnds;
using Actors.Storage.Load;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Pools;

/// <summary>
/// Tells the lender of shares, each step, what applications do on the pools whose disks this machine has, and what Prometheus says of others. It runs from when the silo is active
/// until it stops; what fails is tried again with the next step.
/// </summary>
public sealed partial class PoolWatch : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly ILocalPools? _pools;
    private readonly IPoolLoadSource? _source;
    private readonly DiskActivity _activity;
    private readonly IGrainFactory _grains;
    private readonly string _silo;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<(string Pool, string Folder), PoolEnd> _ends = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;

    /// <param name="settings">How often.</param>
    /// <param name="backEnds">At most one, whose pools they are.</param>
    /// <param name="sources">At most one, that knows of pools that are not on this machine's disks.</param>
    /// <param name="activity">This machine's disks.</param>
    /// <param name="grains">The lender is one of them.</param>
    /// <param name="self">This silo.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what cannot be told.</param>
    public PoolWatch(
        TieringSettings settings, IEnumerable<IVolumeBackEnd> backEnds, IEnumerable<IPoolLoadSource> sources, DiskActivity activity, IGrainFactory grains, ILocalSiloDetails self, TimeProvider time,
        ILogger<PoolWatch> logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(self);
        _pools = backEnds.LastOrDefault() as ILocalPools;
        _source = sources.LastOrDefault();
        (_activity, _grains, _silo, _interval, _time, _logger) = (activity, grains, self.Name, settings.StepInterval, time, logger);
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(PoolWatch), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private Task StartAsync(CancellationToken token)
    {
        if (_pools is not null || _source is not null) _watching = WatchAsync();
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken token)
    {
        await _stopping.CancelAsync();
        await _watching.WaitAsync(token);
    }

    private async Task WatchAsync()
    {
        await Task.Yield();
        while (!_stopping.IsCancellationRequested)
        {
            await TellAsync();
            await Task.Delay(_interval, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellAsync()
    {
        try
        {
            // Reading folders blocks, and a disk may hang: then this loop waits, and what it told counts no more.
            foreach (var sight in await Task.Run(LookAsync, _stopping.Token))
                await _grains.GetGrain<ISharesGrain>(ISharesGrain.Key).ObservePool(sight).WaitAsync(_stopping.Token);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !_stopping.IsCancellationRequested)
        {
            LogNotTold(_logger, failure);
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task<List<PoolSight>> LookAsync()
    {
        var sights = new List<PoolSight>();
        foreach (var pool in _pools?.PoolFolders() ?? [])
        {
            if (!_ends.TryGetValue(pool, out var end)) _ends.Add(pool, end = new PoolEnd(pool.Pool, pool.Folder, _silo, _activity, _time));
            if (end.Look() is { } sight) sights.Add(sight);
        }

        if (_source is null) return sights;
        var loads = await _source.ReadAsync(_stopping.Token);
        return [.. sights.Where(sight => sight.Unknown is null || !loads.ContainsKey(sight.Pool)), .. loads.Where(load => sights.TrueForAll(sight => sight.Pool != load.Key || sight.Unknown is not null))
            .Select(load => new PoolSight { Pool = load.Key, Silo = _silo, ApplicationBytesPerSecond = load.Value })];
    }

    [LoggerMessage(4123, LogLevel.Debug, "What is seen of pools could not be told; it is told again with the next look")]
    private static partial void LogNotTold(ILogger logger, Exception failure);
}
