namespace Actors.Grains.Agents;

/// <summary>The side that faces other peers.</summary>
public sealed partial class PeerMachine
{
    /// <summary>Entries for closed tunnels that a peer may leave behind, per tunnel that it may have open: one that changes tunnels all the time is not to take more and more.</summary>
    private const int RememberedPerTunnel = 5;

    private long _noneToGiveUpUntilMs = long.MinValue;
    private long _noneToForgetUntilMs = long.MinValue;

    /// <summary>Another peer says what it has to say; the answer is what this one has to say to it.</summary>
    public PeerPush Receive(PeerPush push, PeerNow now)
    {
        ArgumentNullException.ThrowIfNull(push);
        var neighbour = _neighbours.Find(push.From);
        if (neighbour is null && push.Tunnel.IsOpen && HasRoomForIncoming(null, push.From, push.Tunnel, IsLive(push.Announcement), now))
            neighbour = Add(push.From, now);
        if (neighbour is null)
        {
            NoticeEpoch(push.KnownEpoch, now);
            Proceed(now);
            // Nothing to remember of what it closed and was not known; what it opened and there is no room for it says again.
            return new PeerPush { From = Id, KnownTunnel = push.Tunnel.IsOpen ? default : push.Tunnel.Version, IsComplete = IsComplete(now) };
        }

        Merge(neighbour, push, now);
        // It has forgotten that it closed the tunnel; this may be a late word, so it is asked.
        neighbour.MustPush |= push.IsComplete && push.Tunnel.IsOpen && push.Tunnel.Version < neighbour.In.Version;
        var answer = StateFor(neighbour, now);
        Proceed(now);
        return answer;
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
        _neighbours.Add(neighbour);
        CompareLater(neighbour, now);
        return neighbour;
    }

    /// <summary>Whether another entry may be kept for a tunnel from this peer: closed ones are remembered for a while, and count too.</summary>
    private bool HasRoomForOutgoing(bool isOpen) =>
        _neighbours.Count - _openIn < RememberedPerTunnel * _options.MaxTunnels && (!isOpen || _openOut < _options.MaxTunnels);

    /// <summary>
    /// Whether a tunnel to this peer is taken. One from somebody who is connected takes the place of one whose owner is not, and who
    /// asks again when it is back; so who dials, opens a tunnel and goes keeps nobody out.
    /// </summary>
    private bool HasRoomForIncoming(Neighbour? known, Guid id, TunnelState tunnel, bool isLive, PeerNow now)
    {
        if (!tunnel.IsOpen)
            return known is not null || HasRoomForEntry(now);
        if (known is { In.IsOpen: true })
            return true;
        if ((_openIn < _options.MaxIncoming || (isLive && TryGiveUpIncoming(now))) && (known is not null || HasRoomForEntry(now)))
            return true;
        _effects.Enqueue(new PeerEffect.Refused(id, _openIn));
        return false;
    }

    /// <summary>Gives up a tunnel whose owner is not connected. One that the session was shown is given up only when it is known to be lost.</summary>
    private bool TryGiveUpIncoming(PeerNow now)
    {
        if (OldestWhere(ref _noneToGiveUpUntilMs, static (_, neighbour) => neighbour.In.IsOpen && !neighbour.IsListening && neighbour.Theirs.Version.Epoch >= neighbour.ShownEpoch, now) is not { } neighbour)
            return false;
        SetIn(neighbour, default, now);
        return true;
    }

    /// <summary>Whether an entry for a tunnel to this peer may be kept; if need be, one for a closed tunnel is forgotten before its time.</summary>
    private bool HasRoomForEntry(PeerNow now)
    {
        if (_neighbours.Count < (2 * _options.MaxIncoming) + (RememberedPerTunnel * _options.MaxTunnels))
            return true;
        if (OldestWhere(ref _noneToForgetUntilMs, static (machine, neighbour) => IsSpent(neighbour) && !machine._shown.Contains(neighbour), now) is not { } neighbour)
            return false;
        _neighbours.Remove(neighbour.Peer);
        return true;
    }

