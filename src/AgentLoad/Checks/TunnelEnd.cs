namespace Actors.AgentLoad.Checks;

/// <summary>One direction of a tunnel: what its receiver was told of its subject.</summary>
internal struct TunnelEnd
{
    public required int Receiver;
    public required int Subject;

    /// <summary>The receiver has opened the tunnel.</summary>
    public required bool IsOpener;

    /// <summary>The subject has said that it is ready for the receiver's handshake.</summary>
    public bool IsReady;

    /// <summary>The highest sequence that the receiver was ever told; 0 for none.</summary>
    public long Seen;

    /// <summary>A NODE came on the receiver's present connection.</summary>
    public bool WasTold;

    /// <summary>And no LOST since.</summary>
    public bool IsTold;

    /// <summary>The receiver knows the newest, or there is nothing to know.</summary>
    public bool IsSettled;

    /// <summary>Since when the receiver does not know the newest and nothing newer came; only while not <see cref="IsSettled"/>.</summary>
    public long BehindSince;

    /// <summary>That was told as lost already.</summary>
    public bool IsAccused;
}
