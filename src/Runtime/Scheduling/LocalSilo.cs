using Actors.Runtime.Activations;
using Actors.Runtime.Cluster;
using Actors.Runtime.Context;
using Actors.Runtime.Filters;
using Actors.Runtime.Invocation;
using Actors.Runtime.Metrics;
using Actors.Runtime.Peering;
using Actors.Runtime.Placement;
using Actors.Runtime.Watch;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Actors.Runtime.Scheduling;

/// <summary>
/// This process's silo: takes calls from references, finds or makes the activations they are for, and ends those when it
/// stops. Safe for use from any thread; nothing here waits.
/// </summary>
internal sealed partial class LocalSilo : IGrainCallSender, IDisposable
{
    private const int DefaultMaxWaitingCalls = 10_000;

    /// <summary>Time-outs shorter than this are kept by a timer of the call's own, the others by the overseer's tick.</summary>
    private const double OwnTimerBelowMs = 10_000;

    /// <summary>Why activations end with the silo.</summary>
    public static readonly DeactivationReason Stopped = new(DeactivationReasonCode.ShuttingDown, "The silo stops.");

    private readonly int _maxWaitingCalls;
    private readonly double _responseTimeoutMs;
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _activationIds;
    private int _live;
    private volatile bool _stopping;

    public LocalSilo(
        IServiceProvider services,
        ILocalSiloDetails details,
        GrainMetrics metrics,
        TimeProvider time,
        ILoggerFactory loggers,
        IOptions<SiloMessagingOptions> messaging,
        IOptions<GrainCollectionOptions> collection,
        IOptions<PlacementOptions> placement,
        IEnumerable<IIncomingGrainCallFilter> incoming,
        IEnumerable<IOutgoingGrainCallFilter> outgoing)
    {
        Services = services;
        Address = details.SiloAddress;
        Metrics = metrics;
        Time = time;
        StartedAt = time.GetUtcNow();
        NodeId = placement.Value.NodeId;
        Log = new RuntimeLog(loggers.CreateLogger("Orleans.Runtime"));
        IncomingFilters = [.. incoming];
        OutgoingFilters = [.. outgoing];
        MessagingOptions options = messaging.Value;
        _responseTimeoutMs = options.ResponseTimeout.TotalMilliseconds;
        CancelsOnTimeout = options.CancelRequestOnTimeout;
        WaitsForCancelledCallee = options.WaitForCancellationAcknowledgement;
        _maxWaitingCalls = messaging.Value.MaxEnqueuedRequestsHardLimit is > 0 and int limit ? limit : DefaultMaxWaitingCalls;
        ActivationTimeoutMs = (long)collection.Value.ActivationTimeout.TotalMilliseconds;
        DeactivationTimeoutMs = (long)collection.Value.DeactivationTimeout.TotalMilliseconds;
        Overseer = new Overseer(time);
        References = new GrainReferences(this);
        Runtime = new GrainRuntime(this);
        metrics.View = () => Cluster?.Routes.View.Version ?? 0;
    }

    public IServiceProvider Services { get; }

    public SiloAddress Address { get; }

    public int NodeId { get; }

    public GrainMetrics Metrics { get; }

