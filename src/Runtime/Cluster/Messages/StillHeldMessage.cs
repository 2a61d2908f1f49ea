using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>Some of the grains that the sender still has and whose home is the receiver; an <see cref="InstalledMessage"/> follows with the last.</summary>
/// <param name="Version">The view that the sender has installed.</param>
/// <param name="Number">Which part this is, from 0.</param>
/// <param name="Grains">The grains.</param>
[GenerateSerializer, Immutable, Alias("cluster.still-held")]
internal sealed record StillHeldMessage([property: Id(0)] long Version, [property: Id(1)] int Number, [property: Id(2)] GrainId[] Grains) : PeerMessage;
