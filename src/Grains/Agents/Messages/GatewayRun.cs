using Orleans;

namespace Actors.Grains.Agents;

/// <summary>One run of a silo that holds sockets. A silo that comes back is another run, and the sockets of the one before are closed.</summary>
/// <param name="NodeId">The silo's node.</param>
/// <param name="Generation">Which run of it.</param>
/// <param name="SinceView">The number of a view in which it was a member: who has a later one without it knows that it has ended.</param>
[GenerateSerializer, Immutable, Alias("Actors.Agents.Gateway")]
public readonly record struct GatewayRun(
    [property: Id(0)] int NodeId,
    [property: Id(1)] int Generation,
    [property: Id(2)] long SinceView);
