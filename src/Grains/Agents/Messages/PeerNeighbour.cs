using Orleans;

namespace Actors.Grains.Agents;

/// <summary>A neighbour, as a peer's grain knows it.</summary>
/// <param name="Peer">Who.</param>
/// <param name="Out">The tunnel to it.</param>
/// <param name="In">The tunnel from it.</param>
/// <param name="Version">Its newest announcement that is known; says the kind too.</param>
/// <param name="Gateway">Who holds, or held, its connection.</param>
/// <param name="Failures">Pushes to it that failed since one was acknowledged.</param>
/// <param name="Told">The newest announcement of this peer's that it has, as it said last; the default is none.</param>
/// <param name="ToldOut">The newest state of <paramref name="Out"/> that it has.</param>
/// <param name="IsWaiting">Whether there is something that it has still to be told, or to be asked.</param>
[GenerateSerializer, Immutable, Alias("Actors.Agents.Neighbour")]
public readonly record struct PeerNeighbour(
    [property: Id(0)] Guid Peer,
    [property: Id(1)] TunnelState Out,
    [property: Id(2)] TunnelState In,
    [property: Id(3)] PeerVersion Version,
    [property: Id(4)] GatewayRun Gateway,
    [property: Id(5)] int Failures,
    [property: Id(6)] PeerVersion Told,
    [property: Id(7)] PeerVersion ToldOut,
    [property: Id(8)] bool IsWaiting);
