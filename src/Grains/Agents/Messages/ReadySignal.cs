using Orleans;

namespace Actors.Grains.Agents;

/// <summary>A peer has another one's node record and waits for a handshake.</summary>
/// <param name="Version">When it said so, among all that it said.</param>
/// <param name="ForEpoch">The other's connection that it knew then; on a later one the word means nothing.</param>
[GenerateSerializer, Immutable, Alias("Actors.Agents.Ready")]
public readonly record struct ReadySignal([property: Id(0)] PeerVersion Version, [property: Id(1)] long ForEpoch);
