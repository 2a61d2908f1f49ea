using Orleans;

namespace Actors.Grains.Agents;

/// <summary>A tunnel, as a connection has said last.</summary>
/// <param name="Peer">Where it leads to.</param>
/// <param name="Sequence">When, among all that the connection said.</param>
/// <param name="IsOpen">Whether it was opened or closed.</param>
[GenerateSerializer, Immutable, Alias("Actors.Agents.SessionTunnel")]
public readonly record struct SessionTunnel(
    [property: Id(0)] Guid Peer,
    [property: Id(1)] long Sequence,
    [property: Id(2)] bool IsOpen);
