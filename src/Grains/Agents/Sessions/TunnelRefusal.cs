namespace Actors.Grains.Agents;

/// <summary>Why a tunnel is not opened or closed.</summary>
public enum TunnelRefusal
{
    /// <summary>It is.</summary>
    None,

    /// <summary>It would lead from the peer to itself.</summary>
    ToItself,

    /// <summary>The peer has as many as it may have, or has changed more than the store has taken yet.</summary>
    TooMany,
}
