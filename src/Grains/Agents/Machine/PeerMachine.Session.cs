using Actors.Agents;

namespace Actors.Grains.Agents;

/// <summary>The side that faces the peer's own session.</summary>
public sealed partial class PeerMachine
{
    /// <summary>Epochs in a millisecond, 2^20: whole ones fit a 64-bit number until the year 2248.</summary>
    private const long EpochsPerMs = 1 << 20;

    private readonly List<Neighbour> _toShow = [];
    private int _attachment;
    private long _closedEpoch;
    private long _givenEpoch;
    private long _givenAcceptedAtMs;
    private long _acceptedAtMs = long.MinValue;
    private long _lostAtMs = Never;
    private long _askAtMs = Never;
    private long _connectionSequence;
    private long _showNumber;
    private bool _isShowing;
    private Neighbour[] _shown = [];
    private int _showFailures;
    private long _showAtMs = Never;

    /// <summary>A gateway has a new connection of the peer, and asks for its epoch. It begins with its first report, so a call that nobody waits for any more does no harm.</summary>
    /// <param name="waitedMs">Milliseconds since the gateway accepted it.</param>
    /// <param name="now">The time.</param>
    /// <returns>An epoch above every one that this peer is known to have had; 0 when a connection that was accepted later is there already, or has its epoch.</returns>
    public long Connect(long waitedMs, PeerNow now)
    {
        var acceptedAtMs = now.MonotonicMs - waitedMs;
        if ((_own.IsLive && acceptedAtMs < _acceptedAtMs) || (_givenEpoch > _own.Version.Epoch && acceptedAtMs < _givenAcceptedAtMs))
            return 0;
        // An activation that is gone may have given an epoch from the same moment, or the same last epoch, and nobody remembers: by chance it is another.
        // By the time of its acceptance: one that waits for long stays below a later one that this activation has not heard of.
        _givenEpoch = Math.Max(Math.Max(_seenEpoch, _givenEpoch) + 1, (now.UtcMs - waitedMs) * EpochsPerMs) + _random.NextInt64(EpochsPerMs);
        _givenAcceptedAtMs = acceptedAtMs;
        return _givenEpoch;
    }