    public TimeProvider Time { get; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset StartedAt { get; }

    public RuntimeLog Log { get; }

    public Overseer Overseer { get; }

    public GrainReferences References { get; }

    public GrainRuntime Runtime { get; }

    public IIncomingGrainCallFilter[] IncomingFilters { get; }

    public IOutgoingGrainCallFilter[] OutgoingFilters { get; }

    public bool CancelsOnTimeout { get; }

    public bool WaitsForCancelledCallee { get; }

    public long ActivationTimeoutMs { get; }

    public long DeactivationTimeoutMs { get; }

    /// <summary>Calls beyond this process; null when there is no cluster. Set once, before the silo serves.</summary>
    public RemoteCalls? Remote { get; set; }

    /// <summary>When turns may run; null when there is no cluster, and they always may. Set before the silo serves.</summary>
    public TurnLease? Turns { get; set; }

    /// <summary>The cluster; null when there is none. Set before the silo serves.</summary>
    public ClusterDriver? Cluster { get; set; }

    /// <summary>A clock that moves once a second, in milliseconds; reading it costs nothing.</summary>
    public long NowMs => Overseer.NowMs;

    /// <summary>
    /// The clock's next tick, in milliseconds; never 0. What is stamped with it just before a tick does not look a second older
    /// than it is just after.
    /// </summary>
    public long Epoch => NowMs + Overseer.PeriodMs;

    /// <summary>False when the silo stops: what has no activation gets none.</summary>
    public bool AcceptsActivations => !_stopping;

    /// <summary>How many activations there are.</summary>
    public int LiveActivations => Volatile.Read(ref _live);

    public ActivationId NextActivationId() =>
        new(new Guid(Address.Generation, 0, 0, BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(Interlocked.Increment(ref _activationIds)))));

    /// <summary>How long a caller of the method waits.</summary>
    public long ResponseTimeoutMsOf(GrainMethod method) => (long)(method.ResponseTimeoutMs ?? _responseTimeoutMs);

    public void Send(GrainReference target, GrainRequest request)
    {
        Worker worker = Worker.Current;
        request.Target = target;
        if (worker.Activation is { } source)
        {
            if (source.IsPoisoned)
            {
                request.RejectAtOnce(source.CutOff());
                return;
            }

            request.Source = source;
        }

        if ((!worker.IsBare || CallAmbient.IsTraced) && CallAmbient.Capture() is { } ambient)
        {
            (request.Extras ??= new CallExtras()).Ambient = ambient;
        }

        if (OutgoingFilters.Length == 0)
        {
            Dispatch(request, worker);
            return;
        }

        var outgoing = new OutgoingCall(request, this);
        (request.Extras ??= new CallExtras()).Outgoing = outgoing;
        _ = outgoing.RunAsync();
    }

    /// <summary>Puts a call into its target's mailbox; an error becomes its answer.</summary>
    public void Dispatch(GrainRequest request, Worker worker)
    {
        GrainMethod method = request.Method;
        double timeoutMs = method.ResponseTimeoutMs ?? _responseTimeoutMs;
        if ((method.IsCancellable || timeoutMs < OwnTimerBelowMs) && !TryControl(request, timeoutMs))
        {
            return;
        }

        request.SentMs = Epoch;
        Activation? activation = request.Target.Hint;
        if (activation is null || activation.IsClosed)
        {
            activation = Locate(request);
            if (activation is null)
            {
                return;
            }
        }

        if (activation.Class.Metrics.IsTimed(worker.Index, Epoch))
        {
            request.SentAt = Time.GetTimestamp();
        }

        if (!activation.TryPost(request, worker, _maxWaitingCalls))
        {
            RefuseBusy(request, activation, worker);
        }
    }

    /// <summary>Sends a call on whose activation ended before it began, or that came from another silo.</summary>
    public void Resend(GrainRequest request)
    {
        Worker worker = Worker.Current;
        if (Remote is null || Remote.IsHere(request))
        {
            PostHere(request, worker);
        }
    }

    /// <summary>Puts a call into the mailbox of its activation on this silo, which is made if there is none.</summary>
    public void PostHere(GrainRequest request, Worker worker)
    {
        if (LocateHere(request) is { } activation && !activation.TryPost(request, worker, _maxWaitingCalls))
        {
            RefuseBusy(request, activation, worker);
        }
    }

    public object Cast(GrainReference reference, Type interfaceType) => References.Cast(reference, interfaceType);

    public static Exception TargetIsGone(Activation activation) =>
        activation.Class.IsObserver
            ? new ClientNotAvailableException($"The object behind {activation.GrainId} is gone.")
            : new OrleansException($"{activation.GrainId} has no instance.");

    public void ActivationBegan(Activation activation)
    {
        if (!activation.Class.IsSystem)
        {
            Interlocked.Increment(ref _live);
        }
    }

