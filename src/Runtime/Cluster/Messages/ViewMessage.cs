using Orleans;

namespace Actors.Runtime.Cluster;

/// <summary>The sender has installed a view.</summary>
[GenerateSerializer, Immutable, Alias("cluster.view-message")]
internal sealed record ViewMessage([property: Id(0)] ClusterView View) : PeerMessage;
