using System.Diagnostics;
using Actors.Runtime.Context;
using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>What a request says beside its arguments.</summary>
internal struct CallHeader
{
    /// <summary>Its number on its connection; 0 for a one-way call.</summary>
    public long Id;

    /// <summary>The sender's view.</summary>
    public long View;

    /// <summary>For whom it is.</summary>
    public GrainId Target;

    /// <summary>How long its caller still waits, in milliseconds; a span, so clocks need not agree.</summary>
    public long RemainingMs;

    /// <summary>The calling grain; default when it is not a grain that calls.</summary>
    public GrainId Source;

    /// <summary>The request context; null when it is empty.</summary>
    public RequestData? Data;

    /// <summary>The caller's trace; default when it has none.</summary>
    public ActivityContext Trace;
}
