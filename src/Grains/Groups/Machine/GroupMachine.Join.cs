using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <content>JoinGroup.</content>
public sealed partial class GroupMachine
{
    /// <summary>Longest client id, address, instance id, protocol type and protocol name, in UTF-8 bytes.</summary>
    private const int MaxNameBytes = 4_096;

    /// <summary>
    /// A member joins or rejoins. The answer comes at once, or when the generation is known, or with an error when the member
    /// leaves or is taken for dead.
    /// </summary>
    /// <param name="ticket">Comes back with the answer, a <see cref="GroupJoinAnswer"/>.</param>
    /// <param name="join">Who joins.</param>
    /// <param name="newId">Random; becomes part of the member id when the member needs one.</param>
    /// <param name="now">The time.</param>
    public void Join(long ticket, GroupJoin join, Guid newId, GroupNow now)
    {
        ArgumentNullException.ThrowIfNull(join);
        var error = RequestError(join);
        if (error != ErrorCode.None)
            Reply(ticket, JoinError(join.MemberId, error));
        else if (!HasRoomFor(join))
            TurnAway(ticket, join, now);
        else if (join.MemberId == NoMember)
            JoinWithoutId(ticket, join, NewMemberId(join, newId), now);
        else
            JoinWithId(ticket, join, now);
        Tick(now);
    }

    private ErrorCode RequestError(GroupJoin join)
    {
        if (join.SessionTimeoutMs < _options.MinSessionTimeoutMs || join.SessionTimeoutMs > _options.MaxSessionTimeoutMs)
            return ErrorCode.InvalidSessionTimeout;
        if (State is GroupState.Dead)
            return ErrorCode.CoordinatorNotAvailable;
        if (!_options.Allows(join)
            || IsTooLong(join.ClientId, MaxNameBytes) || IsTooLong(join.ClientHost, MaxNameBytes)
            || IsTooLong(join.GroupInstanceId, MaxNameBytes) || IsTooLong(join.ProtocolType, MaxNameBytes)
            || Array.Exists(join.Protocols, protocol => IsTooLong(protocol.Name, MaxNameBytes)))
        {
            return ErrorCode.InvalidRequest;
        }

        return ErrorCode.None;
    }

    /// <summary>
    /// Whether the group may have this member: while members rejoin, those who are back count; otherwise all. A static member
    /// that restarts takes its own place.
    /// </summary>
    private bool HasRoomFor(GroupJoin join)
    {
        var known = _members.GetValueOrDefault(join.MemberId);
        if (known is null && join.GroupInstanceId is not null
            && _memberIdOfInstance.TryGetValue(join.GroupInstanceId, out var staticMemberId))
        {
            known = _members[staticMemberId];
        }

        var ownBytes = known is null ? 0 : GroupMember.BytesOf(known.Protocols);
        if (_metadataBytes - ownBytes + GroupMember.BytesOf(join.Protocols) > _options.MaxGroupMetadataBytes)
            return false;
        if (join.MemberId == NoMember && join.RequiresKnownMemberId && _pendingDeadlineMs.Count >= _options.MaxSize)
            return false;
        return State switch
        {
            GroupState.PreparingRebalance => known?.JoinTicket is not null || _joinsWaiting < _options.MaxSize,
            GroupState.CompletingRebalance or GroupState.Stable => known is not null || _members.Count < _options.MaxSize,
            _ => true,
        };
    }

    private void TurnAway(long ticket, GroupJoin join, GroupNow now)
    {
        if (_members.TryGetValue(join.MemberId, out var member)
            && MemberError(join.MemberId, join.GroupInstanceId) == ErrorCode.None)
        {
            RemoveAndRebalance(member, now);
        }
        else if (_pendingDeadlineMs.Remove(join.MemberId))
        {
            MaybeCompleteJoin(now);
        }

        Reply(ticket, JoinError(NoMember, ErrorCode.GroupMaxSizeReached));
    }

