using Actors.Grains.Agents;

namespace Actors.Gateway.Agents;

/// <summary>Who a connection's peer is and what it may do. Nothing of it changes while the connection lives; whether it still holds is asked again.</summary>
/// <param name="Id">The peer.</param>
/// <param name="Role">What it is.</param>
/// <param name="Claims">What its token says; null where none is needed.</param>
internal sealed record PeerPass(Guid Id, PeerRole Role, AgentTokenClaims? Claims)
{
    /// <summary>Whether it may open a tunnel to this peer.</summary>
    public bool Reaches(Guid peer) => Role == PeerRole.Client && (Claims is null || Claims.Reaches(peer));
}
