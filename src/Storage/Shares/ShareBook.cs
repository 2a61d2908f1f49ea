namespace Actors.Storage.Shares;

/// <summary>
/// Who may copy at which rate. Copies ask again and again; each tick divides the budgets of that moment among those that asked lately and lends
/// each its share for a while.
/// </summary>
/// <remarks>
/// A grant is in force until it ends, or until its holder has said that it goes by a later one. So a smaller share is granted at once, and a
/// larger one only from what is not in force with anybody: however answers are lost, the rates that are used add up to no more than the largest
/// budget of the last time to live. Time is a monotonic number of milliseconds; not safe for several threads at once.
/// </remarks>
public sealed class ShareBook
{
    private readonly long _timeToLiveMs;
    private readonly Dictionary<string, Entry> _copies = [];
    private long _arrivals;
    private long _grants;

    /// <param name="timeToLive">How long a grant holds, and a copy that does not ask again counts.</param>
    public ShareBook(TimeSpan timeToLive)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeToLive, TimeSpan.FromMilliseconds(1));
        _timeToLiveMs = (long)timeToLive.TotalMilliseconds;
    }

    /// <summary>Copies that count at the moment, and those whose grants still hold.</summary>
    public int Count => _copies.Count;

    /// <summary>A copy asks, for the first time or again. Its place in the order of admission is that of its first time.</summary>
    /// <param name="nowMs">Time now.</param>
    /// <param name="demand">What it would use.</param>
    /// <param name="goesByGrant">Number of the last grant that reached it; 0 when none has.</param>
    public void Ask(long nowMs, CopyDemand demand, long goesByGrant)
    {
        if (!_copies.TryGetValue(demand.Id, out var entry)) _copies.Add(demand.Id, entry = new Entry(++_arrivals));
        entry.Demand = demand;
        entry.AskedAtMs = nowMs;
        entry.InForce.RemoveAll(grant => grant.Number < goesByGrant);
    }

    /// <summary>The largest rate that a copy may go by at a time: a smaller grant may not have reached it yet.</summary>
    public long InForce(string id, long nowMs) => _copies.TryGetValue(id, out var entry)
        ? entry.InForce.Where(grant => grant.EndsAtMs > nowMs).Select(static grant => grant.BytesPerSecond).DefaultIfEmpty().Max() : 0;

    /// <summary>A copy has stopped: its share is free at once.</summary>
    public void Release(string id) => _copies.Remove(id);

    /// <summary>Divides anew.</summary>
    /// <param name="nowMs">Time now.</param>
    /// <param name="budgets">What there is now, of every resource.</param>
    /// <returns>A grant for each copy that asked within the time to live, in the order of admission.</returns>
    public IReadOnlyList<ShareGrant> Tick(long nowMs, IReadOnlyDictionary<string, ResourceBudget> budgets)
    {
        foreach (var (id, entry) in _copies)
        {
            entry.InForce.RemoveAll(grant => grant.EndsAtMs <= nowMs);
            if (nowMs - entry.AskedAtMs >= _timeToLiveMs && entry.InForce.Count == 0) _copies.Remove(id);
        }

        var asking = _copies.Values.Where(entry => nowMs - entry.AskedAtMs < _timeToLiveMs)
            .OrderBy(entry => entry.InForceBytesPerSecond > 0 ? 0 : 1).ThenBy(entry => entry.Arrival).ToList();
        var shares = FairShares.Divide(budgets, [.. asking.Select(entry => entry.Demand)]);
        var used = new Dictionary<string, Int128>();
        foreach (var entry in _copies.Values)
            Charge(used, entry, entry.InForceBytesPerSecond);

        var grants = new List<ShareGrant>(asking.Count);
        for (var copy = 0; copy < asking.Count; copy++)
        {
            var (entry, share) = (asking[copy], shares[copy]);
            var inForce = entry.InForceBytesPerSecond;
            var room = entry.Demand.Resources.Min(name => budgets.GetValueOrDefault(name).BytesPerSecond - used.GetValueOrDefault(name));
            var rate = (long)Int128.Clamp(inForce + room, 0, share.BytesPerSecond);
            var grant = new ShareGrant(entry.Demand.Id, ++_grants, rate, nowMs + _timeToLiveMs, share.WaitsFor);
            entry.InForce.Add(grant);
            Charge(used, entry, Math.Max(0, rate - inForce));
            grants.Add(grant);
        }

        return grants;
    }

    private static void Charge(Dictionary<string, Int128> used, Entry entry, long bytesPerSecond)
    {
        foreach (var name in entry.Demand.Resources.Distinct())
            used[name] = used.GetValueOrDefault(name) + bytesPerSecond;
    }

    private sealed class Entry(long arrival)
    {
        public long Arrival { get; } = arrival;

        public CopyDemand Demand { get; set; } = null!;

        public long AskedAtMs { get; set; }

        // At most one a tick until the time to live is over.
        public List<ShareGrant> InForce { get; } = [];

        public long InForceBytesPerSecond => InForce.Count == 0 ? 0 : InForce.Max(grant => grant.BytesPerSecond);
    }
}
