using Orleans;

namespace Actors.Grains.Agents;

/// <summary>A peer that the connection is ready for.</summary>
/// <param name="Peer">Whom.</param>
/// <param name="Sequence">When, among all that the connection said.</param>
[GenerateSerializer, Immutable, Alias("Actors.Agents.SessionReady")]
public readonly record struct SessionReady([property: Id(0)] Guid Peer, [property: Id(1)] long Sequence);
