using Actors.Grains.Storage;
using Actors.Storage.BackEnds;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Links;

/// <summary>
/// Compares once, after the start, the nodes at the ends of links with those of the back end's pools: a copy is charged to the link that joins the nodes of its pools, so
/// an end under another name is a link to which nothing is ever charged. It runs beside everything else, and is tried again while the back end does not answer.
/// </summary>
public sealed partial class LinkNodeCheck : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly TieringServices _services;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private Task _checking = Task.CompletedTask;

    /// <param name="services">The back end and the links.</param>
    /// <param name="logger">Told of ends that are nowhere.</param>
    public LinkNodeCheck(TieringServices services, ILogger<LinkNodeCheck> logger) => (_services, _logger) = (services, logger);

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(LinkNodeCheck), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private Task StartAsync(CancellationToken token)
    {
        if (_services.BackEnd is not null && _services.Settings.Links.Count > 0) _checking = CheckAsync();
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken token)
    {
        await _stopping.CancelAsync();
        await _checking.WaitAsync(token);
    }

    private async Task CheckAsync()
    {
        await Task.Yield();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var inventory = await _services.AskBackEndAsync("its nodes", static (backEnd, until) => backEnd.ListAsync(until), _stopping.Token);
                var nodes = inventory.Pools.Select(static pool => pool.Node).Where(static node => node.Length > 0).Distinct().Order(StringComparer.Ordinal).ToList();
                var known = nodes.Count == 0 ? "none" : string.Join(", ", nodes);
                foreach (var (link, node) in _services.Settings.Links.SelectMany(static link => new[] { (link.Name, link.First), (link.Name, link.Second) }).Where(end => !nodes.Contains(end.Item2)))
                    LogUnknown(_logger, link, node, _services.BackEnd!.Name, known);
                return;
            }
            catch (BackEndException)
            {
                // Whoever needs it says so; this needs it only to warn.
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(Pause, _services.Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(4121, LogLevel.Warning, "Link {Link} of Storage:Links ends at {Node}, and {BackEnd} has no pool on a node of that name, so no copy from or to it is charged to the link; nodes with pools: {Nodes}")]
    private static partial void LogUnknown(ILogger logger, string link, string node, string backEnd, string nodes);
}
