using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>
/// What the table says of the leases of others, for a silo that reads it again and again. That a lease was not renewed says
/// something only of the time in which this silo itself reached the table: after an outage of the table nobody has renewed.
/// </summary>
/// <remarks>Times are milliseconds of this silo's monotonic clock.</remarks>
internal sealed class StoreLeases(ClusterTimings timings)
{
    private readonly Dictionary<SiloAddress, long> _renewedMs = [];
    private long _sinceMs;
    private long _readMs = long.MinValue;

    /// <summary>The table was read; all its members are in the view with the ages of their leases.</summary>
    public void Read(ClusterView view, long nowMs)
    {
        if (_readMs < nowMs - timings.StoreReadGapMs)
        {
            _sinceMs = nowMs;
        }

        _readMs = nowMs;
        _renewedMs.Clear();
        foreach (ViewMember member in view.Members)
        {
            _renewedMs[member.Silo] = nowMs - member.StoreLeaseAgeMs;
        }
    }

    /// <summary>
    /// True when the silo has not renewed its lease for <see cref="ClusterTimings.StoreSilenceMs"/> in which this silo has read the
    /// table without a gap.
    /// </summary>
    public bool IsSilent(SiloAddress silo, long nowMs) =>
        _renewedMs.TryGetValue(silo, out long renewedMs)
        && nowMs - _readMs <= timings.StoreReadGapMs
        && _readMs - Math.Max(renewedMs, _sinceMs) >= timings.StoreSilenceMs;

    /// <summary>True when the silo had no word of the store for longer than it may go on without: it runs no turns.</summary>
    public bool IsOver(SiloAddress silo) => _renewedMs.TryGetValue(silo, out long renewedMs) && _readMs - renewedMs >= timings.StoreBoundMs;
}
