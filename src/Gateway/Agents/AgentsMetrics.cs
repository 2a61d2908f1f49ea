using System.Diagnostics.Metrics;
using Actors.Agents;

namespace Actors.Gateway.Agents;

/// <summary>What the front end for agents measures. Thread-safe.</summary>
public sealed class AgentsMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Actors.Gateway.Agents";

    private static readonly KeyValuePair<string, object?>[] RoleTags = [new("role", "agent"), new("role", "client")];

    private readonly int[] _open = new int[RoleTags.Length];
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _closed;
    private long _framesIn;
    private long _framesOut;
    private long _updates;

    /// <summary>Creates the instruments.</summary>
    public AgentsMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("actors_agent_connections", ReadOpen, null, "Open connections of agents and clients.");
        meter.CreateObservableCounter("actors_agent_frames_received_total", () => Volatile.Read(ref _framesIn), null, "Frames of peers.");
        meter.CreateObservableCounter("actors_agent_frames_sent_total", () => Volatile.Read(ref _framesOut), null, "Frames written to peers.");
        meter.CreateObservableCounter("actors_agent_updates_total", () => Volatile.Read(ref _updates), null, "Peer updates written to peers.");
        _accepted = meter.CreateCounter<long>("actors_agent_connects_total", null, "Connections that were taken.");
        _refused = meter.CreateCounter<long>("actors_agent_refusals_total", null, "Connections that were refused, by reason.");
        _closed = meter.CreateCounter<long>("actors_agent_closes_total", null, "Connections that ended, by close code.");
    }

    internal void Opened(PeerRole role)
    {
        Interlocked.Increment(ref _open[(int)role]);
        _accepted.Add(1, RoleTags[(int)role]);
    }

    internal void Closed(PeerRole role, AgentCloseCode? code)
    {
        Interlocked.Decrement(ref _open[(int)role]);
        _closed.Add(1, new KeyValuePair<string, object?>("code", code is { } known ? (int)known : "broken"));
    }

    internal void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal void Received() => Interlocked.Increment(ref _framesIn);

    internal void Sent(int updates)
    {
        Interlocked.Increment(ref _framesOut);
        if (updates > 0)
            Interlocked.Add(ref _updates, updates);
    }

    private IEnumerable<Measurement<int>> ReadOpen()
    {
        for (var role = 0; role < RoleTags.Length; role++)
            yield return new Measurement<int>(Volatile.Read(ref _open[role]), RoleTags[role]);
    }
}
