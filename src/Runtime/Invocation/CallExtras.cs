using Actors.Runtime.Context;
using Actors.Runtime.Filters;

namespace Actors.Runtime.Invocation;

/// <summary>What few calls have: a context to carry, a token or a short time-out, filters.</summary>
internal sealed class CallExtras
{
    public CallAmbient? Ambient { get; set; }

    public CallControl? Control { get; set; }

    public OutgoingCall? Outgoing { get; set; }

    public IncomingCall? Incoming { get; set; }
}
