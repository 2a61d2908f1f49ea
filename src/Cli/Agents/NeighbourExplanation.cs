namespace Actors.Cli.Agents;

/// <summary>What a peer's grain knows of another peer.</summary>
internal sealed record NeighbourExplanation(
    Guid Id, string? TunnelTo, string? TunnelFrom, PeerSaying Announcement, PeerSaying Told, bool KnowsTunnel, bool IsWaiting, int Failures);
