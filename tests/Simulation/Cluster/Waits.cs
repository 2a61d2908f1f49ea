using Actors.Runtime.Cluster;
using Orleans.Runtime;

namespace Actors.Simulation.Tests.Cluster;

/// <summary>
/// How long calls wait although nothing is wrong with their caller, with their grain's home, or with the store; whatever is wrong
/// elsewhere. A node, or the store, counts as well from <see cref="SettleMs"/> after the last thing that was wrong with it.
/// </summary>
/// <remarks>The homes are those by the store's view, and not by what a silo believes: what is judged here is the silos.</remarks>
internal sealed class Waits
{
    /// <summary>
    /// For so long after the last thing that was wrong with it a silo may have to find its way back: connections are opened again, and a
    /// new silo joins.
    /// </summary>
    private const double SettleMs = 5_000;

    /// <summary>
    /// A grain that has run at its home, or may begin there, needs nobody but its caller and its home (rule 3). What is in front of the
    /// call are turns of 20 ms, those of other callers too, a lease that may have to be renewed by the store while others are away, and a
    /// store of which one answer in fifty takes up to 2.5 s.
    /// </summary>
    private const double StaysMs = 3_000;

    /// <summary>After so long both silos go by the new view, and a call is sent to the right one.</summary>
    private const double ViewMs = 1_500;

    private const double LookMs = 100;

    private readonly World _world;
    private readonly Dictionary<GrainId, Place> _places = [];
    private readonly State[] _states;
    private double _storeHarmedMs;

    public Waits(World world)
    {
        _world = world;
        _states = [.. world.Nodes.Select(static node => new State(node))];
        foreach (GrainId grain in world.Grains)
        {
            _places[grain] = new Place();
        }

        Look();
    }

    /// <summary>
    /// A grain that one node had, which fails while all others are well, is served elsewhere within this time: a silo that never answered
    /// is given its grace, a busy one is suspected a little later; both voters have to agree; the death is written, and its last lease
    /// waited for. Or it hands its grains over itself, and its last turn is cut off.
    /// </summary>
    private double MovesMs
    {
        get
        {
            ClusterTimings timings = _world.Timings;
            double suspicionMs = Math.Max(timings.StartGraceMs, timings.SuspectBusyAfterMs) + (2 * timings.ProbePeriodMs);
            return suspicionMs + SimStore.GiveUpMs + timings.WriteRetryMs + SimStore.SlowestMs + Math.Max(timings.LeaseBoundMs + timings.ProbePeriodMs, SimSilo.DrainMs) + SimSilo.AskAgainMs + StaysMs;
        }
    }

    /// <summary>How many calls were answered while their caller, their home and the store were well and another node was not.</summary>
    public int Watched { get; private set; }

    /// <summary>The longest wait of a call that was not lost, for a grain that might run, in milliseconds.</summary>
    public double LongestStayMs { get; private set; }

    /// <summary>The longest wait for a grain that had to move, in milliseconds.</summary>
    public double LongestMoveMs { get; private set; }

    /// <summary>The store has a new view.</summary>
    public void Follow(ClusterView view)
    {
        foreach ((GrainId grain, Place place) in _places)
        {
            SiloAddress? home = view.HomeOf(grain);
            if (!Equals(home, place.Home))
            {
                place.Home = home;
                place.HomeMs = _world.Time.NowMs;
                place.ReadyMs = double.PositiveInfinity;
            }
        }
    }

    /// <summary>A grain has run a step of a turn.</summary>
    public void Ran(GrainId grain, SiloAddress on)
    {
        Place place = _places[grain];
        if (on.Equals(place.Home))
        {
            place.ReadyMs = Math.Min(place.ReadyMs, _world.Time.NowMs);
        }
    }

    /// <summary>A grain has something to do by itself until a time: a long turn, or a request to the store that is answered late.</summary>
    public void Busy(GrainId grain, double untilMs)
    {
        if (_places.TryGetValue(grain, out Place? place))
        {
            place.BusyMs = Math.Max(place.BusyMs, untilMs);
        }
    }

    /// <summary>Something is wrong with a node, for however short a time.</summary>
    public void Harmed(SimNode node)
    {
        State state = _states[node.Number];
        state.HarmedMs = state.ChangedMs = _world.Time.NowMs;
    }

    /// <summary>A call has its answer.</summary>
    public void Answered(SimSilo caller, PendingCall call)
    {
        (double stayMs, _) = Measure(caller.Node, call);
        Watched += stayMs >= 0 && _states.Any(state => !IsWell(state)) ? 1 : 0;
    }

    /// <summary>Looks again and again what is wrong, and who waits.</summary>
    private void Look()
    {
        double nowMs = _world.Time.NowMs;
        foreach (State state in _states)
        {
            state.Look(_world, nowMs);
        }

        if (_world.Store.IsDown)
        {
            _storeHarmedMs = nowMs;
        }

        foreach ((GrainId grain, Place place) in _places)
        {
            if (place.ReadyMs > nowMs && HomeOf(place)?.Node.Silo?.MayServe(grain) == true)
            {
                place.ReadyMs = nowMs;
            }
        }

        foreach (SimNode node in _world.Nodes)
        {
            node.Silo?.Pending.ForEach(call => Check(node, call));
        }

        _world.Time.After(LookMs, Look);
    }

