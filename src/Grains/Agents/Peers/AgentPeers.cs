using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Agents;

/// <summary>
/// What the peers' grains of a silo share, and who of them is active here: when the silos change, each takes a turn to look at them.
/// Safe for use from any thread.
/// </summary>
public sealed class AgentPeers : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly ConcurrentDictionary<AgentPeerGrain, byte> _active = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly IAgentViews _views;

    /// <param name="options">Times and sizes.</param>
    /// <param name="lookups">The way to the store.</param>
    /// <param name="views">The silos.</param>
    /// <param name="sockets">Those that this silo holds.</param>
    /// <param name="random">Spreads what is periodic and what is tried again; safe for use from any thread.</param>
    /// <param name="time">The clocks.</param>
    /// <param name="metrics">What is measured.</param>
    /// <param name="logger">Where grains report.</param>
    public AgentPeers(
        PeerOptions options,
        IAgentPeerLookups lookups,
        IAgentViews views,
        IAgentSockets sockets,
        LockedRandom random,
        TimeProvider time,
        AgentPeerMetrics metrics,
        ILogger<AgentPeers> logger)
    {
        (Options, Lookups, _views, Sockets, Random, Time, Metrics, Logger) = (options, lookups, views, sockets, random, time, metrics, logger);
        metrics.Watch(() => _active.Count);
    }

    internal PeerOptions Options { get; }

    internal IAgentPeerLookups Lookups { get; }

    internal IAgentSockets Sockets { get; }

    internal AgentView View => _views.Current;

    internal LockedRandom Random { get; }

    internal TimeProvider Time { get; }

    internal AgentPeerMetrics Metrics { get; }

    internal ILogger Logger { get; }

    /// <summary>Ends the waiting for the store when the silo stops.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) =>
        observer.Subscribe(nameof(AgentPeers), ServiceLifecycleStage.RuntimeGrainServices, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    /// <summary>Whether sockets of this gateway are on this silo.</summary>
    internal bool IsHere(GatewayRun gateway) => _views.IsLocal(gateway);

    internal void Add(AgentPeerGrain grain) => _active.TryAdd(grain, 0);

    internal void Remove(AgentPeerGrain grain) => _active.TryRemove(grain, out _);

    private Task StartAsync(CancellationToken token)
    {
        _views.Changed += LookAtView;
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken token)
    {
        _views.Changed -= LookAtView;
        await _stopping.CancelAsync();
    }

    private void LookAtView()
    {
        foreach (var (grain, _) in _active)
            grain.LookAtViewSoon();
    }
}
