using Orleans;

namespace Actors.Grains.Agents;

/// <summary>What the holder of a peer's socket tells the peer's grain: a state, merged by version, so it may be lost or come twice.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Agents.Report")]
public sealed record SessionReport
{
    /// <summary>The connection.</summary>
    [Id(0)] public long Epoch { get; init; }

    /// <summary>Who holds it.</summary>
    [Id(1)] public GatewayRun Gateway { get; init; }

    /// <summary>Counts how often the session has attached itself to a grain, from 1.</summary>
    [Id(2)] public int Attachment { get; init; }

    /// <summary>Whether this is all that the connection has said, and not only what is new.</summary>
    [Id(3)] public bool IsWhole { get; init; }

    /// <summary>When the peer announced the node record; 0 when it has not.</summary>
    [Id(4)] public long NodeSequence { get; init; }

    /// <summary>The node record; empty when the grain has it already.</summary>
    [Id(5)] public ReadOnlyMemory<byte> Node { get; init; }

    /// <summary>Tunnels that are older than this number of the connection are closed; 0 when the peer did not say so.</summary>
    [Id(6)] public long ClosedBefore { get; init; }

    /// <summary>Tunnels that the connection opened and closed.</summary>
    [Id(7)] public SessionTunnel[] Tunnels { get; init; } = [];

    /// <summary>Peers that this one is ready for.</summary>
    [Id(8)] public SessionReady[] Ready { get; init; } = [];

    /// <summary>In a whole report the peers that the connection knows of: those that it was shown and not taken back.</summary>
    [Id(10)] public SessionSight[] Seen { get; init; } = [];

    /// <summary>In a whole report the activation that asked for it; 0 for the first, which the activation that gave the epoch takes.</summary>
    [Id(11)] public long Activation { get; init; }

    /// <summary>Whether the connection has ended, and how; such a report is whole.</summary>
    [Id(9)] public SessionEnd End { get; init; }
}
