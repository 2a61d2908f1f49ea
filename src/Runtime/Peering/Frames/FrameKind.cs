namespace Actors.Runtime.Peering;

/// <summary>What a frame between two silos is. The numbers are part of the protocol.</summary>
internal enum FrameKind : byte
{
    /// <summary>Handshake: who dials, and whom it expects.</summary>
    Hello = 1,

    /// <summary>Handshake: who answers, with its nonce.</summary>
    Challenge = 2,

    /// <summary>Handshake: the dialer knows the cluster's secret.</summary>
    Proof = 3,

    /// <summary>Handshake: so does the acceptor, and what it has decided.</summary>
    Verdict = 4,

    /// <summary>Handshake: there is no connection, and why. Not authenticated, so it is no evidence of anything.</summary>
    Refusal = 5,

    /// <summary>Control: from now on this connection is the one of the two silos.</summary>
    Adopt = 16,

    /// <summary>Control: the sender closes the connection, and why.</summary>
    Close = 17,

    /// <summary>Control: a message of the cluster, such as a probe or a view.</summary>
    Message = 18,

    /// <summary>Calls: one call.</summary>
    Request = 32,

    /// <summary>Calls: its answer.</summary>
    Response = 33,

    /// <summary>Calls: nobody waits for a call's answer any more.</summary>
    Cancel = 34,
}
