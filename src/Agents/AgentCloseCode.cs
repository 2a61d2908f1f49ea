namespace Actors.Agents;

/// <summary>Why a connection ends, as the code of the WebSocket's close frame. Numbers are part of the protocol and never change.</summary>
public enum AgentCloseCode
{
    /// <summary>The peer said goodbye.</summary>
    Goodbye = 1000,

    /// <summary>The silo stops; the peer connects again, elsewhere.</summary>
    GoingAway = 1001,

    /// <summary>A binary frame; all frames are text.</summary>
    NotText = 1003,

    /// <summary>A frame that is not one JSON object, or nests too deep.</summary>
    NotJson = 1007,

    /// <summary>A frame longer than the limit.</summary>
    TooBig = 1009,

    /// <summary>The silo failed; the peer connects again.</summary>
    Failed = 1011,

    /// <summary>The connection has to be made anew, with a newer epoch; the peer connects again at once.</summary>
    Restart = 1012,

    /// <summary>A field that is unknown, repeated, of another type, malformed or too long.</summary>
    BadMessage = 4400,

    /// <summary>The token ran out or was revoked.</summary>
    Unauthorized = 4401,

    /// <summary>Nothing came for too long, or the peer did not take what was written.</summary>
    Silent = 4408,

    /// <summary>A newer connection of the same peer took this one's place; the peer does not connect again because of it.</summary>
    Replaced = 4409,

    /// <summary>Too many frames in too short a time.</summary>
    Flood = 4429,

    /// <summary>The silo has no room; the peer connects again after a while.</summary>
    Busy = 4503,
}
