namespace Actors.AgentLoad.Checks;

/// <summary>What a hub may not do.</summary>
public enum Breach
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>An update did not arrive although there was time enough and both ends were connected.</summary>
    Lost,

    /// <summary>The same was told twice on one connection.</summary>
    Duplicated,

    /// <summary>An older record came after a newer one.</summary>
    Stale,

    /// <summary>Somebody was told of a peer with whom it has no tunnel.</summary>
    Forbidden,

    /// <summary>READY_FOR_HANDSHAKE to the end that has not opened the tunnel.</summary>
    NotOpener,

    /// <summary>A record that its peer has never announced, or READY_FOR_HANDSHAKE of an agent that never said so.</summary>
    Invented,

    /// <summary>LOST of a peer whose connection never broke.</summary>
    FalselyLost,

    /// <summary>DISCONNECTED of a peer that never said goodbye.</summary>
    FalselyGone,

    /// <summary>LOST, DISCONNECTED or READY_FOR_HANDSHAKE of a peer before its NODE on the same connection.</summary>
    Untold,
}
