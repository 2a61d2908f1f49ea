namespace Actors.Grains.Agents;

/// <summary>How a peer's grain reaches a neighbour's: a reference that was used before knows where that grain is.</summary>
internal sealed class PeerWay(Guid peer, IAgentPeerGrain grain) : IPeerItem
{
    public Guid Peer => peer;

    public IAgentPeerGrain Grain => grain;
}
