namespace Actors.Gateway.Agents;

/// <summary>What the hub has to say that is no update of a peer.</summary>
internal enum NoticeKind
{
    Welcome,
    Resume,
    NotAllowed,
    NotShared,
    TooManyTunnels,
    ToItself,
    GoingAway,
}
