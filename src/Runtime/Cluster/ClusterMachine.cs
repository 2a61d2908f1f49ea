using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>
/// One silo's part in its cluster, as decisions: who is a member, who is dead, when this silo may run turns, and which grains it
/// may activate. No clock, no socket, no store, no thread: calls say what happened and when, <see cref="TakeOutputs"/> says what
/// to do. One caller at a time. Times are milliseconds of this silo's monotonic clock.
/// </summary>
internal sealed partial class ClusterMachine
{
    private readonly ClusterTimings _timings;
    private readonly Func<ClusterView, IEnumerable<GrainId>> _held;
    private readonly OwnLease _lease;
    private readonly DeathLedger _deaths;
    private readonly PeerWatch _watch;
    private readonly HandOver _handOver;
    private readonly StoreLeases _storeLeases;
    private List<ClusterOutput> _outputs = [];
    private bool _hasToldCutOff;
    private long _probeNumber;
    private long _probedMs = long.MinValue;
    private readonly Dictionary<long, long> _probeSentMs = [];

    /// <param name="self">This silo.</param>
    /// <param name="nodeId">Its node's number.</param>
    /// <param name="timings">How patient it is.</param>
    /// <param name="held">
    /// The placed grains that have an activation here, ending ones included; read when a view is installed. From the call on, grains
    /// begin by this view only: one that begins by an older view must be among those that are returned.
    /// </param>
    public ClusterMachine(SiloAddress self, int nodeId, ClusterTimings timings, Func<ClusterView, IEnumerable<GrainId>> held)
    {
        Self = self;
        NodeId = nodeId;
        _timings = timings;
        _held = held;
        _lease = new OwnLease(self, timings);
        _deaths = new DeathLedger(timings);
        _watch = new PeerWatch(self, timings);
        _handOver = new HandOver(self, _deaths);
        _storeLeases = new StoreLeases(timings);
    }

    public SiloAddress Self { get; }

    public int NodeId { get; }

    public ClusterView View => _handOver.View;

    public bool IsSettled => _handOver.IsSettled;

    /// <summary>True when all other holders have installed this silo's view: what they send from now on is sent by it.</summary>
    public bool HaveAllTold => !_handOver.Missing.Any();

    /// <summary>
    /// True when the grains whose keys name this node may be activated: this silo is a member, and no former run of the node, here or at
    /// another address, has turns any more.
    /// </summary>
    public bool HasNode =>
        View.IsHolder(Self) && View.Members.All(member => member.NodeId != NodeId || member.Silo.Equals(Self) || (!member.IsLive && _deaths.IsFinished(member.Silo)));

    /// <summary>True when every grain whose home is here may be activated.</summary>
    public bool IsQuick => !_stopped && _handOver.IsQuick;

    /// <summary>Turns of grains may run before this time.</summary>
    public long LeaseUntilMs => _lease.ValidUntilMs;

    /// <summary>Whether an activation of the grain may be made here now.</summary>
    public Permission MayActivate(GrainId grain) => _stopped ? Permission.Elsewhere : _handOver.MayActivate(grain);

    /// <summary>
    /// True when an activation that begins takes its stored record before it serves: a silo was declared dead, an activation cut off, or
    /// a write in doubt, and what was written last may reach the store later. Stays true.
    /// </summary>
    public bool MustTakeRecords { get; private set; }

    /// <summary>
    /// An activation is about to be cut off here, or does not know whether its write will be done. To be told before its grain is
    /// released. Who is a member now is told once; who becomes one, or connects, later is told then.
    /// </summary>
    public void CutOff()
    {
        MustTakeRecords = true;
        if (_hasToldCutOff)
        {
            return;
        }

        _hasToldCutOff = true;
        foreach (ViewMember member in View.Members)
        {
            if (member.IsLive && !member.Silo.Equals(Self))
            {
                Send(member.Silo, new CutOffMessage());
            }
        }
    }

    /// <summary>What is to be done, in order; emptied.</summary>
    public IReadOnlyList<ClusterOutput> TakeOutputs()
    {
        List<ClusterOutput> outputs = _outputs;
        _outputs = [];
        return outputs;
    }

