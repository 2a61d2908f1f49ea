using Orleans;

namespace Actors.Runtime.Cluster;

/// <summary>
/// An activation was cut off, or a write failed that may still be done, on the sender or where it heard of it: a write may be on its
/// way to a store, so whoever activates a grain from now on takes its record first.
/// </summary>
[GenerateSerializer, Immutable, Alias("cluster.cut-off")]
internal sealed record CutOffMessage : PeerMessage;