    /// <summary>The neighbour of this kind that has not changed for the longest time. Who finds none does not look again at once: there are many.</summary>
    private Neighbour? OldestWhere(ref long noneUntilMs, Func<PeerMachine, Neighbour, bool> isSo, PeerNow now)
    {
        if (now.MonotonicMs < noneUntilMs)
            return null;
        Neighbour? oldest = null;
        foreach (var neighbour in _neighbours.Values)
        {
            if ((oldest is null || neighbour.ChangedAtMs < oldest.ChangedAtMs) && isSo(this, neighbour))
                oldest = neighbour;
        }

        if (oldest is null)
            noneUntilMs = now.MonotonicMs + _options.RetryMs;
        return oldest;
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
            TrySetIn(neighbour, push.Tunnel, IsLive(push.Announcement), now);
        var (theirs, known) = (push.Announcement, neighbour.Theirs);
        var version = theirs.Version;
        var isLost = theirs.IsLive && _view.HasLost(theirs.Gateway);
        if (isLost)
            version = version with { Sequence = PeerVersion.LostSequence };
        if (version > known.Version && neighbour.IsLinked)
        {
            if (theirs.IsNodeOmitted && !isLost)
            {
                neighbour.MustPush = true;
            }
            else
            {
                known.Set(version, theirs.Gateway, isLost ? default : theirs.Node);
                _heard = neighbour;
                neighbour.AskAtMs = Never;
                ShowLater(neighbour);
            }
        }
        else if (version.Epoch < known.Version.Epoch && known.IsLive && neighbour.AskAtMs == Never)
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

    /// <summary>Takes what is said of a tunnel to this peer; one that there is no room for stays as it was, and is not acknowledged.</summary>
    private void TrySetIn(Neighbour neighbour, TunnelState tunnel, bool isLive, PeerNow now)
    {
        if (HasRoomForIncoming(neighbour, neighbour.Peer, tunnel, isLive, now))
            SetIn(neighbour, tunnel, now);
    }

    private bool IsLive(Announcement theirs) => theirs.IsLive && !_view.HasLost(theirs.Gateway);

    private void SetIn(Neighbour neighbour, TunnelState tunnel, PeerNow now)
    {
        _openIn += (tunnel.IsOpen ? 1 : 0) - (neighbour.In.IsOpen ? 1 : 0);
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
        neighbour.Theirs.Forget();
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
        _effects.Enqueue(new PeerEffect.Drop(_own.Gateway, _own.Version.Epoch, Actors.Agents.AgentCloseCode.Restart));
        End(_own.Version.Epoch, PeerVersion.LostSequence, now);
    }

    private void CompareLater(Neighbour neighbour, PeerNow now)
    {
        var leastMs = neighbour.IsListening ? _options.CompareEveryMs : Math.Min(_options.MaxCompareMs, _options.CompareEveryMs << Math.Min(neighbour.Silences, 20));
        if (neighbour.CompareAtMs < now.MonotonicMs + leastMs || neighbour.CompareAtMs > now.MonotonicMs + (2 * leastMs))
            neighbour.CompareAtMs = now.MonotonicMs + leastMs + _random.NextInt64(leastMs + 1);
        if (IsAttached)
            WakeAt(neighbour.CompareAtMs);
    }

    private void Compare(Neighbour neighbour, PeerNow now)
    {
        neighbour.MustPush = true;
        neighbour.Silences = neighbour.IsListening ? 0 : neighbour.Silences + 1;
        CompareLater(neighbour, now);
    }

    /// <summary>Every deadline that a neighbour has; the next one is found on the way.</summary>
    private void LookAtNeighbours(PeerNow now)
    {
        _wakeAtMs = _own.Kind == PeerKind.Lost && _closedBefore < _own.Version
            ? now.MonotonicMs + Math.Max(1, _endedAtUtcMs + _options.TunnelTimeToLiveMs - now.UtcMs)
            : Never;
        if (_seenEpoch > _own.Version.Epoch)
            WakeAt(_silentSinceMs + _options.ForgetAfterMs);
        _neighbours.RemoveWhere(neighbour => IsForgettable(neighbour, now));
        foreach (var neighbour in _neighbours.Values)
        {
            if (neighbour.AskAtMs <= now.MonotonicMs)
            {
                neighbour.AskAtMs = Never;
                if (neighbour.IsLinked && neighbour.Theirs.IsLive)
                    _effects.Enqueue(new PeerEffect.Ask(neighbour.Theirs.Gateway, neighbour.Peer, neighbour.Theirs.Version.Epoch));
            }

            if (!neighbour.IsLinked)
            {
                WakeAt(Math.Max(neighbour.ChangedAtMs + _options.ClosedTunnelMs, now.MonotonicMs + _options.MaxRetryMs));
            }
            else if (IsAttached)
            {
                if (neighbour.CompareAtMs <= now.MonotonicMs)
                    Compare(neighbour, now);
                WakeAt(neighbour.CompareAtMs);
            }

            if (NeedsPush(neighbour))
                Enqueue(neighbour);
            if (neighbour.AskAtMs != Never)
                WakeAt(neighbour.AskAtMs);
        }
    }

    private bool IsForgettable(Neighbour neighbour, PeerNow now) =>
        now.MonotonicMs >= neighbour.ChangedAtMs + _options.ClosedTunnelMs && IsSpent(neighbour);

    /// <summary>Whether there is no tunnel with it, and nothing to be told or stored of that.</summary>
    private static bool IsSpent(Neighbour neighbour) =>
        !neighbour.IsLinked && !neighbour.IsPushing && !neighbour.IsQueued && !neighbour.IsSignalDue && !neighbour.IsShowDue && !neighbour.IsDoubted
        && neighbour.StoredOut >= neighbour.Out.Version && neighbour.AckedOut >= neighbour.Out.Version;
}
