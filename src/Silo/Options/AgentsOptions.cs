using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Actors.Gateway.Agents;
using Actors.Grains.Agents;

namespace Actors.Silo.Options;

/// <summary>The agents' hub (section <c>Agents</c>); the defaults are the hub's own.</summary>
public sealed record AgentsOptions : IOptionRules
{
    private static readonly AgentsGatewayOptions Front = new();
    private static readonly AgentWriterOptions Writer = new();
    private static readonly AgentStatusOptions StatusDefaults = new();
    private static readonly AgentCleanerOptions Cleaner = new();
    private static readonly PeerOptions Peers = new();

    /// <summary>Sockets of agents and clients; 0: as many as open files allow.</summary>
    [Description("Connections of agents and clients at the same time. 0: as many as the limit of open files leaves room for.")]
    [Range(0, 1_000_000)]
    public int MaxConnections { get; init; } = Front.MaxConnections;

    /// <summary>New connections a second.</summary>
    [Description("New connections of agents and clients a second in the long run; others are told to come later.")]
    [Range(1, 1_000_000)]
    public int AcceptsPerSecond { get; init; } = Front.AcceptsPerSecond;

    /// <summary>New connections at once.</summary>
    [Description("New connections of agents and clients that are taken at once after a quiet time.")]
    [Range(1, 1_000_000)]
    public int AcceptBurst { get; init; } = Front.AcceptBurst;

    /// <summary>Tunnels of one peer.</summary>
    [Description("Tunnels that an agent or a client may have open.")]
    [Range(1, 10_000)]
    public int MaxTunnels { get; init; } = Front.MaxTunnels;

    /// <summary>Tunnels to one peer.</summary>
    [Description("Tunnels to one agent or client that are taken. Who opens one more hears nothing of it until there is room.")]
    [Range(1, 1_000_000)]
    public int MaxIncomingTunnels { get; init; } = Peers.MaxIncoming;

    /// <summary>Frames of one peer a second.</summary>
    [Description("Frames that an agent or a client may send a second in the long run; who sends more is closed.")]
    [Range(1, 1_000_000)]
    public int MaxFramesPerSecond { get; init; } = Front.MaxFramesPerSecond;

    /// <summary>Changes of one peer a second.</summary>
    [Description("Changes that an agent or a client may ask for a second in the long run: node records, tunnels, values, connections; who asks for more is closed.")]
    [Range(150, 1_000_000)]
    public int MaxChangesPerSecond { get; init; } = Front.MaxChangesPerSecond;

    /// <summary>Dials of one address.</summary>
    [Description("Connections a minute that one address may open (of IPv6: a network of 64 bits), and at once after a quiet time.")]
    [Range(1, 100_000_000)]
    public int MaxDialsPerAddress { get; init; } = Front.MaxDialsPerAddress;

    /// <summary>Dials of one agent.</summary>
    [Description("Connections a minute that one agent may open, and at once after a quiet time.")]
    [Range(1, 1_000_000)]
    public int MaxDialsPerAgent { get; init; } = Front.MaxDialsPerAgent;

    /// <summary>Dials with one token.</summary>
    [Description("Connections a minute that clients with one token may open, and at once after a quiet time.")]
    [Range(1, 100_000_000)]
    public int MaxDialsPerToken { get; init; } = Front.MaxDialsPerToken;

    /// <summary>Sockets with one token.</summary>
    [Description("Connections that clients with one token may have to this silo at the same time.")]
    [Range(1, 1_000_000)]
    public int MaxSocketsPerToken { get; init; } = Front.MaxSocketsPerToken;

    /// <summary>Reads of peers' rows at once.</summary>
    [Description("Reads of peers' rows that run at once, each of up to 50 peers. 0: 10.")]
    [Range(0, WorkerOptions.Max)]
    public int QuerierWorkers { get; init; }

    /// <summary>Writes of peers' connections at once.</summary>
    [Description("Writes of peers' connections that run at once, each of up to 50 peers. 0: 10.")]
    [Range(0, WorkerOptions.Max)]
    public int BinderWorkers { get; init; }

    /// <summary>Writes of tunnels at once.</summary>
    [Description("Writes of tunnels that run at once, each of up to 50 peers. 0: 10.")]
    [Range(0, WorkerOptions.Max)]
    public int TunnelerWorkers { get; init; }

    /// <summary>Ready signals of one peer on their way at once.</summary>
    [Description("Ready signals of one agent that are on their way at once; its node record does not wait for them. 0: 5.")]
    [Range(0, WorkerOptions.Max)]
    public int HandshakerWorkers { get; init; }

    /// <summary>How long an agent may take to connect at all.</summary>
    [Description("Milliseconds after it is made known by which an agent should be connected; its status is timeout after that. 0: no limit.")]
    [Range(0, long.MaxValue)]
    public long ConnectionTimeoutMs { get; init; } = StatusDefaults.ConnectionTimeoutMs;

    /// <summary>How long an agent counts as connected without a sign of life.</summary>
    [Description("Milliseconds without a stored sign of life after which an agent's status is disconnected. Agents are heard of every 15000 ms.")]
    [Range(1, long.MaxValue)]
    public long InactiveAfterMs { get; init; } = StatusDefaults.InactiveAfterMs;

