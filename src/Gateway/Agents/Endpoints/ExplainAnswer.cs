using Actors.Grains.Agents;

namespace Actors.Gateway.Agents;

/// <summary>Body of <c>/api/v1/agents/{id}/explain</c>: what the peer's grain knows, wherever in the cluster it is.</summary>
/// <param name="Id">The peer, an agent or a client.</param>
/// <param name="Announcement">What it says of itself.</param>
/// <param name="NodeBytes">Bytes of its node record; 0 when it has none.</param>
/// <param name="IsAttached">Whether its connection has attached itself to the grain, so that it is shown what others announce.</param>
/// <param name="AreRowsRead">Whether the grain has read what is stored of it; until then it knows what it was told.</param>
/// <param name="IsStored">Whether all that is to be stored is.</param>
/// <param name="Neighbours">Peers with a tunnel to or from it, and those whose tunnels were closed a short time ago; by id.</param>
public sealed record ExplainAnswer(
    Guid Id, SayingAnswer Announcement, int NodeBytes, bool IsAttached, bool AreRowsRead, bool IsStored, IReadOnlyList<NeighbourAnswer> Neighbours)
{
    /// <summary>The answer of what a grain knows.</summary>
    internal static ExplainAnswer Of(Guid id, PeerDescription known) => new(
        id,
        SayingAnswer.Of(known.Announcement.Version, known.Announcement.Gateway),
        known.NodeBytes,
        known.IsAttached,
        known.AreRowsRead,
        known.IsStored,
        [.. known.Neighbours.OrderBy(static neighbour => neighbour.Peer).Select(NeighbourAnswer.Of)]);
}
