namespace Actors.Grains.Agents;

/// <summary>The side that faces other peers.</summary>
public sealed partial class PeerMachine
{
    /// <summary>Another peer says what it has to say; the answer is what this one has to say to it.</summary>
    public PeerPush Receive(PeerPush push, PeerNow now)
    {
        ArgumentNullException.ThrowIfNull(push);
        if (!_neighbours.TryGetValue(push.From, out var neighbour) && push.Tunnel.IsOpen)
            neighbour = Add(push.From, now);
        if (neighbour is null)
        {
            NoticeEpoch(push.KnownEpoch, now);
            Proceed(now);
            // Nothing to remember: what it closed was not known.
            return new PeerPush { From = Id, KnownTunnel = push.Tunnel.Version, IsComplete = IsComplete(now) };
        }

        Merge(neighbour, push, now);
        // It has forgotten that it closed the tunnel; this may be a late word, so it is asked.
        neighbour.MustPush |= push.IsComplete && push.Tunnel.IsOpen && push.Tunnel.Version < neighbour.In.Version;
        var answer = StateFor(neighbour, now);
        Proceed(now);
        return answer;
    }

    /// <summary>A push has ended; <paramref name="answer"/> is null when it is not known whether it arrived.</summary>
    public void PushEnded(Guid to, PeerPush? answer, PeerNow now)
    {
        _pushing--;
        if (!_neighbours.TryGetValue(to, out var neighbour))
        {
            Proceed(now);
            return;
        }

        neighbour.IsPushing = false;
        if (answer is null)
        {
            neighbour.MustPush = true;
            neighbour.SentAnnouncement = default;
            neighbour.RetryAtMs = now.MonotonicMs + BackoffMs(neighbour.Failures++);
            WakeAt(neighbour.RetryAtMs);
        }
        else
        {
            var acked = (neighbour.AckedAnnouncement, neighbour.AckedOut, neighbour.AckedReady);
            // It answered after it had the push: what it does not know now is not there, unless it spoke up meanwhile.
            if (answer.IsComplete && (neighbour.In.IsOpen || answer.Tunnel.IsOpen)
                && neighbour.In.Version == neighbour.InWhenPushed && answer.Tunnel.Version < neighbour.In.Version)
            {
                SetIn(neighbour, answer.Tunnel, now);
            }

            Merge(neighbour, answer, now);
            if (neighbour.IsDoubted && (neighbour.IsLinked || (answer.IsComplete && IsComplete(now))))
            {
                neighbour.IsDoubted = false;
                ShowLater(neighbour);
            }

            // Who answers without having learned anything is asked again later, not at once.
            var isStuck = NeedsPush(neighbour) && acked == (neighbour.AckedAnnouncement, neighbour.AckedOut, neighbour.AckedReady);
            neighbour.RetryAtMs = isStuck ? now.MonotonicMs + BackoffMs(neighbour.Failures++) : now.MonotonicMs;
            if (!isStuck)
                neighbour.Failures = 0;

            CompareLater(neighbour, now);
        }

        Enqueue(neighbour);
        Proceed(now);
    }

    /// <summary>
    /// Whether a tunnel of this peer's that it does not know does not exist: it has read its rows, and its connection has said which
    /// tunnels it has and that it has no others, or said goodbye, or nobody has come forward for long. A connection that went with its
    /// silo may have opened tunnels that never reached the store; its peer says so when it is back, which is later than its being back.
    /// </summary>
    private bool IsComplete(PeerNow now) => _rowsRead
        && ((HasSaidAll && _seenEpoch <= _own.Version.Epoch) || now.MonotonicMs >= _silentSinceMs + _options.ForgetAfterMs);

    private bool HasSaidAll => _own.Kind == PeerKind.Gone || (IsAttached && _closedBefore.Epoch == _own.Version.Epoch);

    private Neighbour Add(Guid id, PeerNow now)
    {
        var neighbour = new Neighbour(id) { ChangedAtMs = now.MonotonicMs };
        _neighbours.Add(id, neighbour);
        CompareLater(neighbour, now);
        return neighbour;
    }

