using System.Diagnostics.Metrics;

namespace Actors.Grains.Agents;

/// <summary>What the peers' grains of a silo measure. One per silo; instruments that nobody listens to cost a comparison.</summary>
public sealed class AgentPeerMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Actors.Agents.Peers";

    private static readonly KeyValuePair<string, object?> Done = new("outcome", "done");
    private static readonly KeyValuePair<string, object?> Failed = new("outcome", "failed");
    private readonly Counter<long> _pushes;
    private readonly Counter<long> _shows;
    private readonly Counter<long> _writes;
    private readonly Counter<long> _refused;
    private volatile Func<int>? _active;

    /// <summary>Declares the instruments.</summary>
    public AgentPeerMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        _pushes = meter.CreateCounter<long>("actors_agent_pushes_total", null, "States that peers' grains of this silo told other peers, by outcome: done, or failed and told again.");
        _shows = meter.CreateCounter<long>("actors_agent_shows_total", null, "Batches of neighbours that peers' grains of this silo showed to sockets' sessions, by outcome: done, or failed and shown again.");
        _writes = meter.CreateCounter<long>("actors_agent_peer_writes_total", null, "Writes of peers' rows, by outcome: done, or failed and tried again.");
        _refused = meter.CreateCounter<long>("actors_agent_tunnels_refused_total", null, "Tunnels that peers of this silo did not take because as many lead to them as may; each counts again every few seconds, when it is asked for again.");
        meter.CreateObservableGauge("actors_agent_peers", () => _active?.Invoke() ?? 0, null, "Peers whose grains are active on this silo.");
    }

    /// <summary>Where the gauge looks when it is scraped; called once.</summary>
    internal void Watch(Func<int> active) => _active = active;

    internal void Pushed(bool isDone) => _pushes.Add(1, isDone ? Done : Failed);

    internal void Shown(bool isDone) => _shows.Add(1, isDone ? Done : Failed);

    internal void Refused() => _refused.Add(1);

    internal void Written(bool isDone) => _writes.Add(1, isDone ? Done : Failed);
}
