using Actors.Agents;
using Actors.Agents.Frames;
using Actors.Grains.Agents;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;
using Orleans;

namespace Actors.Gateway.Agents;

/// <summary>What all connections of agents and clients share.</summary>
internal sealed class ConnectionServices(
    AgentsGatewayOptions options,
    IGrainFactory grains,
    PeerAccess access,
    AgentSockets sockets,
    IAgentPresence presence,
    IAgentReports reports,
    AgentsMetrics metrics,
    LockedRandom random,
    TimeProvider time,
    ILogger<AgentConnection> logger) : IDisposable
{
    private const int WheelTickMs = 50;

    public AgentsGatewayOptions Options => options;

    public AgentLimits Limits { get; } = new();

    public SessionOptions Sessions { get; } = new() { MaxTunnels = options.MaxTunnels };

    public PeerAccess Access => access;

    public AgentSockets Sockets => sockets;

    public IAgentPresence Presence => presence;

    public IAgentReports Reports => reports;

    public AgentsMetrics Metrics => metrics;

    public ILogger Logger => logger;

    /// <summary>Spreads what is periodic; for all connections one.</summary>
    public Random Random => random;

    /// <summary>Deadlines, pings and reports of all connections, on one timer.</summary>
    public TimerWheel Wheel { get; } = new(time, WheelTickMs);

    /// <summary>Long frames that are arriving.</summary>
    public ByteBudget Arriving { get; } = new(options.MaxArrivingBytes);

    public ObjectPool<FrameOutput> Outputs { get; } = ObjectPool.Create<FrameOutput>();

    public ObjectPool<PeerFrame> Frames { get; } = ObjectPool.Create<PeerFrame>();

    /// <summary>Milliseconds of a clock that never goes back.</summary>
    public long NowMs => (long)(time.GetTimestamp() * (1_000.0 / time.TimestampFrequency));

    /// <summary>Milliseconds since 1970-01-01 UTC.</summary>
    public long UtcNowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public IAgentPeerGrain GrainOf(Guid peer) => grains.GetGrain<IAgentPeerGrain>(IAgentPeerGrain.KeyOf(peer));

    /// <inheritdoc/>
    public void Dispose() => Wheel.Dispose();
}
