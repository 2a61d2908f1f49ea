using Actors.Agents;

namespace Actors.Grains.Agents;

/// <summary>What is to be written to a peer about another.</summary>
/// <param name="Peer">The other.</param>
/// <param name="Kind">What happened to it.</param>
/// <param name="Node">Its node record as UTF-8 JSON, for <see cref="PeerUpdateKind.Node"/>; else empty.</param>
/// <param name="Reason">Why, for people; null for none.</param>
public readonly record struct PeerUpdate(Guid Peer, PeerUpdateKind Kind, ReadOnlyMemory<byte> Node, string? Reason);