    private void JoinWithoutId(long ticket, GroupJoin join, string newMemberId, GroupNow now)
    {
        if (!Fits(join.ProtocolType, join.Protocols))
        {
            Reply(ticket, JoinError(NoMember, ErrorCode.InconsistentGroupProtocol));
        }
        else if (join.GroupInstanceId is not null)
        {
            if (_memberIdOfInstance.TryGetValue(join.GroupInstanceId, out var oldMemberId))
                Replace(ticket, join, _members[oldMemberId], newMemberId, now);
            else
                AddAndRebalance(ticket, join, newMemberId, now);
        }
        else if (join.RequiresKnownMemberId)
        {
            var deadlineMs = now.MonotonicMs + join.SessionTimeoutMs;
            _pendingDeadlineMs[newMemberId] = deadlineMs;
            WakeAt(deadlineMs);
            Reply(ticket, JoinError(newMemberId, ErrorCode.MemberIdRequired));
        }
        else
        {
            AddAndRebalance(ticket, join, newMemberId, now);
        }
    }

    private void JoinWithId(long ticket, GroupJoin join, GroupNow now)
    {
        if (!Fits(join.ProtocolType, join.Protocols))
        {
            Reply(ticket, JoinError(join.MemberId, ErrorCode.InconsistentGroupProtocol));
            return;
        }

        if (join.GroupInstanceId is null && _pendingDeadlineMs.Remove(join.MemberId))
        {
            AddAndRebalance(ticket, join, join.MemberId, now);
            return;
        }

        var error = MemberError(join.MemberId, join.GroupInstanceId);
        if (error != ErrorCode.None)
        {
            Reply(ticket, JoinError(join.MemberId, error));
            return;
        }

        Rejoin(ticket, join, _members[join.MemberId], now);
    }

    private void Rejoin(long ticket, GroupJoin join, GroupMember member, GroupNow now)
    {
        var knowsItsGeneration = State switch
        {
            // It may have missed the answer: the generation is still the right one.
            GroupState.CompletingRebalance => member.Matches(join.Protocols),
            // A leader that rejoins wants a new assignment, although nothing in its metadata says so.
            GroupState.Stable => member.MemberId != _leader && member.Matches(join.Protocols),
            _ => false,
        };
        if (knowsItsGeneration)
        {
            Reply(ticket, JoinSuccess(member));
            return;
        }

        Update(member, join);
        AwaitJoin(member, ticket);
        PrepareRebalance(now);
    }

    private void Update(GroupMember member, GroupJoin join)
    {
        SetProtocols(member, join.Protocols);
        member.ClientId = join.ClientId;
        member.ClientHost = join.ClientHost;
        member.SessionTimeoutMs = join.SessionTimeoutMs;
        member.RebalanceTimeoutMs = RebalanceTimeoutOf(join);
    }

    private void AddAndRebalance(long ticket, GroupJoin join, string memberId, GroupNow now)
    {
        if (_members.Count == 0)
            _protocolType = join.ProtocolType;
        var member = new GroupMember
        {
            MemberId = memberId,
            InstanceId = join.GroupInstanceId,
            ClientId = join.ClientId,
            ClientHost = join.ClientHost,
            SessionTimeoutMs = join.SessionTimeoutMs,
            RebalanceTimeoutMs = RebalanceTimeoutOf(join),
            Protocols = join.Protocols,
            JoinTicket = ticket,
            IsNew = true,
            Order = _nextOrder++,
        };
        Add(member);
        ExpectBy(member, now.MonotonicMs + _options.NewMemberJoinTimeoutMs);
        if (_isFirstJoin)
            _memberCameDuringFirstJoin = true;
        PrepareRebalance(now);
    }

    private static int RebalanceTimeoutOf(GroupJoin join) =>
        join.RebalanceTimeoutMs < 0 ? join.SessionTimeoutMs : join.RebalanceTimeoutMs;
}
