using System.Net.Sockets;
using Actors.AgentLoad.Wire;

namespace Actors.AgentLoad.Running;

/// <summary>Sends what peers send.</summary>
internal sealed partial class LoadLoop
{
    /// <summary>So many updates that are due are sent before sockets are read again.</summary>
    private const int MaxPacedATurn = 256;

    /// <summary>Agents that somebody has to be told of.</summary>
    private readonly int[] _told;

    /// <summary>Agents of the closed loop whose update is under way.</summary>
    private readonly HashSet<int> _inFlight = [];

    private Traffic? _traffic;
    private TaskCompletionSource<bool>? _trafficEnd;
    private long _trafficAt;

    /// <summary>What was due or sent before is not measured; nothing is during a warm-up.</summary>
    private long _measuresFrom = long.MinValue;

    private long _movedAt;
    private long _updates;
    private long _updatesAtStart;
    private long _agentUpdates;
    private long _clientUpdates;
    private long _breaks;
    private int _nextAgent;
    private int _nextClient;
    private double _trafficMs;
    private double _trafficIdleMs;
    private double _dueUpdates;
    private long _pacedUpdates;
    private long _idleNanoseconds;
    private long _idleAtStart;
    private bool _hasStormed;
    private bool _isBehind;
    private bool _isEnding;

    /// <summary>Begins traffic; it is answered when its time or its number is over.</summary>
    public void Begin(Traffic traffic, TaskCompletionSource<bool> end)
    {
        if (_traffic is not null || _isEnding || _isStopping)
        {
            end.TrySetException(new InvalidOperationException("Other traffic runs, or the run is at its end."));
            return;
        }

        (_traffic, _trafficEnd, _trafficAt, _updatesAtStart) = (traffic, end, Now(), _updates);
        (_agentUpdates, _clientUpdates, _breaks, _movedAt, _idleAtStart) = (0, 0, 0, _now, _idleNanoseconds);
        _hasStormed = false;
        if (traffic.IsWarmUp)
            _measuresFrom = long.MaxValue;
        else if (_measuresFrom == long.MaxValue)
            _measuresFrom = _trafficAt;
        for (var number = 0; number < Math.Min(traffic.InFlight, _told.Length); number++)
            SendNext();
    }

    /// <summary>Those whose update is lost make room for others.</summary>
    private void FreeLost()
    {
        foreach (var finding in _findings)
            Arrived(finding.Subject);
    }

    /// <summary>Ends traffic before its time.</summary>
    public void Cease() => EndTraffic(isComplete: false);

    /// <summary>Everybody says goodbye; what is told from now on is not judged.</summary>
    public void SayGoodbye()
    {
        EndTraffic(isComplete: false);
        _isEnding = true;
        foreach (var peer in _peers)
        {
            if (peer.At == LoadPeer.State.Joined)
                SendText(peer, "{\"disconnect\":{}}"u8);
            else if (peer.At != LoadPeer.State.Gone)
                End(peer, null, peer.Trouble);
        }
    }

    private void PumpTraffic()
    {
        if (_traffic is not { } traffic)
            return;
        var elapsed = (_now - _trafficAt) / 1e9;
        var room = MaxPacedATurn;
        for (; room > 0 && IsDue(_agentUpdates, traffic.AgentUpdatesPerSecond, elapsed); room--)
            Pace(ref _agentUpdates, traffic.AgentUpdatesPerSecond, NextOnline(ref _nextAgent, _told.Length, number => _peers[_told[number]]));
        for (; room > 0 && IsDue(_clientUpdates, traffic.ClientUpdatesPerSecond, elapsed); room--)
            Pace(ref _clientUpdates, traffic.ClientUpdatesPerSecond, NextOnline(ref _nextClient, _options.Clients, number => _peers[_options.Agents + number]));
        _isBehind = room == 0;
        for (; IsDue(_breaks, traffic.BreaksPerSecond, elapsed); _breaks++)
        {
            if (_peers[_random.Next(_peers.Length)] is { At: LoadPeer.State.Joined } peer)
                Break(peer, "it was cut by the test");
        }

        if (!_hasStormed && elapsed >= traffic.StormAfter?.TotalSeconds)
        {
            _hasStormed = true;
            Drop(static _ => true);
        }

        while (_inFlight.Count < Math.Min(traffic.InFlight, _told.Length) && SendNext())
        {
            // Those that were lost with a connection are made up for.
        }

        if (elapsed >= traffic.Duration.TotalSeconds || HasSentAll(traffic))
            EndTraffic(isComplete: true);
        else if (traffic.Updates != long.MaxValue && _now - _movedAt > StallNanoseconds(traffic))
            Stall();
    }

    /// <summary>How long nothing may be sent and nothing told: what an update may take, what its sender may wait for its turn, and some.</summary>
    private long StallNanoseconds(Traffic traffic)
    {
        var perSecond = traffic.AgentUpdatesPerSecond + traffic.ClientUpdatesPerSecond;
        return (long)(2 * (_options.LostAfter.TotalNanoseconds + _options.DialTimeout.TotalNanoseconds) + (perSecond > 0 ? 2e9 / perSecond : 0));
    }

    private void Stall()
    {
        var end = _trafficEnd;
        var sent = _updates - _updatesAtStart;
        var stall = new TrafficStalledException(sent, _traffic!.Updates, (_now - _movedAt) / NanosecondsPerMs);
        _trafficEnd = null;
        EndTraffic(isComplete: false);
        end?.TrySetException(stall);
    }

