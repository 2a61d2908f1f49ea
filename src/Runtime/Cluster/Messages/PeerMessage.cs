using Orleans;

namespace Actors.Runtime.Cluster;

/// <summary>What the silos of a cluster tell each other about the cluster itself. Order between two silos is kept while their connection lasts.</summary>
[GenerateSerializer, Immutable, Alias("cluster.message")]
internal abstract record PeerMessage;
