namespace Actors.Grains.Agents;

/// <summary>What the store has of one peer.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Row">Its last connection; null when there was none.</param>
/// <param name="Outgoing">The tunnels from it, closed ones included.</param>
/// <param name="Incoming">The tunnels to it, closed ones included.</param>
public sealed record PeerRows(Guid Peer, PeerRow? Row, IReadOnlyList<TunnelRow> Outgoing, IReadOnlyList<TunnelRow> Incoming);