    /// <summary>What the session has to say.</summary>
    public SessionReportAnswer Report(SessionReport report, PeerNow now)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.End != SessionEnd.None)
            return Finish(report, now);
        var outcome = Check(report);
        if (outcome != ReportOutcome.Taken)
            return new SessionReportAnswer { Outcome = outcome, Activation = _activation };
        if (report.Epoch > _own.Version.Epoch)
        {
            if (_own.IsLive)
                _effects.Add(new PeerEffect.Drop(_own.Gateway, _own.Version.Epoch, AgentCloseCode.Replaced));
            Begin(report.Epoch, report.Gateway, now);
        }

        if (report.Attachment > _attachment)
            Attach(report, now);
        MergeNode(report);
        MergeTunnels(report, now);
        List<Guid>? notShared = null;
        foreach (var ready in report.Ready)
        {
            if (!MergeReady(ready, report.Epoch))
                (notShared ??= []).Add(ready.Peer);
        }

        Proceed(now);
        return new SessionReportAnswer
        {
            StoredSequence = IsStored ? _connectionSequence : 0,
            NotShared = notShared is null ? [] : [.. notShared],
        };
    }

    /// <summary>A show has ended; null when it is not known how.</summary>
    public void ShowEnded(PeerShow show, ShowOutcome? outcome, PeerNow now)
    {
        ArgumentNullException.ThrowIfNull(show);
        if (!_isShowing || show.Epoch != _own.Version.Epoch || show.Attachment != _attachment || show.Number != _showNumber)
            return;
        _isShowing = false;
        if (outcome is null)
        {
            foreach (var neighbour in _shown)
                ShowLater(neighbour);
            _showAtMs = now.MonotonicMs + BackoffMs(_showFailures++);
        }
        else
        {
            _showFailures = 0;
            if (outcome == ShowOutcome.NotHeld)
                Break(now);
        }

        _shown = [];
        Proceed(now);
    }

    /// <summary>Makes a connection the peer's present one.</summary>
    private void Begin(long epoch, GatewayRun gateway, PeerNow now)
    {
        _own = new Announcement { Version = new PeerVersion(epoch, 0), Gateway = gateway };
        _seenEpoch = Math.Max(_seenEpoch, epoch);
        _acceptedAtMs = epoch == _givenEpoch ? _givenAcceptedAtMs : long.MinValue;
        _endedAtUtcMs = now.UtcMs;
        Detach();
        _connectionSequence = 0;
        _lostAtMs = Never;
        _askAtMs = Never;
        _isRowDirty = true;
    }

    private ReportOutcome Check(SessionReport report)
    {
        var own = _own.Version;
        if (report.Epoch < own.Epoch)
            return ReportOutcome.Replaced;
        if (report.Epoch < _seenEpoch || report.Epoch == _closedEpoch || (report.Epoch == own.Epoch && own.IsEnd))
            return ReportOutcome.Restart;
        if (report.Epoch == own.Epoch && report.Attachment == _attachment)
            return ReportOutcome.Taken;
        var isNew = report.Epoch > own.Epoch || report.Attachment > _attachment;
        // One that was made for another activation, and comes late, may lack what the connection has said, and others have heard, since.
        var isForThis = report.Activation == _activation || report.Epoch == _givenEpoch;
        return report.IsWhole && isNew && isForThis ? ReportOutcome.Taken : ReportOutcome.NeedsWhole;
    }

    private void Attach(SessionReport report, PeerNow now)
    {
        Detach();
        _attachment = report.Attachment;
        _askAtMs = Never;
        _showNumber = 0;
        foreach (var neighbour in _neighbours.Values)
            neighbour.IsDoubted = false;
        foreach (var seen in report.Seen)
        {
            var neighbour = _neighbours.GetValueOrDefault(seen.Peer) ?? Add(seen.Peer, now);
            neighbour.ShownEpoch = Math.Max(neighbour.ShownEpoch, seen.Epoch);
            neighbour.IsDoubted = !neighbour.IsLinked;
            neighbour.MustPush = true;
        }

        foreach (var neighbour in _neighbours.Values)
            ShowLater(neighbour);
        QueueAll(mustPush: true);
    }

    private void Detach()
    {
        _attachment = 0;
        foreach (var neighbour in _toShow)
            neighbour.IsShowDue = false;
        _toShow.Clear();
        _isShowing = false;
        _shown = [];
        _showFailures = 0;
        _showAtMs = Never;
    }

    private void ShowLater(Neighbour neighbour)
    {
        if (neighbour.IsShowDue || !IsAttached || (neighbour.IsDoubted && !neighbour.IsLinked))
            return;
        neighbour.IsShowDue = true;
        _toShow.Add(neighbour);
    }

    /// <summary>The last word of a connection: with everything that it said, for this may be an activation that has heard nothing of it.</summary>
    private SessionReportAnswer Finish(SessionReport report, PeerNow now)
    {
        var end = new PeerVersion(report.Epoch, report.End == SessionEnd.Goodbye ? PeerVersion.GoneSequence : PeerVersion.LostSequence);
        if (report.Epoch < _own.Version.Epoch)
            return new SessionReportAnswer { Outcome = ReportOutcome.Replaced };
        if (end > _own.Version)
        {
            if (report.Epoch > _own.Version.Epoch)
                Begin(report.Epoch, report.Gateway, now);
            MergeTunnels(report, now);
            if (report.End == SessionEnd.Goodbye || _options.LostGraceMs == 0)
                End(report.Epoch, end.Sequence, now);
            else
                Break(now);
            Proceed(now);
        }

        // Until the word of the loss itself is stored: an activation that ends during the grace has told nobody.
        return new SessionReportAnswer { Outcome = _lostAtMs == Never && IsStored ? ReportOutcome.Taken : ReportOutcome.Pending };
    }

    /// <summary>The connection is over; unless there is another one soon, the peer is lost.</summary>
    private void Break(PeerNow now)
    {
        Detach();
        _closedEpoch = _own.Version.Epoch;
        _silentSinceMs = now.MonotonicMs;
        _askAtMs = Never;
        if (_lostAtMs == Never)
            _lostAtMs = now.MonotonicMs + _options.LostGraceMs;
    }

    private void MergeTunnels(SessionReport report, PeerNow now)
    {
        if (report.ClosedBefore > 0)
            CloseBefore(new PeerVersion(report.Epoch, report.ClosedBefore), now);
        foreach (var tunnel in report.Tunnels)
        {
            MergeOut(tunnel.Peer, new TunnelState(new PeerVersion(report.Epoch, tunnel.Sequence), tunnel.IsOpen), now);
            _connectionSequence = Math.Max(_connectionSequence, tunnel.Sequence);
        }
    }

    private void MergeNode(SessionReport report)
    {
        if (report.NodeSequence <= _own.Version.Sequence || report.Node.IsEmpty)
            return;
        _own = _own with { Version = new PeerVersion(report.Epoch, report.NodeSequence), Gateway = report.Gateway, Node = report.Node };
        QueueAll();
    }

    private bool MergeReady(SessionReady ready, long epoch)
    {
        if (!_neighbours.TryGetValue(ready.Peer, out var neighbour) || !neighbour.In.IsOpen)
            return false;
        var version = new PeerVersion(epoch, ready.Sequence);
        if (version > neighbour.OwnReady.Version)
        {
            neighbour.OwnReady = new ReadySignal(version, neighbour.Theirs.Version.Epoch);
            Enqueue(neighbour);
        }

        return true;
    }

    /// <summary>One show at a time, of those who are due.</summary>
    private void ShowDue(PeerNow now)
    {
        if (!IsAttached || _isShowing)
            return;
        if (_toShow.Count > 0 && _showAtMs != Never && now.MonotonicMs < _showAtMs)
            return;
        _showAtMs = Never;
        if (_toShow.Count == 0)
            return;
        _shown = [.. _toShow.Take(_options.MaxBatch)];
        foreach (var neighbour in _shown)
            neighbour.IsShowDue = false;
        _toShow.RemoveRange(0, _shown.Length);
        _isShowing = true;
        _effects.Add(new PeerEffect.Show(_own.Gateway, new PeerShow
        {
            Epoch = _own.Version.Epoch,
            Attachment = _attachment,
            Number = ++_showNumber,
            Slots = [.. _shown.Select(SlotOf)],
        }));
    }

    private PeerSlot SlotOf(Neighbour neighbour)
    {
        var theirs = neighbour.Theirs;
        if (!neighbour.IsLinked)
            return new PeerSlot { Peer = neighbour.Id, Sight = PeerSight.Unlinked, Version = theirs.Version };
        if (theirs.IsLive && _view.HasLost(theirs.Gateway))
            return new PeerSlot { Peer = neighbour.Id, Sight = PeerSight.Lost, Version = theirs.Version with { Sequence = PeerVersion.LostSequence } };
        return new PeerSlot
        {
            Peer = neighbour.Id,
            Version = theirs.Version,
            Sight = theirs.Kind switch
            {
                PeerKind.Node => PeerSight.Node,
                PeerKind.Lost => PeerSight.Lost,
                PeerKind.Gone => PeerSight.Gone,
                _ => PeerSight.Nothing,
            },
            Node = theirs.Node,
            Ready = neighbour.TheirReady.ForEpoch == _own.Version.Epoch ? neighbour.TheirReady.Version : default,
        };
    }
}
