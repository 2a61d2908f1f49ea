using Orleans;

namespace Actors.Runtime.Cluster;

/// <summary>A grain's turn has run.</summary>
/// <param name="Number">Of the probe.</param>
/// <param name="GrantsLease">The sender's view has the receiver among the living: it may run turns.</param>
[GenerateSerializer, Immutable, Alias("cluster.probe-answer")]
internal sealed record ProbeAnswerMessage([property: Id(0)] long Number, [property: Id(1)] bool GrantsLease) : PeerMessage;
