using Actors.Runtime.Context;
using Actors.Runtime.Filters;
using Actors.Runtime.Peering;

namespace Actors.Runtime.Invocation;

/// <summary>What few calls have: a context to carry, a token or a short time-out, outgoing filters, another silo.</summary>
internal sealed class CallExtras
{
    public CallAmbient? Ambient { get; set; }

    public CallControl? Control { get; set; }

    public OutgoingCall? Outgoing { get; set; }

    /// <summary>The call's way to another silo.</summary>
    public SentCall? Sent { get; set; }

    /// <summary>The call's way back to the silo that it came from.</summary>
    public ReceivedCall? Received { get; set; }
}
