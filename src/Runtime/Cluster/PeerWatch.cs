using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>
/// Notices which of the other silos do not answer, hears what others think of them, and says whom to declare dead.
/// </summary>
/// <remarks>
/// A silo that is late itself, because its process was paused or its threads are blocked, knows nothing about others: its
/// measurements begin anew. Times are milliseconds of this silo's monotonic clock.
/// </remarks>
internal sealed class PeerWatch(SiloAddress self, ClusterTimings timings)
{
    private readonly Dictionary<SiloAddress, Peer> _peers = [];
    private ClusterView _view = ClusterView.Empty;
    private long? _tickedMs;

    /// <summary>Whom to probe: all live members but this one.</summary>
    public IEnumerable<SiloAddress> Peers => _peers.Keys;

    public void Install(ClusterView view, long nowMs)
    {
        _view = view;
        foreach (SiloAddress gone in _peers.Keys)
        {
            if (!view.IsLive(gone))
            {
                _peers.Remove(gone);
            }
        }

        foreach (ViewMember member in view.Members)
        {
            if (member.IsLive && !member.Silo.Equals(self))
            {
                _peers.TryAdd(member.Silo, new Peer { HeardMs = nowMs });
            }
        }
    }

    /// <summary>Time passes. When this silo was late, what it had measured is void.</summary>
    public void Tick(long nowMs)
    {
        bool inTime = _tickedMs is not { } before || nowMs - before <= timings.LateTickMs;
        _tickedMs = nowMs;
        foreach (Peer peer in _peers.Values)
        {
            if (!inTime)
            {
                peer.HeardMs = nowMs;
                peer.Others.Clear();
            }

            peer.SuspectedMs = nowMs - peer.HeardMs >= PatienceMs(peer, nowMs) ? peer.SuspectedMs ?? nowMs : null;
        }
    }

    private long PatienceMs(Peer peer, long nowMs)
    {
        if (!peer.HasAnswered)
        {
            return timings.StartGraceMs;
        }

        bool isBusy = peer.TurnMs is { } turnMs && nowMs - turnMs <= timings.BusyWithinMs;
        return isBusy ? Math.Max(timings.SuspectAfterMs, timings.SuspectBusyAfterMs) : timings.SuspectAfterMs;
    }

    /// <summary>A peer has answered something: turns run there. It is no answer to a probe, and only makes this silo more patient.</summary>
    public void RanTurn(SiloAddress peer, long atMs)
    {
        if (_peers.TryGetValue(peer, out Peer? watched))
        {
            watched.TurnMs = Math.Max(watched.TurnMs ?? atMs, atMs);
        }
    }

    /// <summary>A peer has answered the probe that was sent at <paramref name="sentMs"/>.</summary>
    public void Answered(SiloAddress peer, long sentMs, long nowMs)
    {
        if (_peers.TryGetValue(peer, out Peer? watched))
        {
            watched.HasAnswered = true;
            watched.TurnMs = nowMs;
            if (sentMs >= watched.HeardMs)
            {
                watched.HeardMs = sentMs;
            }

            watched.SuspectedMs = null;
        }
    }

    /// <summary>True when the peer has answered at least once.</summary>
    public bool HasAnswered(SiloAddress peer) => _peers.TryGetValue(peer, out Peer? watched) && watched.HasAnswered;

    /// <summary>True when this silo suspects the peer now.</summary>
    public bool IsSuspected(SiloAddress peer) => _peers.TryGetValue(peer, out Peer? watched) && watched.SuspectedMs is not null;

    /// <summary>Whom this silo suspects now.</summary>
    public SiloAddress[] Suspects() => [.. _peers.Where(static peer => peer.Value.SuspectedMs is not null).Select(static peer => peer.Key)];

    /// <summary>Another silo tells whom it suspects.</summary>
    public void HearSuspects(SiloAddress from, IReadOnlyCollection<SiloAddress> suspects, long nowMs)
    {
        foreach ((SiloAddress silo, Peer peer) in _peers)
        {
            if (suspects.Contains(silo))
            {
                peer.Others[from] = nowMs;
            }
            else
            {
                peer.Others.Remove(from);
            }
        }
    }

    /// <summary>
    /// Those who vote for a peer's death when there are enough of them, this silo first; null otherwise. Two silos have to agree,
    /// unless there is only one to ask, or the suspicion is old.
    /// </summary>
    public SiloAddress[]? VotersAgainst(SiloAddress peer, long nowMs)
    {
        if (!_peers.TryGetValue(peer, out Peer? watched) || watched.SuspectedMs is not { } sinceMs)
        {
            return null;
        }

        SiloAddress[] voters =
        [
            self,
            .. watched.Others
                .Where(other => nowMs - other.Value <= timings.VoteFreshMs && _view.IsHolder(other.Key) && !other.Key.Equals(peer))
                .Select(static other => other.Key),
        ];
        int couldVote = _view.Members.Count(member => member.IsHolder && !member.Silo.Equals(peer));
        return voters.Length >= Math.Min(2, couldVote) || nowMs - sinceMs >= timings.LoneVoteAfterMs ? voters : null;
    }

    private sealed class Peer
    {
        /// <summary>When the last probe was sent that it answered, or when watching began.</summary>
        public long HeardMs { get; set; }

        public bool HasAnswered { get; set; }

        /// <summary>When something last came that a turn there had answered; null when nothing has.</summary>
        public long? TurnMs { get; set; }

        public long? SuspectedMs { get; set; }

        /// <summary>Who else suspects it, and when they last said so.</summary>
        public Dictionary<SiloAddress, long> Others { get; } = [];
    }
}
