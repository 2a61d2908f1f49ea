using Actors.Grains.Storage;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Links;

/// <summary>
/// Tells the lender of shares, each step, what this machine sees of the links that it is an end of: whether they are up, and how busy they are. It
/// runs from when the silo is active until it stops; what fails is tried again with the next step.
/// </summary>
public sealed partial class LinkWatch : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly LinkEnd[] _ends;
    private readonly IGrainFactory _grains;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;

    /// <param name="settings">The links.</param>
    /// <param name="cards">This machine's cards.</param>
    /// <param name="grains">The lender is one of them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what cannot be told.</param>
    public LinkWatch(TieringSettings settings, INetworkCards cards, IGrainFactory grains, TimeProvider time, ILogger<LinkWatch> logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_grains, _interval, _time, _logger) = (grains, settings.StepInterval, time, logger);
        _ends =
        [
            .. settings.Links.SelectMany(link => new[] { (link.Name, Node: link.First, Address: link.FirstAddress), (link.Name, Node: link.Second, Address: link.SecondAddress) })
                .Where(static end => end.Address is not null)
                .Select(end => new LinkEnd(end.Name, end.Node, end.Address!, cards, time)),
        ];
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(LinkWatch), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private Task StartAsync(CancellationToken token)
    {
        if (_ends.Length > 0) _watching = WatchAsync();
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
            await Task.WhenAll(_ends.Select(TellAsync));
            await Task.Delay(_interval, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellAsync(LinkEnd end)
    {
        try
        {
            if (end.Look() is { } sight) await _grains.GetGrain<ISharesGrain>(ISharesGrain.Key).Observe(sight).WaitAsync(_stopping.Token);
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

    [LoggerMessage(4120, LogLevel.Debug, "What is seen of a link could not be told; it is told again with the next look")]
    private static partial void LogNotTold(ILogger logger, Exception failure);
}
