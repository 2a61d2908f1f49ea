namespace Actors.Grains.Agents;

/// <summary>What is stored: the last connection, and the tunnels from this peer.</summary>
public sealed partial class PeerMachine
{
    private List<Neighbour>? _dirtyTunnels;
    private bool _isRowDirty;
    private bool _isWriting;
    private int _writeFailures;
    private long _writeAtMs = Never;
    private bool _isReading;
    private int _readFailures;
    private long _readAtMs = long.MinValue;

    /// <summary>Whether everything that is to be stored is in the store.</summary>
    public bool IsStored => !_isRowDirty && !_isWriting && _dirtyTunnels is null;

    /// <summary>What the store has of this peer; before this, and while there is no store, the peer works with what it is told.</summary>
    /// <param name="rows">Null when the store did not say: it is asked again.</param>
    /// <param name="now">The time.</param>
    public void ReadEnded(PeerRows? rows, PeerNow now)
    {
        _isReading = false;
        if (rows is null)
            _readAtMs = now.MonotonicMs + BackoffMs(_readFailures++);
        else
            Merge(rows, now);
        Proceed(now);
    }

    private void Merge(PeerRows rows, PeerNow now)
    {
        _rowsRead = true;
        _readAtMs = Never;
        _silentSinceMs = now.MonotonicMs;
        if (rows.Row is not null)
            MergeRow(rows.Row, now);
        foreach (var tunnel in rows.Outgoing)
            MergeStored(tunnel, now);
        foreach (var tunnel in rows.Incoming)
        {
            var neighbour = _neighbours.Find(tunnel.Source);
            if (tunnel.State.Version > (neighbour?.In.Version ?? default) && HasRoomForIncoming(neighbour, tunnel.Source, tunnel.State, isLive: false, now))
                SetIn(neighbour ?? Add(tunnel.Source, now), tunnel.State, now);
        }

        if (IsAttached)
            QueueAll(mustPush: true);
    }

    private void ReadOnce(PeerNow now)
    {
        if (_rowsRead || _isReading || now.MonotonicMs < _readAtMs)
            return;
        _isReading = true;
        _readAtMs = Never;
        _effects.Enqueue(new PeerEffect.Read());
    }

    /// <summary>A write has ended.</summary>
    /// <param name="write">The write.</param>
    /// <param name="isDone">False when it is not known that it is in the store.</param>
    /// <param name="now">The time.</param>
    public void WriteEnded(PeerEffect.Write write, bool isDone, PeerNow now)
    {
        ArgumentNullException.ThrowIfNull(write);
        _isWriting = false;
        if (isDone)
            _writeFailures = 0;
        else
            _writeAtMs = now.MonotonicMs + BackoffMs(_writeFailures++);
        _isRowDirty |= write.Row is not null && !isDone;
        foreach (var row in write.Tunnels)
        {
            if (_neighbours.Find(row.Destination) is not { } neighbour)
                continue;
            if (!isDone)
            {
                WriteLater(neighbour);
                continue;
            }

            neighbour.StoredOut = Later(neighbour.StoredOut, row.State.Version);
            // The neighbour may have been activated anew between the push and this commit, and have read its rows without it.
            neighbour.MustPush = true;
            Enqueue(neighbour);
        }

        Proceed(now);
    }

    private void MergeRow(PeerRow row, PeerNow now)
    {
        _seenEpoch = Math.Max(_seenEpoch, row.Version.Epoch);
        if (row.Version <= _own.Version)
            return;
        if (_own.IsLive && IsAttached)
            _effects.Enqueue(new PeerEffect.Drop(_own.Gateway, _own.Version.Epoch, Actors.Agents.AgentCloseCode.Restart));
        _own.Set(row.Version, row.Gateway);
        _endedAtUtcMs = row.ChangedAtUtcMs;
        Detach();
        _lostAtMs = Never;
        _isRowDirty = false;
        if (_own.Kind == PeerKind.Gone)
            CloseBefore(row.Version, now);
        else if (_own.Kind == PeerKind.Lost)
            WakeAt(now.MonotonicMs + Math.Max(0, _endedAtUtcMs + _options.TunnelTimeToLiveMs - now.UtcMs));
        else if (_view.HasLost(_own.Gateway))
            End(row.Version.Epoch, PeerVersion.LostSequence, now);
        else
            _askAtMs = now.MonotonicMs + _options.AttachWithinMs;
    }

