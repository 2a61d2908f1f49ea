using Orleans;

namespace Actors.Grains.Agents;

/// <summary>A neighbour, as a peer's grain knows it.</summary>
/// <param name="Peer">Who.</param>
/// <param name="Out">The tunnel to it.</param>
/// <param name="In">The tunnel from it.</param>
/// <param name="Version">Its newest announcement that is known; says the kind too.</param>
/// <param name="Gateway">Who holds, or held, its connection.</param>
/// <param name="Failures">Pushes to it that failed since one was acknowledged.</param>
[GenerateSerializer, Immutable, Alias("Actors.Agents.Neighbour")]
public readonly record struct PeerNeighbour(
    [property: Id(0)] Guid Peer,
    [property: Id(1)] TunnelState Out,
    [property: Id(2)] TunnelState In,
    [property: Id(3)] PeerVersion Version,
    [property: Id(4)] GatewayRun Gateway,
    [property: Id(5)] int Failures);
