using Actors.Grains.Agents;

namespace Actors.Gateway.Agents;

/// <summary>A neighbour of a peer, as that peer's grain knows it.</summary>
/// <param name="Id">The neighbour.</param>
/// <param name="TunnelTo">The tunnel to it: <c>open</c>, <c>closed</c>, or null when there was none.</param>
/// <param name="TunnelFrom">The tunnel from it.</param>
/// <param name="Announcement">The newest that it said of itself.</param>
/// <param name="Told">What it has heard of the peer, as it said last.</param>
/// <param name="KnowsTunnel">Whether it has heard of the newest state of the tunnel to it.</param>
/// <param name="IsWaiting">Whether there is something that it has still to be told.</param>
/// <param name="Failures">How often that failed since it was last reached.</param>
public sealed record NeighbourAnswer(
    Guid Id, string? TunnelTo, string? TunnelFrom, SayingAnswer Announcement, SayingAnswer Told, bool KnowsTunnel, bool IsWaiting, int Failures)
{
    /// <summary>The answer of what a grain knows.</summary>
    internal static NeighbourAnswer Of(PeerNeighbour known) => new(
        known.Peer,
        NameOf(known.Out),
        NameOf(known.In),
        SayingAnswer.Of(known.Version, known.Gateway),
        SayingAnswer.Of(known.Told),
        known.ToldOut == known.Out.Version,
        known.IsWaiting,
        known.Failures);

    private static string? NameOf(TunnelState tunnel) => tunnel.IsOpen ? "open" : tunnel.Version == default ? null : "closed";
}