    private void Merge(Neighbour neighbour, PeerPush push, PeerNow now)
    {
        NoticeEpoch(push.KnownEpoch, now);
        if (push.KnownAnnouncement < neighbour.SentAnnouncement)
            neighbour.SentAnnouncement = default;
        neighbour.AckedAnnouncement = push.KnownAnnouncement;
        neighbour.AckedOut = push.KnownTunnel;
        neighbour.AckedReady = push.KnownReady;
        if (push.Tunnel.Version > neighbour.In.Version)
            SetIn(neighbour, push.Tunnel, now);
        var (theirs, known) = (push.Announcement, neighbour.Theirs);
        if (theirs.Version > known.Version && neighbour.IsLinked)
        {
            if (theirs.IsNodeOmitted)
            {
                neighbour.MustPush = true;
            }
            else
            {
                neighbour.Theirs = theirs;
                neighbour.AskAtMs = Never;
                ShowLater(neighbour);
            }
        }
        else if (theirs.Version.Epoch < known.Version.Epoch && known.IsLive && neighbour.AskAtMs == Never)
        {
            neighbour.AskAtMs = now.MonotonicMs + _options.AttachWithinMs;
            WakeAt(neighbour.AskAtMs);
        }

        if (push.Ready.Version > neighbour.TheirReady.Version && neighbour.IsLinked)
        {
            neighbour.TheirReady = push.Ready;
            ShowLater(neighbour);
        }

        Enqueue(neighbour);
    }

    private void SetIn(Neighbour neighbour, TunnelState tunnel, PeerNow now)
    {
        neighbour.In = tunnel;
        neighbour.ChangedAtMs = now.MonotonicMs;
        Changed(neighbour);
        WakeAt(now.MonotonicMs + _options.ClosedTunnelMs);
    }

    /// <summary>A tunnel with it was opened or closed. Of who has none nothing is kept: a new tunnel asks anew.</summary>
    private void Changed(Neighbour neighbour)
    {
        neighbour.IsDoubted &= !neighbour.IsLinked;
        ShowLater(neighbour);
        if (neighbour.IsLinked)
            return;
        neighbour.Theirs = Announcement.Absent;
        neighbour.TheirReady = default;
        neighbour.OwnReady = default;
        neighbour.AskAtMs = Never;
    }

    /// <summary>
    /// Others know a later connection of this peer than it does itself: an earlier activation died before its row was written. So
    /// that what this peer says counts again, its next connection gets a higher epoch; the present one has to be made anew.
    /// </summary>
    private void NoticeEpoch(long epoch, PeerNow now)
    {
        if (epoch <= _seenEpoch)
            return;
        _seenEpoch = epoch;
        _silentSinceMs = now.MonotonicMs;
        WakeAt(now.MonotonicMs + _options.ForgetAfterMs);
        if (!_own.IsLive || !IsAttached)
            return;
        _effects.Add(new PeerEffect.Drop(_own.Gateway, _own.Version.Epoch, Actors.Agents.AgentCloseCode.Restart));
        End(_own.Version.Epoch, PeerVersion.LostSequence, now);
    }

    private PeerPush StateFor(Neighbour neighbour, PeerNow now)
    {
        var own = neighbour.IsLinked ? _own : Announcement.Absent;
        if (own.Kind == PeerKind.Node && (neighbour.AckedAnnouncement >= own.Version || neighbour.SentAnnouncement == own.Version))
            own = own with { Node = default, IsNodeOmitted = true };
        else
            neighbour.SentAnnouncement = own.Version;
        return new PeerPush
        {
            From = Id,
            Announcement = own,
            Tunnel = neighbour.Out,
            Ready = neighbour.OwnReady,
            KnownAnnouncement = neighbour.Theirs.Version,
            KnownTunnel = neighbour.In.Version,
            KnownReady = neighbour.TheirReady.Version,
            KnownEpoch = neighbour.KnownEpoch,
            IsComplete = IsComplete(now),
        };
    }

    private bool NeedsPush(Neighbour neighbour)
    {
        if (neighbour.MustPush || neighbour.IsDoubted || neighbour.Out.Version > neighbour.AckedOut)
            return true;
        // It knows a later word than this peer does, which has forgotten it: it has to ask whether that still counts.
        if (neighbour.Out.IsOpen && neighbour.Out.Version < neighbour.AckedOut)
            return true;
        if (!neighbour.IsLinked)
            return false;
        return (_own.Version > neighbour.AckedAnnouncement && (_own.Kind == PeerKind.Connected || IsListening(neighbour)))
            || neighbour.OwnReady.Version > neighbour.AckedReady;
    }

