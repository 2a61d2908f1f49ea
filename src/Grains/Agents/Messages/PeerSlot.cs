using Orleans;

namespace Actors.Grains.Agents;

/// <summary>One peer, as the receiver may see it.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Agents.Slot")]
public sealed record PeerSlot
{
    /// <summary>The peer.</summary>
    [Id(0)] public Guid Peer { get; init; }

    /// <summary>How it is seen.</summary>
    [Id(1)] public PeerSight Sight { get; init; }

    /// <summary>How new that is, among all that the peer said.</summary>
    [Id(2)] public PeerVersion Version { get; init; }

    /// <summary>The node record for <see cref="PeerSight.Node"/>; else empty.</summary>
    [Id(3)] public ReadOnlyMemory<byte> Node { get; init; }

    /// <summary>When the peer was ready for a handshake on this connection; the default when it was not.</summary>
    [Id(4)] public PeerVersion Ready { get; init; }
}
