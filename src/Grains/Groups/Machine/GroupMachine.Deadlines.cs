namespace Actors.Grains.Groups;

/// <content>What happens when nothing happens.</content>
public sealed partial class GroupMachine
{
    /// <summary>No deadline.</summary>
    public const long Never = long.MaxValue;

    private long _joinDeadlineMs = Never;
    private long _syncDeadlineMs = Never;

    /// <summary>
    /// When <see cref="Tick"/> wants to be called, in milliseconds of the monotonic clock; <see cref="Never"/> without
    /// deadlines. It may be too early, because a heartbeat does not move it; it is never too late.
    /// </summary>
    public long NextTickMs { get; private set; } = Never;

    /// <summary>Does what is due: members that were not heard, rebalances that waited long enough.</summary>
    public void Tick(GroupNow now)
    {
        while (NextTickMs <= now.MonotonicMs)
        {
            ExpirePending(now);
            ExpireMembers(now);
            if (_syncDeadlineMs <= now.MonotonicMs)
                ExpireSync(now);
            if (_joinDeadlineMs <= now.MonotonicMs)
                ExpireJoin(now);
            NextTickMs = EarliestDeadline();
        }
    }

    private void Heard(GroupMember member, GroupNow now) => ExpectBy(member, now.MonotonicMs + member.SessionTimeoutMs);

    private void ExpectBy(GroupMember member, long deadlineMs)
    {
        member.DeadlineMs = deadlineMs;
        WakeAt(deadlineMs);
    }

    private void WakeAt(long deadlineMs) => NextTickMs = Math.Min(NextTickMs, deadlineMs);

    private long EarliestDeadline()
    {
        var earliest = Math.Min(_joinDeadlineMs, _syncDeadlineMs);
        foreach (var deadlineMs in _pendingDeadlineMs.Values)
            earliest = Math.Min(earliest, deadlineMs);
        foreach (var member in _members.Values)
        {
            if (member.CanExpire)
                earliest = Math.Min(earliest, member.DeadlineMs);
        }

        return earliest;
    }

    private void ExpirePending(GroupNow now)
    {
        var gone = _pendingDeadlineMs.Where(pending => pending.Value <= now.MonotonicMs).Select(pending => pending.Key).ToArray();
        foreach (var memberId in gone)
            _pendingDeadlineMs.Remove(memberId);
        if (gone.Length > 0)
            MaybeCompleteJoin(now);
    }

    private void ExpireMembers(GroupNow now)
    {
        var gone = _members.Values
            .Where(member => member.CanExpire && member.DeadlineMs <= now.MonotonicMs)
            .OrderBy(member => member.Order)
            .ToArray();
        foreach (var member in gone)
        {
            // The first removal may have completed a rebalance, which gives everybody a new deadline.
            if (_members.ContainsKey(member.MemberId) && member.CanExpire && member.DeadlineMs <= now.MonotonicMs)
                RemoveAndRebalance(member, now);
        }
    }

    /// <summary>Members that have their generation and never fetched their assignment hold everybody up: they go.</summary>
    private void ExpireSync(GroupNow now)
    {
        _syncDeadlineMs = Never;
        var late = _members.Values.Where(member => member.OwesSync).OrderBy(member => member.Order).ToArray();
        if (late.Length == 0 || State is not (GroupState.CompletingRebalance or GroupState.Stable))
            return;
        foreach (var member in late)
            Remove(member);
        PrepareRebalance(now);
    }
}
