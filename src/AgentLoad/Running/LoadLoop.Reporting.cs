using Actors.AgentLoad.Checks;
using Actors.AgentLoad.Measures;
using Actors.AgentLoad.Wire;

namespace Actors.AgentLoad.Running;

/// <summary>Counts, and keeps the first failures.</summary>
internal sealed partial class LoadLoop
{
    private readonly Latencies _connect = new();
    private readonly Latencies _reconnect = new();
    private readonly Latencies _dial = new();
    private readonly Latencies _delivery = new();
    private readonly Latencies _lateness = new();
    private readonly Dictionary<string, long> _failureCounts = [];
    private readonly List<LoadFailure> _failures = [];
    private long _failureCount;
    private long _putOff;
    private long _connections;
    private long _bytesRead;
    private long _bytesWritten;

    /// <summary>Everybody is connected and knows the newest of everybody with whom it has a tunnel.</summary>
    public bool IsConsistent => _checker.Online == _peers.Length && _checker.Unsettled == 0;

    /// <summary>Whether a hub did something wrong so far.</summary>
    public bool HasFailed => _failureCount > 0;

    /// <summary>Judges what should have happened by now and did not: the run is at its end.</summary>
    public void JudgeEnd()
    {
        Now();
        foreach (var peer in _peers)
        {
            if (peer.At == LoadPeer.State.Joined)
                JudgeConnection(peer);
            else if (peer.At != LoadPeer.State.Gone)
                Fail(peer, "offline", $"it has no connection: {peer.Trouble}");
        }

        FindLost();
    }

    /// <summary>What it came to so far.</summary>
    public LoadResult ToResult()
    {
        Now();
        return SumUp();
    }

    private LoadResult SumUp() => new()
    {
        Peers = _peers.Length,
        FailedPeers = _peers.Count(peer => peer.HasFailed),
        Connections = _connections,
        Reconnections = _peers.Sum(peer => Math.Max(0, peer.Connections - 1)),
        PutOff = _putOff,
        BytesRead = _bytesRead,
        BytesWritten = _bytesWritten,
        BytesExpected = Joined.Sum(ExpectedBytesOf),
        ShortConnections = Joined.Count(peer => MissingBytesOf(peer) > 0),
        MostMissingBytes = Joined.Select(MissingBytesOf).DefaultIfEmpty().Max(),
        LastByteAge = LastByteAges(),
        Updates = _updates,
        DueUpdates = (long)_dueUpdates,
        PacedUpdates = _pacedUpdates,
        BusyShare = _trafficMs > 0 ? Math.Round(Math.Clamp(1 - (_trafficIdleMs / _trafficMs), 0, 1), 4) : 0,
        TrafficMs = Math.Round(_trafficMs, 3),
        Unsettled = _checker.Unsettled,
        Checks = _checker.Counts,
        FailureCounts = new Dictionary<string, long>(_failureCounts),
        Failures = [.. _failures],
        Connect = _connect.ToCounts(),
        Reconnect = _reconnect.ToCounts(),
        Dial = _dial.ToCounts(),
        Delivery = _delivery.ToCounts(),
        Lateness = _lateness.ToCounts(),
    };

    private IEnumerable<LoadPeer> Joined => _peers.Where(static peer => peer.At == LoadPeer.State.Joined);

    private void JudgeConnection(LoadPeer peer)
    {
        if (MissingBytesOf(peer) > 0)
            Fail(peer, "unread", $"on its connection with {HubOf(peer)} it read {Count(peer.ConnectionBytes)} bytes, less than the {Count(ExpectedBytesOf(peer))} of the records that it had to be told there");
        var ageMs = (_now - peer.LastByteAt) / NanosecondsPerMs;
        if (peer.PingMs > 0 && ageMs > peer.PingMs + _options.LostAfter.TotalMilliseconds)
            Fail(peer, "quiet", $"the last byte from {HubOf(peer)} is {Count(ageMs)} ms old, though it is to ping each {Count(peer.PingMs)} ms");
    }

    /// <summary>What a connection has to have read at least by now: a record of each peer of which it had to be told there and had time to be.</summary>
    private long ExpectedBytesOf(LoadPeer peer) => _checker.DueTo(peer.Index, _now) * (NodeStamp.TextBytes + peer.RecordRest.Length);

    private long MissingBytesOf(LoadPeer peer) => Math.Max(0, ExpectedBytesOf(peer) - peer.ConnectionBytes);

    private LatencyCounts LastByteAges()
    {
        var ages = new Latencies();
        foreach (var peer in Joined)
            ages.Record(_now - peer.LastByteAt);
        return ages.ToCounts();
    }

    /// <summary>Tells what had time enough and did not come.</summary>
    private void FindLost()
    {
        if (_isEnding)
            return;
        _checker.FindOverdue(_now, _findings);
        foreach (var (_, receiver, subject, sequence, expected) in _findings)
        {
            Fail(
                _peers[receiver],
                nameof(Breach.Lost),
                $"it was not told update {sequence} of {_peers[subject].Identity} within {_options.LostAfter.TotalSeconds} s; the last that it was told is {expected}");
        }

        FreeLost();
        _findings.Clear();
    }

    private void Fail(LoadPeer peer, string kind, string text)
    {
        peer.HasFailed = true;
        _failureCount++;
        _failureCounts[kind] = _failureCounts.GetValueOrDefault(kind) + 1;
        if (_failures.Count < _options.MaxFailures)
            _failures.Add(new LoadFailure(peer.Identity, kind, text));
    }
}
