namespace Actors.Runtime.Peering;

/// <summary>What became of a message that was to be sent.</summary>
internal enum SendResult
{
    /// <summary>It is queued; it may still be lost with the connection.</summary>
    Queued,

    /// <summary>The queue to this peer is full: "busy". Nothing was sent.</summary>
    Full,

    /// <summary>There is no connection. Nothing was sent.</summary>
    NotConnected,
}
