using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains;

/// <summary>
/// The live nodes and where clients reach them. Which nodes live comes from the cluster's view; where one is reached it says
/// itself, once for each of its runs, so no store is needed. Safe to use from any thread.
/// </summary>
/// <remarks>
/// A node that has come back is told with the address of its former run until it has said the new one; one that never said
/// any is left out, and asked again every <see cref="PauseBetweenRounds"/> as long as it lives. A silo that starts asks all
/// nodes once before it serves, and waits <see cref="AnswerTimeout"/> for those that do not answer.
/// </remarks>
public sealed partial class ClusterBrokers(
    Broker local, IClusterNodes nodes, IGrainFactory grains, TimeProvider time, ILogger<ClusterBrokers> logger)
    : IBrokerDirectory, ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PauseBetweenRounds = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, (string Run, Broker Broker)> _known = [];
    private readonly CancellationTokenSource _stopping = new();
    private IReadOnlyList<Broker> _live = [local];
    private bool _isAsking;

    /// <inheritdoc/>
    public int LocalNodeId => local.NodeId;

    /// <inheritdoc/>
    public IReadOnlyList<Broker> LiveBrokers => Volatile.Read(ref _live);

    /// <inheritdoc/>
    public int ControllerId
    {
        get
        {
            var controllerId = nodes.Current.ControllerId;
            return LiveBrokers.Any(broker => broker.NodeId == controllerId) ? controllerId : LocalNodeId;
        }
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(ClusterBrokers), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task StartAsync(CancellationToken token)
    {
        nodes.Changed += Follow;
        await AskRoundAsync(TakeUnknown());
        _ = AskOnAsync();
    }

    private Task StopAsync(CancellationToken token)
    {
        nodes.Changed -= Follow;
        return _stopping.CancelAsync();
    }

    /// <summary>The view has changed.</summary>
    private void Follow()
    {
        lock (_gate)
        {
            if (_isAsking)
            {
                Publish();
                return;
            }
        }

        _ = AskOnAsync();
    }

    /// <summary>Asks until every live node has said where it is.</summary>
    private async Task AskOnAsync()
    {
        try
        {
            while (TakeUnknown() is { Length: > 0 } unknown)
            {
                if (!await AskRoundAsync(unknown))
                    await Task.Delay(PauseBetweenRounds, time, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task<bool> AskRoundAsync(ClusterNode[] unknown) => (await Task.WhenAll(unknown.Select(AskAsync))).All(hasSaid => hasSaid);

    private async Task<bool> AskAsync(ClusterNode node)
    {
        try
        {
            var broker = await grains.GetGrain<IBrokerGrain>(IBrokerGrain.KeyOf(node.Id)).Describe().WaitAsync(AnswerTimeout, time, _stopping.Token);
            lock (_gate)
            {
                _known[node.Id] = (node.Run, broker);
                Publish();
            }

            return true;
        }
        catch (Exception failure)
        {
            if (!_stopping.IsCancellationRequested)
                LogNoAnswer(logger, node.Id, failure);
            return false;
        }
    }

    /// <summary>Live nodes whose present run has not said where it is; who takes some asks them.</summary>
    private ClusterNode[] TakeUnknown()
    {
        lock (_gate)
        {
            Publish();
            ClusterNode[] unknown = [.. nodes.Current.Live.Where(node => node.Id != local.NodeId && !(_known.TryGetValue(node.Id, out var known) && known.Run == node.Run))];
            _isAsking = unknown.Length > 0;
            return unknown;
        }
    }

    /// <summary>Under the lock. This silo serves as long as somebody can ask it, whatever the view says of it.</summary>
    private void Publish() => Volatile.Write(ref _live,
    [
        .. nodes.Current.Live.Where(node => node.Id != local.NodeId && _known.ContainsKey(node.Id))
            .Select(node => _known[node.Id].Broker).Append(local).OrderBy(broker => broker.NodeId),
    ]);

    [LoggerMessage(2011, LogLevel.Warning, "Node {NodeId} does not say where clients reach it; they are not told of it until it does.")]
    private static partial void LogNoAnswer(ILogger logger, int nodeId, Exception failure);
}