    private bool HasSentAll(Traffic traffic) => _updates - _updatesAtStart >= traffic.Updates;

    private bool IsDue(long done, double perSecond, double elapsedSeconds) =>
        perSecond > 0 && done < perSecond * elapsedSeconds && !HasSentAll(_traffic!);

    private void Pace(ref long done, double perSecond, LoadPeer? peer)
    {
        var dueAt = _trafficAt + (long)(done / perSecond * 1e9);
        done++;
        var isMeasured = dueAt >= _measuresFrom;
        _pacedUpdates += isMeasured ? 1 : 0;
        if (peer is null)
            return; // nobody is connected
        if (isMeasured)
            _lateness.Record(Now() - dueAt);
        Update(peer);
    }

    private static LoadPeer? NextOnline(ref int next, int count, Func<int, LoadPeer> peerOf)
    {
        for (var tries = 0; tries < count; tries++)
        {
            next = next + 1 >= count ? 0 : next + 1;
            if (peerOf(next) is { At: LoadPeer.State.Joined } peer)
                return peer;
        }

        return null;
    }

    /// <summary>The closed loop's next update; false when no agent is free for one.</summary>
    private bool SendNext()
    {
        if (HasSentAll(_traffic!))
            return false;
        for (var tries = 0; tries < _told.Length; tries++)
        {
            _nextAgent = _nextAgent + 1 >= _told.Length ? 0 : _nextAgent + 1;
            var agent = _told[_nextAgent];
            if (_peers[agent].At != LoadPeer.State.Joined || !_checker.IsSettled(agent) || !_inFlight.Add(agent))
                continue;
            Update(_peers[agent]);
            return true;
        }

        return false;
    }

    /// <summary>Everybody knows an agent's newest.</summary>
    private void Arrived(int agent)
    {
        if (_inFlight.Remove(agent) && _traffic is not null)
            SendNext();
    }

    private void Update(LoadPeer peer)
    {
        _updates++;
        _movedAt = _now;
        Announce(peer, withTunnels: false);
    }

    private void Measure(Traffic traffic)
    {
        var elapsedMs = (Now() - _trafficAt) / (double)NanosecondsPerMs;
        _trafficMs += elapsedMs;
        _trafficIdleMs += (_idleNanoseconds - _idleAtStart) / (double)NanosecondsPerMs;
        _dueUpdates += (traffic.AgentUpdatesPerSecond + traffic.ClientUpdatesPerSecond) * elapsedMs / 1e3;
    }

    private void EndTraffic(bool isComplete)
    {
        if (_traffic is not { } traffic)
            return;
        if (!traffic.IsWarmUp)
            Measure(traffic);
        (_traffic, var end) = (null, _trafficEnd);
        (_trafficEnd, _isBehind) = (null, false);
        _inFlight.Clear();
        end?.TrySetResult(isComplete);
    }

    private void Announce(LoadPeer peer, bool withTunnels)
    {
        var sequence = _checker.Announce(peer.Index, Now());
        var text = _text.AsSpan();
        var length = Append(text, 0, "{\"updateNode\":{\"key\":\""u8);
        new NodeStamp(_options.Seed, peer.Index, sequence, _now).Write(text[length..]);
        length = Append(text, length + NodeStamp.TextBytes, peer.RecordRest);
        if (withTunnels)
            length = AppendTunnels(text, length, _tunnelsOf[peer.Index - _options.Agents]);
        length = Append(text, length, "}"u8);
        SendText(peer, text[..length]);
    }

    private int AppendTunnels(Span<byte> text, int length, int[] agents)
    {
        length = Append(text, length, ",\"setTunnels\":["u8);
        for (var number = 0; number < agents.Length; number++)
        {
            length = Append(text, length, number == 0 ? "\""u8 : ",\""u8);
            _peers[agents[number]].Id.TryFormat(text[length..], out var bytes, "D");
            length = Append(text, length + bytes, "\""u8);
        }

        return Append(text, length, "]"u8);
    }

    private void Pong(LoadPeer peer, long number)
    {
        var text = _text.AsSpan();
        var length = Append(text, 0, "{\"pong\":"u8);
        number.TryFormat(text[length..], out var digits, default, System.Globalization.CultureInfo.InvariantCulture);
        SendText(peer, text[..Append(text, length + digits, "}"u8)]);
    }

    private void GetReady(LoadPeer agent, int client)
    {
        _checker.SayReady(agent.Index, client);
        var text = _text.AsSpan();
        var length = Append(text, 0, "{\"readyForHandshake\":[\""u8);
        _peers[client].Id.TryFormat(text[length..], out var bytes, "D");
        SendText(agent, text[..Append(text, length + bytes, "\"]}"u8)]);
    }

    private static int Append(Span<byte> text, int at, ReadOnlySpan<byte> part)
    {
        part.CopyTo(text[at..]);
        return at + part.Length;
    }

    private void SendText(LoadPeer peer, ReadOnlySpan<byte> text) => Send(peer, SocketFrame.Text, text);

    private void Send(LoadPeer peer, int opcode, ReadOnlySpan<byte> payload)
    {
        if (peer.Socket is not null)
            Send(peer, _frame.AsSpan(0, SocketFrame.Write(_frame, opcode, payload, (uint)_random.Next())));
    }

    private void Send(LoadPeer peer, ReadOnlySpan<byte> bytes)
    {
        _bytesWritten += bytes.Length;
        if (peer.Socket!.Send(bytes) is var error && error != SocketError.Success)
            Cut(peer, error);
    }
}
