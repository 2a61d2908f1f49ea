using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>
/// What the cluster hears of its peers. All but <see cref="Admits"/> is told by one loop, in order, one at a time; messages of a peer
/// stand between its Connected and its Lost. While the owner is busy, connections are read no further than a bound.
/// </summary>
internal interface IPeerEvents
{
    /// <summary>May this silo, which knows the secret, be a peer? From any thread, at once, without waiting.</summary>
    /// <returns>Null, or the reason why not, which the silo is told.</returns>
    string? Admits(PeerIdentity peer);

    /// <summary>There is a connection; messages and calls can be sent.</summary>
    void Connected(PeerIdentity peer);

    /// <summary>The connection has ended. When the peer is wanted, the next attempt is under way.</summary>
    /// <param name="peer">Who was at the other end.</param>
    /// <param name="reason">What is known of why.</param>
    /// <param name="replaced">True when another connection of the two silos takes its place: no reason for suspicion.</param>
    void Lost(PeerIdentity peer, string reason, bool replaced);

    /// <summary>An attempt to connect to a wanted peer has failed. Attempts go on.</summary>
    void Refused(SiloAddress peer, PeerRefusal refusal);

    /// <summary>A control message has come. The bytes are the owner's.</summary>
    void Received(PeerIdentity peer, byte[] message);
}
