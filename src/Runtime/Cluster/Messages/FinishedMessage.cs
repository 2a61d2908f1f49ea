using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>The sender has found that silos which were declared dead have run their last turn.</summary>
[GenerateSerializer, Immutable, Alias("cluster.finished")]
internal sealed record FinishedMessage([property: Id(0)] SiloAddress[] Silos) : PeerMessage;