    /// <summary>The table was read. To be done every second or so until this silo is active, and while there is a <see cref="Hindrance"/>.</summary>
    public void TableRead(ClusterView view, long nowMs)
    {
        Install(_storeLeases.Read(view, nowMs), nowMs);
        foreach (ViewMember member in view.Members)
        {
            // This process has its port.
            if (member.Silo.Endpoint.Equals(Self.Endpoint) && !member.Silo.Equals(Self))
            {
                Replaced(member.Silo, NodeId, nowMs);
            }
        }

        DecideWrites(nowMs);
    }

    /// <summary>Time passes; to be called several times in each probe period.</summary>
    public void Tick(long nowMs)
    {
        if (_stopped)
        {
            return;
        }

        _watch.Tick(nowMs);
        ExpireDead(nowMs);
        if (_probedMs <= nowMs - _timings.ProbePeriodMs)
        {
            Probe(nowMs);
        }

        DecideWrites(nowMs);
    }

    /// <summary>The peer answered a call at this time: it is not stopped, however long its probes take.</summary>
    public void RanTurn(SiloAddress peer, long atMs) => _watch.RanTurn(peer, atMs);

    /// <summary>A connection to the peer is there: both sides tell where they are.</summary>
    public void Connected(SiloAddress peer, long nowMs)
    {
        Send(peer, new ViewMessage(View));
        if (MustTakeRecords)
        {
            Send(peer, new CutOffMessage());
        }

        if (View.IsHolder(Self) && View.IsHolder(peer))
        {
            SendInstalled(peer, nowMs);
        }
    }

    /// <summary>
    /// A silo listens at the peer's address: when it is another run of the same node, the peer is gone. Of one of another node that says
    /// nothing, for on another machine the same address may be another one.
    /// </summary>
    public void Replaced(SiloAddress peer, int byNode, long nowMs)
    {
        if (View.Find(peer)?.NodeId == byNode)
        {
            SurelyDead(peer, nowMs);
        }
    }

    /// <summary>The peer's death is certain: its host refuses connections to it, or another run of its node answers there.</summary>
    public void SurelyDead(SiloAddress peer, long nowMs)
    {
        if (_deaths.MarkCertain(peer, View, nowMs))
        {
            TellFinished([peer]);
        }

        DecideWrites(nowMs);
    }

    /// <summary>The store has renewed this silo's lease, asked at <paramref name="sentMs"/>; it does so only for the living.</summary>
    public void StoreRenewed(long sentMs) => _lease.GrantedByStore(sentMs);

    /// <summary>Activations have ended.</summary>
    public void Ended(IReadOnlyCollection<GrainId> grains)
    {
        foreach (IGrouping<SiloAddress?, GrainId> moved in grains.GroupBy(View.HomeOf))
        {
            if (moved.Key is { } home && !home.Equals(Self))
            {
                GrainPages.Of(moved).ForEach(page => Send(home, new ReleasedMessage(View.Version, page) { TakeRecords = MustTakeRecords }));
            }
        }
    }

    public void Receive(SiloAddress from, PeerMessage message, long nowMs)
    {
        if (_stopped)
        {
            return;
        }

        switch (message)
        {
            case ViewMessage { View: var view }:
                Install(view, nowMs);
                DecideWrites(nowMs);
                break;
            case ProbeMessage probe:
                _watch.HearSuspects(from, probe.Suspects, nowMs);
                _outputs.Add(new RunProbeOutput(from, probe.Number));
                break;
            case ProbeAnswerMessage answer when _probeSentMs.TryGetValue(answer.Number, out long sentMs):
                _watch.Answered(from, sentMs, nowMs);
                if (answer.GrantsLease)
                {
                    _lease.GrantedBy(from, answer.Number);
                }

                break;
            case InstalledMessage installed:
                MustTakeRecords |= installed.TakeRecords;
                // What was granted holds in every view; the list only in its own.
                _deaths.LearnFinished(installed.Finished, View, nowMs);
                _deaths.LearnGrants(installed.GrantAgesMs, nowMs);
                _handOver.OnInstalled(from, installed.Version, installed.StillHeld, installed.Pages);
                ExpireDead(nowMs);
                Reconsider();
                break;
            case CutOffMessage:
                MustTakeRecords = true;
                break;
            case StillHeldMessage page:
                _handOver.OnPage(from, page.Version, page.Number, page.Grains);
                break;
            case FinishedMessage finished:
                _deaths.LearnFinished(finished.Silos, View, nowMs);
                Reconsider();
                break;
            case ReleasedMessage released:
                MustTakeRecords |= released.TakeRecords;
                _handOver.OnReleased(from, released.Version, released.Grains);
                _outputs.Add(new MayServeMoreOutput());
                break;
            default:
                break;
        }
    }

