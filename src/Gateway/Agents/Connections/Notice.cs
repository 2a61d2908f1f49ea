using Actors.Agents.Messages;

namespace Actors.Gateway.Agents;

/// <summary>Something that is written once, in the order in which it came up.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Peer">The peer that it is about; all zeros for none.</param>
/// <param name="RetryAfterMs">For <see cref="NoticeKind.GoingAway"/>; else 0.</param>
internal readonly record struct Notice(NoticeKind Kind, Guid Peer, int RetryAfterMs)
{
    /// <summary>An error's message.</summary>
    public ErrorMessage ToError()
    {
        var (code, text) = Kind switch
        {
            NoticeKind.NotAllowed => ("not_allowed", "this peer may not do that"),
            NoticeKind.NotShared => ("not_shared", "no tunnel leads from that peer to this one"),
            NoticeKind.TooManyTunnels => ("too_many_tunnels", "this peer has as many tunnels as it may have"),
            NoticeKind.ToItself => ("to_itself", "a tunnel leads to another peer"),
            _ => ("going_away", "the silo stops; connect to another one"),
        };
        return new ErrorMessage
        {
            Code = code,
            Text = text,
            Id = Peer == Guid.Empty ? null : Peer,
            RetryAfterMs = RetryAfterMs == 0 ? null : RetryAfterMs,
        };
    }
}