    private void Check(SimNode caller, PendingCall call)
    {
        if (call.IsAnswered)
        {
            return;
        }

        (double stayMs, double moveMs) = Measure(caller, call);
        double boundMs = StaysMs + (IsSureToArrive(caller, call) ? 0 : SimSilo.AskAgainMs);
        if (stayMs > boundMs)
        {
            throw Late(caller, call, stayMs, boundMs, "it may run there");
        }

        if (moveMs > MovesMs)
        {
            throw Late(caller, call, moveMs, MovesMs, "all nodes but one are well");
        }
    }

    private Exception Late(SimNode caller, PendingCall call, double waitedMs, double boundMs, string why) => _world.Broken(
        $"{caller.Silo!.Address} has waited for {call.Grain} on {_places[call.Grain].Home} since {call.AskedMs:0}, {waitedMs:0} ms of it although {why}; {boundMs:0} ms are enough. It lives there since {_places[call.Grain].HomeMs:0}, may run there since {_places[call.Grain].ReadyMs:0}, and was busy until {_places[call.Grain].BusyMs:0}. "
        + string.Join(" ", _world.Nodes.Select(node => $"{node.Silo?.Address}: {node.Silo?.Describe(call.Grain)}.")));

    private State? HomeOf(Place place) => Array.Find(_states, state => place.Home is not null && place.Home.Equals(state.Node.Silo?.Address));

    /// <summary>True when nothing can have lost the call: all was well before it was made.</summary>
    private bool IsSureToArrive(SimNode caller, PendingCall call)
    {
        Place place = _places[call.Grain];
        double wellMs = Math.Max(_storeHarmedMs, Math.Max(_states[caller.Number].HarmedMs, HomeOf(place)?.HarmedMs ?? double.PositiveInfinity)) + SettleMs;
        return call.AskedMs >= Math.Max(place.HomeMs + ViewMs, wellMs);
    }

    /// <summary>For how long a call has waited for a grain that stays, and for one that may have to move; -1 where that is not so.</summary>
    private (double StayMs, double MoveMs) Measure(SimNode caller, PendingCall call)
    {
        double nowMs = _world.Time.NowMs;
        Place place = _places[call.Grain];
        State? home = HomeOf(place);
        double grainMs = Math.Max(call.AskedMs, Math.Max(place.BusyMs, _storeHarmedMs + SettleMs));
        double stayMs = home is null ? -1 : nowMs - Math.Max(grainMs, Math.Max(place.ReadyMs, Math.Max(_states[caller.Number].HarmedMs, home.HarmedMs) + SettleMs));

        // The node that fails may be any but the caller's.
        State other = _states.Where(state => !ReferenceEquals(state.Node, caller)).MaxBy(static state => state.HarmedMs)!;
        bool isAtOther = place.Home is { } at && at.Endpoint.Port == SimNode.PortOf(other.Node.Number);
        double othersMs = _states.Where(state => state != other).Max(static state => state.HarmedMs) + SettleMs;
        double moveMs = isAtOther && !IsWell(other) && !other.IsSilent ? -1 : nowMs - Math.Max(grainMs, Math.Max(othersMs, other.ChangedMs));
        LongestStayMs = Math.Max(LongestStayMs, IsSureToArrive(caller, call) ? stayMs : 0);
        LongestMoveMs = Math.Max(LongestMoveMs, moveMs);
        return (Math.Max(-1, stayMs), Math.Max(-1, moveMs));
    }

    private bool IsWell(State state) => state.HarmedMs + SettleMs <= _world.Time.NowMs;

    /// <summary>Where a grain lives by the store's view.</summary>
    private sealed class Place
    {
        public SiloAddress? Home { get; set; }

        /// <summary>Since when.</summary>
        public double HomeMs { get; set; }

        /// <summary>When it first ran there since then, or might have.</summary>
        public double ReadyMs { get; set; } = double.PositiveInfinity;

        public double BusyMs { get; set; }
    }

    /// <summary>What is wrong with a node.</summary>
    private sealed class State(SimNode node)
    {
        private (SimSilo? Silo, bool IsPaused, bool IsLeaving, int Ways) _seen;

        public SimNode Node => node;

        /// <summary>When something was wrong last.</summary>
        public double HarmedMs { get; set; }

        /// <summary>When it was last another thing than before.</summary>
        public double ChangedMs { get; set; }

        /// <summary>Nobody hears of it.</summary>
        public bool IsSilent { get; private set; }

        public void Look(World world, double nowMs)
        {
            int lostWays = world.Nodes.Count(other => world.Network.IsCut(node, other));
            int troubledWays = world.Nodes.Sum(other => world.Network.IsTroubled(node, other) + world.Network.IsTroubled(other, node));
            bool isPaused = node.Silo is { IsPaused: true };
            IsSilent = node.Silo is null || isPaused || lostWays == world.Nodes.Count - 1;
            var seen = (node.Silo, isPaused, node.Silo is { IsLeaving: true }, troubledWays + (node.IsCutFromStore ? 1 : 0));
            if (seen != _seen)
            {
                _seen = seen;
                HarmedMs = ChangedMs = nowMs;
            }

            if (IsSilent || seen.Item3 || seen.Item4 > 0)
            {
                HarmedMs = nowMs;
            }
        }
    }
}
