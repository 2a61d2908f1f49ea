namespace Actors.Grains.Agents;

/// <summary>The side that faces the peer's grain.</summary>
public sealed partial class PeerSession
{
    private int _attachment;
    private long _activation;
    private bool _isWholeDue = true;
    private bool _isReporting;
    private long _takenSequence;
    private long _reportedSequence;
    private int _failures;
    private long _notBeforeMs = long.MinValue;
    private long _renewAtMs;
    private bool _isRenewalDue;

    /// <summary>Milliseconds of the monotonic clock at which <see cref="TakeReport"/> may have something.</summary>
    public long NextReportMs =>
        _isReporting || IsFinished ? PeerMachine.Never : _isWholeDue || _sequence > _takenSequence ? _notBeforeMs : Math.Max(_notBeforeMs, _renewAtMs);

    /// <summary>What the grain has to be told; null when there is nothing, or a report is under way. <see cref="ReportEnded"/> follows.</summary>
    public SessionReport? TakeReport(long nowMs)
    {
        if (nowMs < NextReportMs || _isReporting || IsFinished)
            return null;
        _isReporting = true;
        _isRenewalDue = false;
        _reportedSequence = _sequence;
        var isWhole = _isWholeDue;
        _isWholeDue = false;
        if (isWhole)
        {
            // Each try is an attachment of its own: the one before may have been taken by an activation that is gone.
            _attachment++;
            _shownNumber = 0;
        }

        var since = isWhole ? 0 : _takenSequence;
        var tunnelsSince = Math.Max(since, _closedBefore);
        List<SessionTunnel>? tunnels = null; // most reports have none
        foreach (var tunnel in _tunnels.Values)
        {
            if (tunnel.Sequence > tunnelsSince)
                (tunnels ??= []).Add(new SessionTunnel(tunnel.Peer, tunnel.Sequence, tunnel.IsOpen));
            tunnel.IsReported = true;
        }

        return new SessionReport
        {
            Epoch = Epoch,
            Gateway = Gateway,
            Attachment = _attachment,
            IsWhole = isWhole,
            Activation = isWhole ? _activation : 0,
            NodeSequence = _nodeSequence,
            Node = _nodeSequence > since ? _node.Copy() : default,
            ClosedBefore = _closedBefore > since ? _closedBefore : 0,
            Tunnels = tunnels is null ? [] : [.. tunnels],
            Ready = _ready is null ? [] : [.. _ready.Select(static ready => new SessionReady(ready.Key, ready.Value))],
            Seen = isWhole ? [.. _slots.Values.Select(static slot => new SessionSight(slot.Peer, slot.Version.Epoch))] : [],
            End = _end,
        };
    }

    /// <summary>A report has ended; <paramref name="answer"/> is null when it is not known whether it arrived.</summary>
    /// <remarks>After <see cref="ReportOutcome.Replaced"/> and <see cref="ReportOutcome.Restart"/> the connection has to be closed.</remarks>
    public void ReportEnded(SessionReport report, SessionReportAnswer? answer, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(report);
        _isReporting = false;
        if (answer is null or { Outcome: ReportOutcome.Pending })
        {
            _isWholeDue |= report.IsWhole;
            // Who says when has not failed: thousands that end at once ask once more, and soon after that, instead of more and more seldom.
            var waitMs = answer?.RetryAfterMs ?? 0;
            _failures = waitMs > 0 ? 0 : _failures;
            _notBeforeMs = nowMs + waitMs + RetryMs();
            return;
        }

        _failures = 0;
        _notBeforeMs = long.MinValue;
        // What was asked for while this report was under way is not answered by it: it may be an earlier activation's answer.
        if (!_isRenewalDue && _renewAtMs < nowMs + _options.RenewEveryMs)
            _renewAtMs = nowMs + _options.RenewEveryMs + _random.NextInt64(_options.RenewEveryMs + 1);
        IsFinished = report.End != SessionEnd.None;
        if (answer.Outcome == ReportOutcome.NeedsWhole)
        {
            _activation = answer.Activation;
            Reattach();
            return;
        }

        _takenSequence = _reportedSequence;
        foreach (var ready in report.Ready)
        {
            if (_ready?.GetValueOrDefault(ready.Peer) == ready.Sequence)
                _ready.Remove(ready.Peer);
        }

        if (_ready is { Count: 0 })
            _ready = null;
        foreach (var peer in answer.TooMany)
            TakeBack(peer);
        if (_tunnels.Count > _open)
            ForgetClosed(Math.Min(answer.StoredSequence, _takenSequence));

        // Tunnels that are still remembered might leave no room for others: the next answer says what is stored by then.
        if (_tunnels.Count > _options.MaxTunnels)
            RenewSoon(nowMs, _options.RenewFullMs);
    }

    /// <summary>A closed tunnel that is in the store needs nobody any more to remember it.</summary>
    private void ForgetClosed(long storedSequence) => _tunnels.RemoveWhere(tunnel => !tunnel.IsOpen && tunnel.Sequence <= storedSequence);

    /// <summary>The grain has no room for what was said of a peer; what was said since is another report's.</summary>
    private void TakeBack(Guid peer)
    {
        if (_tunnels.Find(peer) is not { } tunnel || tunnel.Sequence > _reportedSequence)
            return;
        _open -= tunnel.IsOpen ? 1 : 0;
        _tunnels.Remove(peer);
    }

    /// <summary>The grain is, or may be, another activation: it is told everything, and shows everything.</summary>
    public void Reattach() => _isWholeDue = true;

    /// <summary>
    /// The silos have changed, and the grain may be another activation: a report follows within this time, although there is nothing
    /// new. The answer says whether it is.
    /// </summary>
    /// <param name="nowMs">Milliseconds of the monotonic clock.</param>
    /// <param name="withinMs">The most milliseconds from now; by chance fewer, for all sessions of a silo have to.</param>
    public void RenewSoon(long nowMs, long withinMs)
    {
        var atMs = nowMs + _random.NextInt64(withinMs + 1);
        // The last report's time is over while it is under way, so it is no measure.
        _renewAtMs = _isReporting && !_isRenewalDue ? atMs : Math.Min(_renewAtMs, atMs);
        _isRenewalDue = true;
    }

    private long RetryMs()
    {
        var wholeMs = Math.Min(_options.MaxRetryMs, _options.RetryMs << Math.Min(_failures++, 16));
        return (wholeMs / 2) + _random.NextInt64((wholeMs / 2) + 1);
    }
}
