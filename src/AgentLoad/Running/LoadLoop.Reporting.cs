using Actors.AgentLoad.Checks;
using Actors.AgentLoad.Measures;
using Actors.AgentLoad.Wire;

namespace Actors.AgentLoad.Running;

/// <summary>Counts, and keeps the first failures.</summary>
internal sealed partial class LoadLoop
{
    private readonly Latencies _connect = new();
    private readonly Latencies _delivery = new();
    private readonly Latencies _lateness = new();
    private readonly Dictionary<string, long> _failureCounts = [];
    private readonly List<LoadFailure> _failures = [];
    private long _failureCount;
    private long _putOff;

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
            if (peer.At is not (LoadPeer.State.Joined or LoadPeer.State.Gone))
                Fail(peer, "offline", $"it has no connection: {peer.Trouble}");
            else if (peer.At == LoadPeer.State.Joined && peer.BytesRead < ExpectedBytesOf(peer))
                Fail(peer, "unread", $"it read {Count(peer.BytesRead)} bytes, less than the {Count(ExpectedBytesOf(peer))} of the records that it had to be told");
        }

        FindLost();
    }

    /// <summary>What it came to so far.</summary>
    public LoadResult ToResult() => new()
    {
        Peers = _peers.Length,
        FailedPeers = _peers.Count(peer => peer.HasFailed),
        Connections = _peers.Sum(peer => peer.Connections),
        Reconnections = _peers.Sum(peer => Math.Max(0, peer.Connections - 1)),
        PutOff = _putOff,
        BytesRead = _peers.Sum(peer => peer.BytesRead),
        BytesWritten = _peers.Sum(peer => peer.BytesWritten),
        BytesExpected = _peers.Sum(ExpectedBytesOf),
        OldestByteMs = _peers.Where(peer => peer.At == LoadPeer.State.Joined).Select(peer => Math.Round((Now() - peer.LastByteAt) / 1e6, 3)).DefaultIfEmpty().Max(),
        Updates = _updates,
        TrafficMs = Math.Round(_trafficMs, 3),
        Unsettled = _checker.Unsettled,
        Checks = _checker.Counts,
        FailureCounts = new Dictionary<string, long>(_failureCounts),
        Failures = [.. _failures],
        Connect = _connect.ToCounts(),
        Delivery = _delivery.ToCounts(),
        Lateness = _lateness.ToCounts(),
    };

    private long ExpectedBytesOf(LoadPeer peer) => _checker.AnnouncedTo(peer.Index) * (NodeStamp.TextBytes + peer.RecordRest.Length);

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
