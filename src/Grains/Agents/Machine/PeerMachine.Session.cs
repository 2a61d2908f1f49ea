using Actors.Agents;

namespace Actors.Grains.Agents;

/// <summary>The side that faces the peer's own session.</summary>
public sealed partial class PeerMachine
{
    /// <summary>Epochs in a millisecond, 2^20: whole ones fit a 64-bit number until the year 2248.</summary>
    private const long EpochsPerMs = 1 << 20;

    private int _attachment;
    private long _closedEpoch;
    private long _givenEpoch;
    private long _givenAcceptedAtMs;
    private long _acceptedAtMs = long.MinValue;
    private long _lostAtMs = Never;
    private long _askAtMs = Never;
    private long _connectionSequence;
    private NodeRoom _formerNode;
    private long _sameNodeSince;

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
                _effects.Enqueue(new PeerEffect.Drop(_own.Gateway, _own.Version.Epoch, AgentCloseCode.Replaced));
            Begin(report.Epoch, report.Gateway, now);
        }

        if (report.Attachment > _attachment)
            Attach(report, now);
        MergeNode(report);
        var tooMany = MergeTunnels(report, now);
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
            TooMany = tooMany is null ? [] : [.. tooMany],
            NotShared = notShared is null ? [] : [.. notShared],
        };
    }

    /// <summary>Makes a connection the peer's present one.</summary>
    private void Begin(long epoch, GatewayRun gateway, PeerNow now)
    {
        if (_own.Kind != PeerKind.Connected)
            _formerNode = _own.TakeNode();
        _own.Set(new PeerVersion(epoch, 0), gateway);
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
            var neighbour = _neighbours.Find(seen.Peer) ?? Add(seen.Peer, now);
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
        _shown.Clear();
        _showFailures = 0;
        _showAtMs = Never;
    }

    /// <summary>The last word of a connection: with everything that it said, for this may be an activation that has heard nothing of it.</summary>
    private SessionReportAnswer Finish(SessionReport report, PeerNow now)
    {
        var end = new PeerVersion(report.Epoch, report.End == SessionEnd.Goodbye ? PeerVersion.GoneSequence : PeerVersion.LostSequence);
        if (report.Epoch > _own.Version.Epoch)
            Begin(report.Epoch, report.Gateway, now);
        // Also of a connection that was replaced, or is lost already: by their versions they change nothing that was said later.
        MergeTunnels(report, now);
        var isReplaced = report.Epoch < _own.Version.Epoch;
        if (isReplaced && report.End == SessionEnd.Goodbye)
            CloseBefore(end, now);
        else if (end > _own.Version && (report.End == SessionEnd.Goodbye || _options.LostGraceMs == 0))
            End(report.Epoch, end.Sequence, now);
        else if (end > _own.Version)
            Break(now);
        Proceed(now);
        // One that has changed no tunnel has nothing to store; while the store is away, it is not to wait for what others have.
        var hasNothing = report is { IsWhole: true, Tunnels: [], ClosedBefore: 0, End: not SessionEnd.Goodbye };
        if (isReplaced)
            return new SessionReportAnswer { Outcome = IsStored || hasNothing ? ReportOutcome.Replaced : ReportOutcome.Pending };
        // Until the word of the loss itself is stored: an activation that ends during the grace has told nobody.
        if (_lostAtMs != Never)
            return new SessionReportAnswer { Outcome = ReportOutcome.Pending, RetryAfterMs = Math.Max(0, _lostAtMs - now.MonotonicMs) };
        return new SessionReportAnswer { Outcome = IsStored ? ReportOutcome.Taken : ReportOutcome.Pending };
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

    /// <returns>Peers that there is no room for.</returns>
    private List<Guid>? MergeTunnels(SessionReport report, PeerNow now)
    {
        if (report.ClosedBefore > 0)
            CloseBefore(new PeerVersion(report.Epoch, report.ClosedBefore), now);
        var lastSequence = report.ClosedBefore;
        List<Guid>? tooMany = null;
        // What is closed makes room for what is opened.
        IEnumerable<SessionTunnel> inOrder = report.Tunnels.Length < 2
            ? report.Tunnels
            : report.Tunnels.OrderBy(static tunnel => tunnel.IsOpen).ThenBy(static tunnel => tunnel.Sequence);
        foreach (var tunnel in inOrder)
        {
            if (!MergeSaid(tunnel.Peer, new TunnelState(new PeerVersion(report.Epoch, tunnel.Sequence), tunnel.IsOpen), now))
                (tooMany ??= []).Add(tunnel.Peer);
            lastSequence = Math.Max(lastSequence, tunnel.Sequence);
        }

        if (report.Epoch == _own.Version.Epoch)
            _connectionSequence = Math.Max(_connectionSequence, lastSequence);
        return tooMany;
    }

    private void MergeNode(SessionReport report)
    {
        if (report.NodeSequence <= _own.Version.Sequence || report.Node.IsEmpty)
            return;
        if (_own.Kind == PeerKind.Connected)
            CompareNode(report);
        _own.Set(new PeerVersion(report.Epoch, report.NodeSequence), report.Gateway, report.Node);
        QueueAll();
    }

    /// <summary>
    /// A connection's first node record: if it is the one before, neighbours that heard of no loss are not told it again, and do not say
    /// again that they are ready; so what they said still counts.
    /// </summary>
    private void CompareNode(SessionReport report)
    {
        if (_formerNode.Length == 0 || !_formerNode.Span.SequenceEqual(report.Node.Span))
        {
            _sameNodeSince = report.Epoch;
        }
        else
        {
            foreach (var neighbour in _neighbours.Values)
            {
                if (neighbour.TheirReady.ForEpoch >= _sameNodeSince)
                    ShowLater(neighbour);
            }
        }

        _formerNode = default;
    }

    private bool MergeReady(SessionReady ready, long epoch)
    {
        if (_neighbours.Find(ready.Peer) is not { In.IsOpen: true } neighbour)
            return false;
        var version = new PeerVersion(epoch, ready.Sequence);
        if (version > neighbour.OwnReady.Version)
        {
            neighbour.OwnReady = new ReadySignal(version, neighbour.Theirs.Version.Epoch);
            EnqueueNews(neighbour);
        }

        return true;
    }
}
