using Orleans;

namespace Actors.Grains.Agents;

/// <summary>A peer that a connection knows of.</summary>
/// <param name="Peer">Whom.</param>
/// <param name="Epoch">The latest connection of that peer's that it was shown; 0 when it was shown none.</param>
[GenerateSerializer, Immutable, Alias("Actors.Agents.SessionSight")]
public readonly record struct SessionSight([property: Id(0)] Guid Peer, [property: Id(1)] long Epoch);