    /// <summary>What the store has of a tunnel.</summary>
    private void MergeStored(TunnelRow row, PeerNow now)
    {
        var neighbour = _neighbours.Find(row.Destination);
        if (neighbour is null && !row.State.IsOpen)
            return;
        neighbour ??= Add(row.Destination, now);
        neighbour.StoredOut = Later(neighbour.StoredOut, row.State.Version);
        MergeOut(neighbour, row.State, now);
    }

    /// <summary>What a connection has said of a tunnel.</summary>
    /// <returns>False when the peer has, or has changed lately, as many as it may.</returns>
    private bool MergeSaid(Guid destination, TunnelState tunnel, PeerNow now)
    {
        var neighbour = _neighbours.Find(destination);
        var isOpen = tunnel.IsOpen && tunnel.Version >= _closedBefore;
        // Of who is not known once the rows are read there is no tunnel to close.
        if (neighbour is null && _rowsRead && !isOpen)
            return true;
        if (neighbour is null ? !HasRoomForOutgoing(isOpen) : isOpen && tunnel.Version > neighbour.Out.Version && !neighbour.Out.IsOpen && _openOut >= _options.MaxTunnels)
            return false;
        MergeOut(neighbour ?? Add(destination, now), tunnel, now);
        return true;
    }

    private void MergeOut(Neighbour neighbour, TunnelState tunnel, PeerNow now)
    {
        if (tunnel.Version > neighbour.Out.Version)
            SetOut(neighbour, tunnel.IsOpen && tunnel.Version < _closedBefore ? new TunnelState(_closedBefore, IsOpen: false) : tunnel, now);
    }

    /// <summary>Closes every tunnel that is older.</summary>
    private void CloseBefore(PeerVersion version, PeerNow now)
    {
        if (version <= _closedBefore)
            return;
        _closedBefore = version;
        foreach (var neighbour in _neighbours.Values)
        {
            if (neighbour.Out.IsOpen && neighbour.Out.Version < version)
                SetOut(neighbour, new TunnelState(version, IsOpen: false), now);
        }
    }

    private void SetOut(Neighbour neighbour, TunnelState tunnel, PeerNow now)
    {
        _openOut += (tunnel.IsOpen ? 1 : 0) - (neighbour.Out.IsOpen ? 1 : 0);
        neighbour.Out = tunnel;
        neighbour.ChangedAtMs = now.MonotonicMs;
        neighbour.OutChangedAtUtcMs = now.UtcMs;
        Changed(neighbour);
        if (tunnel.Version > neighbour.StoredOut)
            WriteLater(neighbour);
        WakeAt(now.MonotonicMs + _options.ClosedTunnelMs);
        EnqueueNews(neighbour);
    }

    private void WriteLater(Neighbour neighbour)
    {
        if (neighbour.IsDirty)
            return;
        neighbour.IsDirty = true;
        (_dirtyTunnels ??= []).Add(neighbour);
    }

    private List<Neighbour> TakeDirty()
    {
        var taken = _dirtyTunnels ?? [];
        _dirtyTunnels = taken.Count <= _options.MaxBatch ? null : taken[_options.MaxBatch..];
        if (_dirtyTunnels is not null)
            taken = taken[.._options.MaxBatch];
        foreach (var neighbour in taken)
            neighbour.IsDirty = false;
        return taken;
    }

    private static PeerVersion Later(PeerVersion one, PeerVersion other) => one > other ? one : other;

    private void WriteDirty(PeerNow now)
    {
        if (_isWriting)
            return;
        var isDirty = _isRowDirty || _dirtyTunnels is not null;
        if (isDirty && _writeAtMs != Never && now.MonotonicMs < _writeAtMs)
            return;
        _writeAtMs = Never;
        if (!isDirty)
            return;
        _isWriting = true;
        var tunnels = TakeDirty();
        var version = _own.IsLive ? _own.Version with { Sequence = 0 } : _own.Version;
        var row = _isRowDirty ? new PeerRow(Id, version, _own.Gateway, _endedAtUtcMs) : null;
        _isRowDirty = false;
        _effects.Enqueue(new PeerEffect.Write(
            row, [.. tunnels.Select(neighbour => new TunnelRow(Id, neighbour.Peer, neighbour.Out, neighbour.OutChangedAtUtcMs))]));
    }
}