    /// <summary>Who has no connection need not be told of updates: when it connects, it asks.</summary>
    private bool IsListening(Neighbour neighbour) => neighbour.Theirs.IsLive && !_view.HasLost(neighbour.Theirs.Gateway);

    private void Enqueue(Neighbour neighbour)
    {
        if (neighbour.IsQueued)
            return;
        neighbour.IsQueued = true;
        _toPush.Enqueue(neighbour);
    }

    private void QueueAll(bool mustPush = false)
    {
        foreach (var neighbour in _neighbours.Values)
        {
            neighbour.MustPush |= mustPush && neighbour.IsLinked;
            Enqueue(neighbour);
        }
    }

    private void PushQueued(PeerNow now)
    {
        while (_pushing < _options.MaxPushes && _toPush.TryDequeue(out var neighbour))
        {
            neighbour.IsQueued = false;
            if (neighbour.IsPushing || !NeedsPush(neighbour))
                continue;
            if (now.MonotonicMs < neighbour.RetryAtMs)
            {
                WakeAt(neighbour.RetryAtMs);
                continue;
            }

            neighbour.IsPushing = true;
            neighbour.MustPush = false;
            neighbour.InWhenPushed = neighbour.In.Version;
            _pushing++;
            _effects.Add(new PeerEffect.Push(neighbour.Id, StateFor(neighbour, now)));
        }
    }

    private void CompareLater(Neighbour neighbour, PeerNow now)
    {
        neighbour.CompareAtMs = now.MonotonicMs + _options.CompareEveryMs + _random.NextInt64(_options.CompareEveryMs + 1);
        if (IsAttached)
            WakeAt(neighbour.CompareAtMs);
    }

    /// <summary>Every deadline that a neighbour has; the next one is found on the way.</summary>
    private void LookAtNeighbours(PeerNow now)
    {
        _wakeAtMs = _own.Kind == PeerKind.Lost && _closedBefore < _own.Version
            ? now.MonotonicMs + Math.Max(1, _endedAtUtcMs + _options.TunnelTimeToLiveMs - now.UtcMs)
            : Never;
        if (_seenEpoch > _own.Version.Epoch)
            WakeAt(_silentSinceMs + _options.ForgetAfterMs);
        List<Guid>? forgotten = null;
        foreach (var neighbour in _neighbours.Values)
        {
            if (neighbour.AskAtMs <= now.MonotonicMs)
            {
                neighbour.AskAtMs = Never;
                if (neighbour.IsLinked && neighbour.Theirs.IsLive)
                    _effects.Add(new PeerEffect.Ask(neighbour.Theirs.Gateway, neighbour.Id, neighbour.Theirs.Version.Epoch));
            }

            if (!neighbour.IsLinked)
            {
                if (now.MonotonicMs >= neighbour.ChangedAtMs + _options.ClosedTunnelMs && IsForgettable(neighbour))
                    (forgotten ??= []).Add(neighbour.Id);
                else
                    WakeAt(Math.Max(neighbour.ChangedAtMs + _options.ClosedTunnelMs, now.MonotonicMs + _options.MaxRetryMs));
            }
            else if (IsAttached)
            {
                neighbour.MustPush |= neighbour.CompareAtMs <= now.MonotonicMs;
                if (neighbour.CompareAtMs <= now.MonotonicMs)
                    CompareLater(neighbour, now);
                WakeAt(neighbour.CompareAtMs);
            }

            if (NeedsPush(neighbour))
                Enqueue(neighbour);
            if (neighbour.AskAtMs != Never)
                WakeAt(neighbour.AskAtMs);
        }

        foreach (var id in forgotten ?? [])
            _neighbours.Remove(id);
    }

    private static bool IsForgettable(Neighbour neighbour) =>
        !neighbour.IsPushing && !neighbour.IsShowDue && !neighbour.IsDoubted && neighbour.StoredOut >= neighbour.Out.Version && neighbour.AckedOut >= neighbour.Out.Version;
}
