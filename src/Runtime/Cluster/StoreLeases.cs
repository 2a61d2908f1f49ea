using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>
/// What the table says of the leases of others, for a silo that reads it again and again. That a lease was not renewed says
/// something only of the time in which this silo itself reached the table: after an outage of the table nobody has renewed.
/// </summary>
/// <remarks>
/// Times are milliseconds of this silo's monotonic clock. The store's clock may step, so its word is not taken for how old a lease is. A
/// renewal that was there at the last look is as old as it was, and the time since. One that was not is younger than that look; and it
/// happened when the store's clock says so, counted back from this look and forward from the last one: when that clock has stepped
/// in between, the later of the two is not too early. At the first look every renewal is new, whatever age the store gives it: a silo
/// that starts learns from those who were there, or waits.
/// </remarks>
internal sealed class StoreLeases(ClusterTimings timings)
{
    private Dictionary<SiloAddress, Seen> _renewed = [];
    private long _sinceMs;
    private long? _readMs;

    /// <summary>The table was read; all its members are in the view with the ages of their leases.</summary>
    /// <returns>The view, with the ages that they have by this silo's clock.</returns>
    public ClusterView Read(ClusterView view, long nowMs)
    {
        if (_readMs is null || _readMs < nowMs - timings.StoreReadGapMs)
        {
            _sinceMs = nowMs;
        }

        var renewed = new Dictionary<SiloAddress, Seen>();
        foreach (ViewMember member in view.Members)
        {
            long byStoreMs = nowMs - Math.Max(0, member.StoreLeaseAgeMs);
            renewed[member.Silo] = new Seen(member.Renewal, byStoreMs, RenewedAtMs(member, byStoreMs, nowMs));
        }

        _renewed = renewed;
        _readMs = nowMs;
        return view with { Members = [.. view.Members.Select(member => member with { StoreLeaseAgeMs = nowMs - renewed[member.Silo].AtMs })] };
    }

    private long RenewedAtMs(ViewMember member, long byStoreMs, long nowMs)
    {
        if (_readMs is not { } readMs || !_renewed.TryGetValue(member.Silo, out Seen known))
        {
            return nowMs;
        }

        if (known.Renewal == member.Renewal)
        {
            return known.AtMs;
        }

        long sinceLastLookMs = known.ByStoreMs + ((member.Renewal - known.Renewal) / TimeSpan.TicksPerMillisecond);
        return Math.Clamp(Math.Max(byStoreMs, sinceLastLookMs), readMs, nowMs);
    }

    /// <summary>
    /// True when the silo has not renewed its lease for <see cref="ClusterTimings.StoreSilenceMs"/> in which this silo has read the
    /// table without a gap.
    /// </summary>
    public bool IsSilent(SiloAddress silo, long nowMs) =>
        _renewed.TryGetValue(silo, out Seen renewed)
        && nowMs - _readMs <= timings.StoreReadGapMs
        && _readMs - Math.Max(renewed.AtMs, _sinceMs) >= timings.StoreSilenceMs;

    /// <summary>True when the silo had no word of the store for longer than it may go on without: it runs no turns.</summary>
    public bool IsOver(SiloAddress silo) => _renewed.TryGetValue(silo, out Seen renewed) && _readMs - renewed.AtMs >= timings.StoreBoundMs;

    /// <param name="Renewal">Which renewal it is, as ticks of the clock that stamped it.</param>
    /// <param name="ByStoreMs">When it happened if the store's clock is right at this look.</param>
    /// <param name="AtMs">When it happened at the latest.</param>
    private readonly record struct Seen(long Renewal, long ByStoreMs, long AtMs);
}
