using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>Send it if there is a connection; otherwise drop it.</summary>
internal sealed record SendOutput(SiloAddress To, PeerMessage Message) : ClusterOutput;
