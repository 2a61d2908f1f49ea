using Actors.Runtime.Activations;
using Actors.Runtime.Invocation;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Serialization;
using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>
/// Calls beyond this process. The silo asks it about each call whose activation it does not know at hand; a call that is not for this
/// silo is sent to its own, or waits until the view has settled or the connection is there.
/// </summary>
internal sealed class RemoteCalls
{
    private const int MaxReroutes = 2;

    private readonly PeerHub _hub;
    private readonly WaitingCalls _waiting;

    /// <param name="silo">This silo, which asks from now on.</param>
    /// <param name="code">The grain interfaces of this build.</param>
    /// <param name="wire">Codecs and limits.</param>
    /// <param name="router">Says where grains are.</param>
    /// <param name="options">Limits.</param>
    /// <param name="makeHub">Makes the hub, given what handles the calls of a connection.</param>
    public RemoteCalls(LocalSilo silo, GrainCode code, WireContext wire, IRouter router, PeeringOptions options, Func<Func<PeerConnection, ICallStream>, PeerHub> makeHub)
    {
        Silo = silo;
        Wire = wire;
        Router = router;
        Options = options;
        Methods = new MethodTable(code);
        _waiting = new WaitingCalls(this);
        _hub = makeHub(connection => new CallStream(this, connection));
        silo.Overseer.Watch(_waiting);
        silo.Remote = this;
    }

    /// <summary>The peers.</summary>
    public PeerHub Hub => _hub;

    public LocalSilo Silo { get; }

    public WireContext Wire { get; }

    public IRouter Router { get; }

    public PeeringOptions Options { get; }

    public MethodTable Methods { get; }

    /// <summary>How many calls of other silos have no answer in their queue yet.</summary>
    public int Unanswered => _hub.Connections.Sum(static connection => connection.Stream is CallStream stream ? stream.Unanswered : 0);

    /// <summary>The router's answers may have changed: calls that wait are looked at again, on the thread pool.</summary>
    public void RoutesChanged() => _waiting.Change();

    /// <summary>True when a call is for this silo. Otherwise it has been taken care of: sent, put aside, or answered.</summary>
    public bool IsHere(GrainRequest request)
    {
        if (_waiting.TryJoin(request))
        {
            return false;
        }

        int changes = _waiting.Changes;
        if (!TryPlace(request, out bool isHere))
        {
            _waiting.Add(request, changes);
        }

        return isHere;
    }

    /// <summary>Puts a call aside whose connection ended before it was sent, until there is another.</summary>
    public void Hold(GrainRequest request) => _waiting.Add(request, _waiting.Changes - 1);

    /// <summary>Sends a call another way that was surely not made; not for ever.</summary>
    public void Reroute(SentCall call)
    {
        GrainRequest request = call.Request;
        if (!request.Method.IsOneWay && request.IsAbandoned)
        {
            return;
        }

        if (++call.Reroutes > MaxReroutes)
        {
            request.Reject(new SiloUnavailableException($"{request.Target.GrainId} was not found after {call.Reroutes} attempts: {request.Label} was not called."));
            return;
        }

        Silo.Resend(request);
    }

    /// <summary>Finds out where a call goes, and sends it there; false when it has to wait.</summary>
    /// <param name="request">The call.</param>
    /// <param name="isHere">True when it is for this silo, and nothing has been done.</param>
    public bool TryPlace(GrainRequest request, out bool isHere)
    {
        isHere = false;
        Route route = Find(request);
        switch (route.Kind)
        {
            case RouteKind.Here:
                isHere = true;
                return true;
            case RouteKind.At when request.Extras?.Received is { } received:
                received.Move(Router.View);
                return true;
            case RouteKind.At when _hub.TryGet(route.Silo!, out PeerConnection? connection) && connection.Stream is CallStream stream && connection.IsCurrent:
                stream.Send(request);
                return true;
            case RouteKind.Nowhere:
                request.Reject(new SiloUnavailableException(route.Reason!));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Where a call goes now.</summary>
    public Route Find(GrainRequest request)
    {
        GrainReference target = request.Target;
        long minView = Math.Max(request.Extras?.Sent?.MinView ?? 0, request.Extras?.Received?.View ?? 0);
        if (target.Shared.Route is not GrainClass grainClass)
        {
            return Route.Here; // Where the silo says that it does not know the class.
        }

        if (grainClass.IsSystem)
        {
            return Route.Here; // Each silo calls its own, whether it is a member or not.
        }

        if (!grainClass.IsObserver)
        {
            return Router.Find(new GrainId(grainClass.GrainType, target.Key), grainClass.IsNodeInKey, minView);
        }

        return GrainReferences.TryGetObserverSilo(target.Key, out SiloAddress? holder) && !holder.Equals(Silo.Address)
            ? Router.Find(holder, minView)
            : Route.Here;
    }
}
