using Orleans;

namespace Actors.Grains.Agents;

/// <summary>A tunnel, as the peer that it leads from has said last. The default is one that never was.</summary>
/// <param name="Version">How new it is.</param>
/// <param name="IsOpen">False for one that was closed, which is remembered for a while.</param>
[GenerateSerializer, Immutable, Alias("Actors.Agents.Tunnel")]
public readonly record struct TunnelState([property: Id(0)] PeerVersion Version, [property: Id(1)] bool IsOpen);
