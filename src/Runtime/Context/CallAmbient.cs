using System.Diagnostics;
using Orleans.Diagnostics;
using Orleans.Runtime;

namespace Actors.Runtime.Context;

/// <summary>What a call takes along beside its arguments: the request context, the caller's trace, and the span of the call.</summary>
internal sealed class CallAmbient
{
    private static readonly ActivitySource Source = new(ActivitySources.ApplicationGrainActivitySourceName);

    private readonly RequestData? _data;
    private readonly Activity? _caller;
    private readonly ActivityContext _parent;
    private Activity? _span;

    private CallAmbient(RequestData? data, Activity? caller, ActivityContext parent)
    {
        _data = data;
        _caller = caller;
        _parent = parent;
    }

    /// <summary>The request context, to go along to another silo.</summary>
    public RequestData? Data => _data;

    /// <summary>The caller's trace, to go along to another silo.</summary>
    public ActivityContext Trace => _parent;

    /// <summary>What came along from another silo.</summary>
    public static CallAmbient Remote(RequestData? data, ActivityContext trace) => new(data, caller: null, trace);

    /// <summary>True when somebody listens to the spans of calls.</summary>
    public static bool IsTraced => Source.HasListeners();

    /// <summary>What the running code has; null, at next to no cost, when it has nothing and nobody listens.</summary>
    public static CallAmbient? Capture()
    {
        RequestData? data = RequestContext.Data;
        Activity? caller = Activity.Current;
        // What goes on after its call has ended still belongs to that call's trace, but its span can not be entered again: to try throws.
        Activity? open = caller is { IsStopped: false } ? caller : null;
        return data is null && caller is null && !IsTraced ? null : new CallAmbient(data, open, caller?.Context ?? default);
    }

    /// <summary>Begins the call at the callee: sets the request context, and starts a span under the caller's.</summary>
    public void Enter(string name, string interfaceName, string methodName, GrainId target)
    {
        if (_data is not null)
        {
            RequestContext.Data = _data;
        }

        if (_caller is { IsStopped: false })
        {
            Activity.Current = _caller;
        }

        _span = Source.StartActivity(name, ActivityKind.Internal, _parent) ?? Carry(name);
        if (_span is { IsAllDataRequested: true } span)
        {
            span.SetTag("rpc.system", "orleans");
            span.SetTag("rpc.service", interfaceName);
            span.SetTag("rpc.method", methodName);
            span.SetTag("rpc.orleans.target_id", target.ToString());
        }
    }

    /// <summary>
    /// Nobody listens here to a trace from another silo, or from a call that has ended: it is carried on all the same, for those that are
    /// called from here.
    /// </summary>
    private Activity? Carry(string name) =>
        _caller is not { IsStopped: false } && _parent != default
            ? new Activity(name).SetParentId(_parent.TraceId, _parent.SpanId, _parent.TraceFlags).Start()
            : null;

    /// <summary>Ends the span.</summary>
    public void Leave(Exception? error)
    {
        if (_span is not { } span)
        {
            return;
        }

        if (error is not null)
        {
            span.SetStatus(ActivityStatusCode.Error, error.Message);
            span.SetTag("exception.type", error.GetType().FullName);
        }

        span.Dispose();
    }
}