    /// <summary>How long heartbeats wait for each other.</summary>
    [Description("Milliseconds that a heartbeat waits for others, so that up to 500 are written in one statement.")]
    [Range(0, 60_000)]
    public long HeartbeatFlushMs { get; init; } = Writer.HeartbeatFlushMs;

    /// <summary>How long rows of the connection log wait for each other.</summary>
    [Description("Milliseconds that a row of the connection log waits for others, so that up to 500 are written in one statement.")]
    [Range(0, 60_000)]
    public long ConnectionLogFlushMs { get; init; } = Writer.ConnectionLogFlushMs;

    /// <summary>How long values wait for each other.</summary>
    [Description("Milliseconds that a value that an agent measured waits for others, so that up to 500 are written in one statement.")]
    [Range(0, 60_000)]
    public long MetadataFlushMs { get; init; } = Writer.MetadataFlushMs;

    /// <summary>Rows of each kind that wait while the store is away.</summary>
    [Description("Rows of each kind (agents, heartbeats, connections, values) that wait while the store is away; more are dropped and counted.")]
    [Range(1_000, 10_000_000)]
    public int MaxWaitingRows { get; init; } = Writer.MaxWaitingRows;

    /// <summary>Bytes of each kind that wait while the store is away.</summary>
    [Description("Bytes of memory, about, for rows of each kind that wait while the store is away; more are dropped and counted.")]
    [Range(1_048_576, long.MaxValue)]
    public long MaxWaitingBytes { get; init; } = Writer.MaxWaitingBytes;

    /// <summary>How long the end waits for the store.</summary>
    [Description("Milliseconds that a silo that stops waits until the store has taken what it knows of agents.")]
    [Range(0, 600_000)]
    public int FlushTimeoutMs { get; init; } = 3_000;

    /// <summary>How long the connection log is kept.</summary>
    [Description("Milliseconds that rows of the connection log are kept.")]
    [Range(60_000, long.MaxValue)]
    public long ConnectionLogRetentionMs { get; init; } = Cleaner.ConnectionLogMs;

    /// <summary>When a silent agent is forgotten.</summary>
    [Description("Milliseconds without a word of it after which an agent is not listed any more, and its metadata goes; who connects again is listed anew. 0: never.")]
    [Range(0, long.MaxValue)]
    public long ForgetAfterMs { get; init; } = Cleaner.ForgetAfterMs;

    /// <summary>What the front end allows.</summary>
    public AgentsGatewayOptions ToGatewayOptions() => new()
    {
        MaxConnections = MaxConnections,
        AcceptsPerSecond = AcceptsPerSecond,
        AcceptBurst = AcceptBurst,
        MaxTunnels = MaxTunnels,
        MaxFramesPerSecond = MaxFramesPerSecond,
        MaxChangesPerSecond = MaxChangesPerSecond,
        MaxDialsPerAddress = MaxDialsPerAddress,
        MaxDialsPerAgent = MaxDialsPerAgent,
        MaxDialsPerToken = MaxDialsPerToken,
        MaxSocketsPerToken = MaxSocketsPerToken,
    };

    /// <summary>How many of each kind run at once.</summary>
    public WorkerOptions ToWorkers() => new()
    {
        QuerierWorkers = QuerierWorkers,
        BinderWorkers = BinderWorkers,
        TunnelerWorkers = TunnelerWorkers,
        HandshakerWorkers = HandshakerWorkers,
    };

    /// <summary>What a peer may have and do at once.</summary>
    public PeerOptions ToPeers() => Peers with { MaxTunnels = MaxTunnels, MaxIncoming = MaxIncomingTunnels, MaxSignals = ToWorkers().Effective().HandshakerWorkers };

    /// <summary>When rows are written together.</summary>
    public AgentWriterOptions ToWriter() => new()
    {
        HeartbeatFlushMs = HeartbeatFlushMs,
        ConnectionLogFlushMs = ConnectionLogFlushMs,
        MetadataFlushMs = MetadataFlushMs,
        MaxWaitingRows = MaxWaitingRows,
        MaxWaitingBytes = MaxWaitingBytes,
    };

    /// <summary>From when on an agent counts as away.</summary>
    public AgentStatusOptions ToStatus() => new() { ConnectionTimeoutMs = ConnectionTimeoutMs, InactiveAfterMs = InactiveAfterMs };

    /// <summary>How old rows may become.</summary>
    public AgentCleanerOptions ToCleaner() => new() { ConnectionLogMs = ConnectionLogRetentionMs, ForgetAfterMs = ForgetAfterMs };

    /// <inheritdoc/>
    public IEnumerable<OptionBreach> Check()
    {
        if (HeartbeatFlushMs > InactiveAfterMs / 2)
            yield return new(nameof(HeartbeatFlushMs), $"must be at most half of Agents:InactiveAfterMs ({InactiveAfterMs}): agents would seem to be away between two heartbeats");
        if (ForgetAfterMs != 0 && ForgetAfterMs / 2 < InactiveAfterMs)
            yield return new(nameof(ForgetAfterMs), $"must be 0, or at least twice Agents:InactiveAfterMs ({InactiveAfterMs}): agents would be forgotten between two heartbeats");
    }
}
