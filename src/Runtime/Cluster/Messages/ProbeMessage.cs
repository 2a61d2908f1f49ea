using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>Asks whether the receiver's grains run, and for its grant of a lease. Answered by a grain's turn.</summary>
/// <param name="Number">Of the round; grows.</param>
/// <param name="Suspects">Whom the sender suspects.</param>
[GenerateSerializer, Immutable, Alias("cluster.probe")]
internal sealed record ProbeMessage([property: Id(0)] long Number, [property: Id(1)] SiloAddress[] Suspects) : PeerMessage;
