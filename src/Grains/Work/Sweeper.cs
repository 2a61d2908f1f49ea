using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Actors.Placement;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Work;

/// <summary>
/// Wakes grains that have work: after a crash nobody calls the grain that was in the middle of it. Each silo wakes those that hash
/// to its node, when it has started, whenever the nodes change, and every <see cref="Period"/>.
/// </summary>
/// <remarks>
/// A wake is a call like any other: it waits while the grain is handed over, and finds it where it lives. One that fails is made
/// again by the next sweep. A change of the nodes ends the waiting of the sweep before it, so that grains that are slow to answer
/// keep nobody else from being woken.
/// </remarks>
public sealed partial class Sweeper : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    public const string MeterName = "Actors.Work";

    /// <summary>Pause between two sweeps while the nodes stay the same.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    /// <summary>Wakes that are under way at once: few enough not to crowd out the calls of clients.</summary>
    private const int MaxWakes = 128;

    private readonly IGrainFactory _grains;
    private readonly IWorkList[] _lists;
    private readonly IClusterNodes _nodes;
    private readonly IBrokerDirectory _brokers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Counter<long> _wakes;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private CancellationTokenSource _nodesChanged = new();
    private Task _sweeping = Task.CompletedTask;

    public Sweeper(
        IGrainFactory grains,
        IEnumerable<IWorkList> lists,
        IClusterNodes nodes,
        IBrokerDirectory brokers,
        TimeProvider time,
        IMeterFactory meters,
        ILogger<Sweeper> logger)
    {
        (_grains, _lists, _nodes, _brokers, _time, _logger) = (grains, [.. lists], nodes, brokers, time, logger);
        _wakes = meters.Create(MeterName).CreateCounter<long>(
            "actors_sweeper_wakes_total", "wakes", "Wakes of grains that have work, by outcome: woken, or failed and tried again by the next sweep.");
    }

    /// <summary>Whether it waits for the next sweep.</summary>
    internal bool IsPausing { get; private set; }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(Sweeper), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    /// <summary>Wakes, once, the grains with work that hash to this node.</summary>
    /// <param name="token">Ends the waiting; grains that were called are woken nevertheless.</param>
    /// <returns>How many; a list that cannot be read is left out, and told of in the log.</returns>
    public async Task<SweepResult> SweepAsync(CancellationToken token)
    {
        HashSet<GrainId> ours = [];
        foreach (var list in _lists)
        {
            foreach (var grain in await LoadAsync(list, token))
            {
                if (IsOurs(grain))
                    ours.Add(grain);
            }
        }

        ConcurrentQueue<(GrainId Grain, Exception Failure)> failures = [];
        await Parallel.ForEachAsync(ours, new ParallelOptions { MaxDegreeOfParallelism = MaxWakes, CancellationToken = token }, async (grain, until) =>
        {
            try
            {
                await _grains.GetGrain<IWakeable>(grain).Wake().WaitAsync(until);
                _wakes.Add(1, new KeyValuePair<string, object?>("outcome", "woken"));
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !until.IsCancellationRequested)
            {
                _wakes.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
                failures.Enqueue((grain, failure));
            }
        });
        if (failures.TryPeek(out var first))
            LogNotWoken(_logger, failures.Count, ours.Count, Period.TotalSeconds, first.Grain, first.Failure);
        return new SweepResult(ours.Count - failures.Count, failures.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        _nodesChanged.Dispose();
    }

    private Task StartAsync(CancellationToken token)
    {
        _nodes.Changed += SweepSoon;
        _sweeping = RunAsync();
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken token)
    {
        _nodes.Changed -= SweepSoon;
        await _stopping.CancelAsync();
        SweepSoon();
        await _sweeping.WaitAsync(token);
    }

    /// <summary>Ends the sweep, or the pause, that is under way.</summary>
    private void SweepSoon()
    {
        CancellationTokenSource ended;
        lock (_gate)
        {
            ended = _nodesChanged;
            _nodesChanged = new CancellationTokenSource();
        }

        // Outside of the lock, and on another thread than the one that tells of the nodes: what waits may go on at once.
        _ = ended.CancelAsync();
    }

    private async Task RunAsync()
    {
        // The turn that starts the silo does not wait for the first sweep.
        await Task.Yield();
        while (!_stopping.IsCancellationRequested)
        {
            var changed = NextChange();
            try
            {
                await SweepAsync(changed);
            }
            catch (OperationCanceledException) when (changed.IsCancellationRequested)
            {
                // The nodes have changed, or the silo stops.
            }
            catch (Exception failure)
            {
                // Whatever it is, it must not end all later sweeps.
                LogNotSwept(_logger, Period.TotalSeconds, failure);
            }

            var next = Task.Delay(Period, _time, changed);
            IsPausing = true;
            await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            IsPausing = false;
        }
    }

    /// <returns>Ends when the nodes change after this moment.</returns>
    private CancellationToken NextChange()
    {
        lock (_gate)
            return _stopping.IsCancellationRequested ? new CancellationToken(canceled: true) : _nodesChanged.Token;
    }

    private bool IsOurs(GrainId grain)
    {
        var live = _nodes.Current.Live;
        return live.Count > 0 && RendezvousHash.Choose(grain, [.. live.Select(node => node.Id)]) == _brokers.LocalNodeId;
    }

    private async Task<IReadOnlyList<GrainId>> LoadAsync(IWorkList list, CancellationToken token)
    {
        try
        {
            return await list.LoadAsync(token);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !token.IsCancellationRequested)
        {
            LogNotRead(_logger, Period.TotalSeconds, failure);
            return [];
        }
    }

    [LoggerMessage(2210, LogLevel.Warning, "{Failed} of {Count} grains that have work were not woken; they are woken again in {Seconds} s at the latest. The first: {Grain}.")]
    private static partial void LogNotWoken(ILogger logger, int failed, int count, double seconds, GrainId grain, Exception failure);

    [LoggerMessage(2212, LogLevel.Warning, "A sweep for grains that have work has failed; the next one follows in {Seconds} s at the latest.")]
    private static partial void LogNotSwept(ILogger logger, double seconds, Exception failure);

    [LoggerMessage(2211, LogLevel.Warning, "The store does not say which grains have work; it is asked again in {Seconds} s at the latest, and until then none of them is woken here.")]
    private static partial void LogNotRead(ILogger logger, double seconds, Exception failure);
}