    /// <summary>Whether an activation may begin, or follow another one, on this silo now.</summary>
    public bool MayBegin(Activation activation)
    {
        if (!AcceptsActivations && !activation.Class.IsSystem)
        {
            return false;
        }

        if (Remote is null || !activation.Class.IsPlacedByHash)
        {
            return true;
        }

        // The activation is known before the routes are looked at; who changes them looks at the activations afterwards.
        Interlocked.MemoryBarrier();
        return Remote.Router.Find(activation.GrainId, nodeInKey: false, minView: 0).Kind is RouteKind.Here;
    }

    public void ActivationEnded(Activation activation, bool isFollowed)
    {
        if (!isFollowed)
        {
            Cluster?.Ended(activation);
        }

        if (!activation.Class.IsSystem && Interlocked.Decrement(ref _live) == 0 && _stopping)
        {
            _empty.TrySetResult();
        }
    }

    /// <summary>Ends all activations. What has not ended when the token is cancelled is left.</summary>
    /// <returns>How many were left.</returns>
    public async Task<int> DeactivateAllAsync(CancellationToken token)
    {
        _stopping = true;
        if (Turns is { IsEnded: true })
        {
            return LiveActivations;
        }

        foreach (GrainClass grainClass in References.Classes)
        {
            if (grainClass.IsSystem)
            {
                continue;
            }

            foreach (Activation activation in grainClass.Snapshot())
            {
                activation.Deactivate(Stopped, token);
            }
        }

        if (LiveActivations == 0)
        {
            return 0;
        }

        try
        {
            await _empty.Task.WaitAsync(token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
        }

        return LiveActivations;
    }

    /// <summary>After the end of the lease of turns: every activation rejects the calls that it has.</summary>
    public void RejectAll()
    {
        foreach (GrainClass grainClass in References.Classes)
        {
            foreach (Activation activation in grainClass.Snapshot())
            {
                activation.Post(new WakeItem());
            }
        }
    }

    public void Dispose() => Overseer.Dispose();

    /// <summary>Finds the activation or makes it; null when the call goes elsewhere, or when that failed, which is then its answer.</summary>
    private Activation? Locate(GrainRequest request) => Remote is null || Remote.IsHere(request) ? LocateHere(request) : null;

    private Activation? LocateHere(GrainRequest request)
    {
        GrainReference target = request.Target;
        if (target.Shared.Route is not GrainClass grainClass)
        {
            request.RejectAtOnce(new OrleansException($"No grain class of this silo is called '{target.Shared.GrainType}'."));
            return null;
        }

        if (!grainClass.TryGetOrAdd(target.Key, out Activation? activation, out Exception? refusal))
        {
            if (!AcceptsActivations && request.Extras?.Received is { } received)
            {
                received.Move(Remote!.Router.View + 1); // The next view is without this silo.
            }
            else
            {
                request.RejectAtOnce(refusal);
            }

            return null;
        }

        target.Hint = activation;
        return activation;
    }

    private bool TryControl(GrainRequest request, double timeoutMs)
    {
        CancellationToken caller = request.GetCancellationToken();
        if (caller.IsCancellationRequested)
        {
            request.RejectAtOnce(new OperationCanceledException(caller));
            return false;
        }

        var control = new CallControl(request, this);
        (request.Extras ??= new CallExtras()).Control = control;
        if (request.Method.IsCancellable)
        {
            control.Attach(caller);
        }

        if (timeoutMs is > 0 and < OwnTimerBelowMs && !request.Method.IsOneWay)
        {
            control.Arm(timeoutMs);
        }

        return true;
    }

    private void RefuseBusy(GrainRequest request, Activation activation, Worker worker)
    {
        activation.Class.Metrics.CallsOf(request.Method).Count(CallOutcome.Busy, worker.Index);
        request.RejectAtOnce(new LimitExceededException(
            $"{activation.GrainId} is busy: {_maxWaitingCalls} calls wait in its mailbox already. {request.Label} was not called."));
    }
}
