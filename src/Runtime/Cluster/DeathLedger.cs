using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>
/// Which of the silos that were declared dead have surely run their last turn. A declaration alone says nothing: the process may
/// run on, cut off, until its lease is over. It is finished when it left by itself, when its death is certain (its host refuses
/// connections to it, or another generation answers there), when a member says that it is finished, or when every lease that
/// anyone granted it is over: all holders have installed a view in which it is dead, so they grant no more, and have said how old
/// their last grant is. Those who are dead themselves say nothing: they may have granted until their own end was known. And whatever
/// anyone granted is over when the silo has had no word of the store for as long as it may go on without.
/// </summary>
/// <remarks>Times are milliseconds of this silo's monotonic clock.</remarks>
internal sealed class DeathLedger(ClusterTimings timings)
{
    private readonly HashSet<SiloAddress> _certain = [];
    private readonly Dictionary<SiloAddress, long> _finishedMs = [];
    private readonly Dictionary<SiloAddress, long> _leaseOverMs = [];
    private readonly Dictionary<SiloAddress, long> _storeOverMs = [];
    private readonly Dictionary<SiloAddress, long> _grantedMs = [];

    /// <summary>The dead of the view that are finished; members tell each other.</summary>
    public IEnumerable<SiloAddress> Finished => _finishedMs.Keys;

    public bool IsFinished(SiloAddress dead) => _finishedMs.ContainsKey(dead);

    /// <summary>Death is certain before or after anybody declares it.</summary>
    public bool IsCertain(SiloAddress silo) => _certain.Contains(silo);

    public void Install(ClusterView view, long nowMs)
    {
        Forget(_finishedMs, silo => view.IsDead(silo));
        _certain.RemoveWhere(silo => view.Find(silo) is null);
        Forget(_leaseOverMs, silo => view.IsDead(silo));
        Forget(_storeOverMs, silo => view.IsDead(silo));
        Forget(_grantedMs, silo => view.Find(silo) is not null);
        foreach (ViewMember member in view.Members)
        {
            if (member.IsLive)
            {
                continue;
            }

            if (view.IsReplaced(member))
            {
                _certain.Add(member.Silo);
            }

            if (member.LeftByItself || _certain.Contains(member.Silo))
            {
                _finishedMs.TryAdd(member.Silo, nowMs);
            }
            else
            {
                long byStoreMs = nowMs + LeftMs(member.StoreLeaseAgeMs, timings.LeaseBoundMs);
                _storeOverMs.TryAdd(member.Silo, nowMs + LeftMs(member.StoreLeaseAgeMs, timings.StoreBoundMs));
                long byMeMs = _grantedMs.TryGetValue(member.Silo, out long grantedMs) ? grantedMs + timings.LeaseBoundMs : long.MinValue;
                _leaseOverMs.TryAdd(member.Silo, Math.Max(byStoreMs, byMeMs));
            }
        }
    }

    /// <summary>This silo grants a lease to another; it must be live in the view.</summary>
    public void Granted(SiloAddress to, long nowMs) => _grantedMs[to] = nowMs;

    /// <summary>For the dead of the view that are not finished, how old this silo's last grant is, in milliseconds.</summary>
    public Dictionary<SiloAddress, long> GrantAgesMs(long nowMs)
    {
        var ages = new Dictionary<SiloAddress, long>();
        foreach (SiloAddress dead in _leaseOverMs.Keys)
        {
            if (!IsFinished(dead) && _grantedMs.TryGetValue(dead, out long grantedMs))
            {
                ages[dead] = nowMs - grantedMs;
            }
        }

        return ages;
    }

    /// <summary>The host that ran it refuses connections to it, or another generation answers there.</summary>
    /// <returns>True when it is finished now and was not.</returns>
    public bool MarkCertain(SiloAddress silo, ClusterView view, long nowMs) =>
        view.Find(silo) is { } member && _certain.Add(silo) && !member.IsLive && _finishedMs.TryAdd(silo, nowMs);

    /// <summary>A member says who is finished.</summary>
    public void LearnFinished(IEnumerable<SiloAddress> finished, ClusterView view, long nowMs)
    {
        foreach (SiloAddress dead in finished)
        {
            if (view.IsDead(dead))
            {
                _finishedMs.TryAdd(dead, nowMs);
            }
        }
    }

    /// <summary>A member that grants the dead no more says how old its last grants are.</summary>
    public void LearnGrants(IReadOnlyDictionary<SiloAddress, long> agesMs, long nowMs)
    {
        foreach ((SiloAddress dead, long ageMs) in agesMs)
        {
            if (_leaseOverMs.TryGetValue(dead, out long overMs))
            {
                _leaseOverMs[dead] = Math.Max(overMs, nowMs + LeftMs(ageMs, timings.LeaseBoundMs));
            }
        }
    }

    /// <summary>Who waits for nothing but time is finished when it is over.</summary>
    /// <param name="haveAllTold">All holders have said what they granted, and those that are not finished cannot grant each other anything.</param>
    /// <param name="nowMs">Now.</param>
    /// <returns>Who is finished now and was not.</returns>
    public SiloAddress[] Expire(bool haveAllTold, long nowMs)
    {
        long byDeadMs = _finishedMs.Count == 0 ? long.MinValue : _finishedMs.Values.Max() + timings.LeaseBoundMs;
        SiloAddress[] over =
        [
            .. _leaseOverMs
                .Where(dead => !IsFinished(dead.Key) && ((haveAllTold && nowMs >= Math.Max(dead.Value, byDeadMs)) || nowMs >= _storeOverMs[dead.Key]))
                .Select(static dead => dead.Key),
        ];
        foreach (SiloAddress dead in over)
        {
            _finishedMs[dead] = nowMs;
        }

        return over;
    }

    /// <summary>How long a lease may be in force yet that was granted so long ago, by another's clock, which may run fast.</summary>
    private long LeftMs(long ageMs, long boundMs) => Math.Max(0, boundMs - (long)(Math.Max(0, ageMs) * (1 - (2 * timings.ClockDrift))));

    private static void Forget(Dictionary<SiloAddress, long> silos, Predicate<SiloAddress> stays)
    {
        foreach (SiloAddress silo in silos.Keys)
        {
            if (!stays(silo))
            {
                silos.Remove(silo);
            }
        }
    }
}
