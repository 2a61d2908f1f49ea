using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>The first frame of a connection, from the silo that dialled.</summary>
[GenerateSerializer, Immutable, Alias("actors.PeerHello")]
internal sealed record HelloMessage
{
    /// <summary>The oldest protocol version that the sender speaks.</summary>
    [Id(0)]
    public int MinVersion { get; init; }

    /// <summary>The newest protocol version that the sender speaks.</summary>
    [Id(1)]
    public int MaxVersion { get; init; }

    /// <summary>The sender's cluster.</summary>
    [Id(2)]
    public string ClusterId { get; init; } = "";

    /// <summary>Who dials.</summary>
    [Id(3)]
    public SiloAddress Sender { get; init; } = SiloAddress.Zero;

    /// <summary>The sender's node.</summary>
    [Id(4)]
    public int NodeId { get; init; }

    /// <summary>Whom it expects to answer.</summary>
    [Id(5)]
    public SiloAddress Receiver { get; init; } = SiloAddress.Zero;

    /// <summary>Random bytes, new for each connection.</summary>
    [Id(6)]
    public byte[] Nonce { get; init; } = [];

    /// <summary>The number of the newest connection of the two that the sender knows of, and does not have.</summary>
    [Id(7)]
    public long KnownNumber { get; init; }
}
