using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>
/// What the table says of the leases of others, for a silo that reads it again and again. That a lease was not renewed says
/// something only of the time in which this silo itself reached the table: after an outage of the table nobody has renewed.
/// </summary>
/// <remarks>
/// Times are milliseconds of this silo's monotonic clock. The store's clock may step, so it is believed only between two looks of this
/// silo: a renewal that was not there at the last look is younger than that look, and one that was there is as old as it was, and the
/// time since. At the first look every renewal is new, whatever age the store gives it: a silo that starts learns from those who were
/// there, or waits.
/// </remarks>
internal sealed class StoreLeases(ClusterTimings timings)
{
    private Dictionary<SiloAddress, (long Renewal, long AtMs)> _renewed = [];
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

        var renewed = new Dictionary<SiloAddress, (long Renewal, long AtMs)>();
        foreach (ViewMember member in view.Members)
        {
            renewed[member.Silo] = _renewed.TryGetValue(member.Silo, out var known) && known.Renewal == member.Renewal
                ? known
                : (member.Renewal, Math.Max(nowMs - Math.Max(0, member.StoreLeaseAgeMs), _readMs ?? nowMs));
        }

        _renewed = renewed;
        _readMs = nowMs;
        return view with { Members = [.. view.Members.Select(member => member with { StoreLeaseAgeMs = nowMs - renewed[member.Silo].AtMs })] };
    }

    /// <summary>
    /// True when the silo has not renewed its lease for <see cref="ClusterTimings.StoreSilenceMs"/> in which this silo has read the
    /// table without a gap.
    /// </summary>
    public bool IsSilent(SiloAddress silo, long nowMs) =>
        _renewed.TryGetValue(silo, out var renewed)
        && nowMs - _readMs <= timings.StoreReadGapMs
        && _readMs - Math.Max(renewed.AtMs, _sinceMs) >= timings.StoreSilenceMs;

    /// <summary>True when the silo had no word of the store for longer than it may go on without: it runs no turns.</summary>
    public bool IsOver(SiloAddress silo) => _renewed.TryGetValue(silo, out var renewed) && _readMs - renewed.AtMs >= timings.StoreBoundMs;
}
