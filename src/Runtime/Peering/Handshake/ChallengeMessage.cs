using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>The acceptor's answer to a hello that it can go on with.</summary>
[GenerateSerializer, Immutable, Alias("actors.PeerChallenge")]
internal sealed record ChallengeMessage
{
    /// <summary>The protocol version of the connection: the newest that both speak.</summary>
    [Id(0)]
    public int Version { get; init; }

    /// <summary>The acceptor's cluster.</summary>
    [Id(1)]
    public string ClusterId { get; init; } = "";

    /// <summary>Who answers.</summary>
    [Id(2)]
    public SiloAddress Sender { get; init; } = SiloAddress.Zero;

    /// <summary>The acceptor's node.</summary>
    [Id(3)]
    public int NodeId { get; init; }

    /// <summary>Random bytes, new for each connection.</summary>
    [Id(4)]
    public byte[] Nonce { get; init; } = [];
}
