namespace Actors.Cli.Agents;

/// <summary>What a peer's grain knows, as a silo says it.</summary>
internal sealed record PeerExplanation(
    Guid Id, PeerSaying Announcement, int NodeBytes, bool IsAttached, bool AreRowsRead, bool IsStored, IReadOnlyList<NeighbourExplanation> Neighbours);
