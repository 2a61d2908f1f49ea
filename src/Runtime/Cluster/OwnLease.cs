using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>
/// This silo's leave to run turns. It is asked for in numbered rounds, and lasts from the moment in which a round was sent that a
/// majority of the view's holders, this silo among them, or the store, has granted. One silo is no majority, and none is without
/// the store for long. Times are milliseconds of this silo's monotonic clock.
/// </summary>
/// <remarks>
/// If a silo could grant itself, then of one that is cut off nobody could ever say that it runs no more: its own view may be one in
/// which it is alone.
/// </remarks>
internal sealed class OwnLease(SiloAddress self, ClusterTimings timings)
{
    private readonly SortedDictionary<long, Round> _rounds = [];
    private ClusterView _view = ClusterView.Empty;
    private long _storeMs = long.MinValue / 2;

    /// <summary>Turns may run before this time; the lowest number when they never might.</summary>
    public long ValidUntilMs { get; private set; } = long.MinValue;

    /// <summary>Rounds under way are forgotten: they were asked of another view's majority. What was granted stays.</summary>
    public void Install(ClusterView view)
    {
        _view = view;
        _rounds.Clear();
    }

    /// <summary>A round of probes goes out, each of which asks for the lease.</summary>
    public void Asked(long number, long nowMs)
    {
        _rounds[number] = new Round(nowMs, []);
        while (_rounds.Count > 0 && _rounds.First() is var oldest && nowMs - oldest.Value.SentMs > timings.LeaseMs)
        {
            _rounds.Remove(oldest.Key);
        }

        CountMajority(_rounds[number]);
    }

    public void GrantedBy(SiloAddress holder, long number)
    {
        if (_view.IsHolder(holder) && _rounds.TryGetValue(number, out Round? round))
        {
            round.Grants.Add(holder);
            CountMajority(round);
        }
    }

    /// <summary>The store has renewed the lease, asked at <paramref name="sentMs"/>. It is one for turns only of a holder.</summary>
    public void GrantedByStore(long sentMs)
    {
        _storeMs = Math.Max(_storeMs, sentMs);
        if (_view.IsHolder(self))
        {
            Extend(sentMs);
        }
    }

    private void CountMajority(Round round)
    {
        int holders = 0;
        foreach (ViewMember member in _view.Members)
        {
            holders += member.IsHolder ? 1 : 0;
        }

        if (_view.IsHolder(self) && round.Grants.Count > 0 && round.Grants.Count + 1 > holders / 2 && round.SentMs <= _storeMs + timings.StoreAwayMs)
        {
            Extend(round.SentMs);
        }
    }

    private void Extend(long sentMs) => ValidUntilMs = Math.Max(ValidUntilMs, sentMs + timings.LeaseMs);

    private sealed record Round(long SentMs, HashSet<SiloAddress> Grants);
}
