using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>A silo as its peers know it.</summary>
/// <param name="Address">Where it listens, and which run of it.</param>
/// <param name="NodeId">Its number in the cluster.</param>
internal sealed record PeerIdentity(SiloAddress Address, int NodeId)
{
    public override string ToString() => $"{Address} (node {NodeId})";
}