    /// <summary>The turn that a probe asked for has run.</summary>
    public void ProbeRan(SiloAddress from, long number, long nowMs)
    {
        // Who has said that it is gone has no say any more.
        bool grants = View.IsHolder(from) && !_drained;
        if (grants)
        {
            _deaths.Granted(from, nowMs);
        }

        Send(from, new ProbeAnswerMessage(number, grants));
        if (View.IsDead(from))
        {
            Send(from, new ViewMessage(View));
        }
    }

    private void Probe(long nowMs)
    {
        _probedMs = nowMs;
        _probeNumber++;
        _probeSentMs[_probeNumber] = nowMs;
        _probeSentMs.Remove(_probeNumber - (Math.Max(_timings.LeaseMs, _timings.StartGraceMs) / _timings.ProbePeriodMs));
        _lease.Asked(_probeNumber, nowMs);
        SiloAddress[] suspects = _watch.Suspects();
        foreach (SiloAddress peer in _watch.Peers)
        {
            Send(peer, new ProbeMessage(_probeNumber, suspects));
        }
    }

    private void Install(ClusterView view, long nowMs)
    {
        if (_stopped || view.Version <= View.Version || MustStop(view))
        {
            return;
        }

        _deaths.Install(view, nowMs);
        _watch.Install(view, nowMs);
        _lease.Install(view);
        ClusterView before = View;
        _handOver.Install(view);
        MustTakeRecords |= view.Members.Any(static member => member.MayWriteLate);
        _outputs.Add(new InstalledOutput(view));
        foreach (ViewMember member in view.Members)
        {
            if (member.Silo.Equals(Self) || (!member.IsLive && !before.IsLive(member.Silo)))
            {
                continue;
            }

            Send(member.Silo, new ViewMessage(view));
            if (MustTakeRecords && member.IsLive && !before.IsLive(member.Silo))
            {
                // It may have connected long before it became a member.
                Send(member.Silo, new CutOffMessage());
            }

            if (member.IsHolder && view.IsHolder(Self))
            {
                SendInstalled(member.Silo, nowMs);
            }
        }

        ExpireDead(nowMs);
        Reconsider();
        _probedMs = long.MinValue;
    }

    private void SendInstalled(SiloAddress receiver, long nowMs)
    {
        List<GrainId[]> pages = GrainPages.Of(_handOver.StillHeldFor(receiver, _held(View)));
        for (int number = 0; number < pages.Count - 1; number++)
        {
            Send(receiver, new StillHeldMessage(View.Version, number, pages[number]));
        }

        Send(receiver, new InstalledMessage(View.Version, pages[^1], [.. _deaths.Finished], _deaths.GrantAgesMs(nowMs))
        {
            Pages = pages.Count - 1,
            TakeRecords = MustTakeRecords,
        });
    }

    private void ExpireDead(long nowMs)
    {
        bool haveAllTold = !_handOver.Missing.Any() && CutOffCannotRenew(next: null);
        if (_deaths.Expire(haveAllTold, nowMs) is { Length: > 0 } over)
        {
            TellFinished(over);
        }
    }

    private void TellFinished(SiloAddress[] silos)
    {
        foreach (ViewMember member in View.Members)
        {
            if (member.IsHolder && !member.Silo.Equals(Self))
            {
                Send(member.Silo, new FinishedMessage(silos));
            }
        }

        Reconsider();
    }

    private void Reconsider()
    {
        _handOver.Reconsider();
        _outputs.Add(new MayServeMoreOutput());
    }

    private void Send(SiloAddress to, PeerMessage message) => _outputs.Add(new SendOutput(to, message));
}
