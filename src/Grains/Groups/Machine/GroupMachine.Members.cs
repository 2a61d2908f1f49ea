using System.Globalization;
using System.Text;
using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <content>Who is in the group.</content>
public sealed partial class GroupMachine
{
    /// <summary>Longest part of a client id that becomes the front of a member id.</summary>
    private const int MaxMemberIdPrefixLength = 200;

    /// <summary>A member says that it lives.</summary>
    /// <returns>None; RebalanceInProgress: rejoin; UnknownMemberId, IllegalGeneration, FencedInstanceId: start over.</returns>
    public ErrorCode Heartbeat(GroupHeartbeat heartbeat, GroupNow now)
    {
        ArgumentNullException.ThrowIfNull(heartbeat);
        var error = HeartbeatError(heartbeat);
        if (error is ErrorCode.None or ErrorCode.RebalanceInProgress)
            Heard(_members[heartbeat.MemberId], now);
        Tick(now);
        return error;
    }

    /// <summary>Members leave; each gets an error of its own.</summary>
    public GroupLeaveAnswer Leave(GroupLeave leave, GroupNow now)
    {
        ArgumentNullException.ThrowIfNull(leave);
        if (State is GroupState.Dead)
            return new GroupLeaveAnswer { ErrorCode = (short)ErrorCode.CoordinatorNotAvailable };
        var errors = new short[leave.Members.Length];
        for (var index = 0; index < errors.Length; index++)
            errors[index] = (short)LeaveOne(leave.Members[index], now);
        Tick(now);
        return new GroupLeaveAnswer { MemberErrorCodes = errors };
    }

    private ErrorCode HeartbeatError(GroupHeartbeat heartbeat)
    {
        if (State is GroupState.Dead)
            return ErrorCode.CoordinatorNotAvailable;
        var error = MemberError(heartbeat.MemberId, heartbeat.GroupInstanceId);
        if (error != ErrorCode.None)
            return error;
        if (heartbeat.GenerationId != Generation)
            return ErrorCode.IllegalGeneration;
        return State is GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    private ErrorCode LeaveOne(GroupLeavingMember leaving, GroupNow now)
    {
        if (leaving.MemberId == NoMember)
        {
            if (leaving.GroupInstanceId is null
                || !_memberIdOfInstance.TryGetValue(leaving.GroupInstanceId, out var staticMemberId))
            {
                return ErrorCode.UnknownMemberId;
            }

            RemoveAndRebalance(_members[staticMemberId], now);
            return ErrorCode.None;
        }

        if (_pendingDeadlineMs.Remove(leaving.MemberId))
        {
            MaybeCompleteJoin(now);
            return ErrorCode.None;
        }

        var error = MemberError(leaving.MemberId, leaving.GroupInstanceId);
        if (error == ErrorCode.None)
            RemoveAndRebalance(_members[leaving.MemberId], now);
        return error;
    }

    /// <summary>Whether a request may speak for this member.</summary>
    private ErrorCode MemberError(string memberId, string? instanceId)
    {
        if (instanceId is not null)
        {
            if (!_memberIdOfInstance.TryGetValue(instanceId, out var current))
                return ErrorCode.UnknownMemberId;
            if (current != memberId)
                return ErrorCode.FencedInstanceId;
        }

        return _members.ContainsKey(memberId) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }

    private IEnumerable<GroupMember> MembersInOrder() => _members.Values.OrderBy(member => member.Order);

    private void Add(GroupMember member)
    {
        _members.Add(member.MemberId, member);
        if (member.InstanceId is not null)
            _memberIdOfInstance[member.InstanceId] = member.MemberId;
        if (member.JoinTicket is not null)
            _joinsWaiting++;
        _leader ??= member.MemberId;
        Count(member.Protocols, 1);
    }

    private void Remove(GroupMember member)
    {
        AnswerJoin(member, JoinError(NoMember, ErrorCode.UnknownMemberId));
        AnswerSync(member, SyncError(ErrorCode.UnknownMemberId));
        _members.Remove(member.MemberId);
        if (member.InstanceId is not null)
            _memberIdOfInstance.Remove(member.InstanceId);
        Count(member.Protocols, -1);
        if (_leader == member.MemberId)
            _leader = _members.Values.MinBy(other => other.Order)?.MemberId;
    }

    private void RemoveAndRebalance(GroupMember member, GroupNow now)
    {
        Remove(member);
        PrepareRebalance(now);
    }

    private void SetProtocols(GroupMember member, GroupProtocol[] protocols)
    {
        Count(member.Protocols, -1);
        member.Protocols = protocols;
        Count(protocols, 1);
    }

    private void Count(GroupProtocol[] protocols, int by)
    {
        _metadataBytes += by * GroupMember.BytesOf(protocols);
        for (var index = 0; index < protocols.Length; index++)
        {
            var name = protocols[index].Name;
            if (IsRepeated(protocols, index))
                continue;
            var count = _supporters.GetValueOrDefault(name) + by;
            if (count == 0)
                _supporters.Remove(name);
            else
                _supporters[name] = count;
        }
    }

    private static bool IsRepeated(GroupProtocol[] protocols, int index)
    {
        for (var before = 0; before < index; before++)
        {
            if (protocols[before].Name == protocols[index].Name)
                return true;
        }

        return false;
    }

    private void AwaitJoin(GroupMember member, long ticket)
    {
        AnswerJoin(member, JoinError(member.MemberId, ErrorCode.RebalanceInProgress));
        member.JoinTicket = ticket;
        _joinsWaiting++;
    }

    private void AnswerJoin(GroupMember member, GroupJoinAnswer answer)
    {
        if (member.JoinTicket is not { } ticket)
            return;
        member.JoinTicket = null;
        _joinsWaiting--;
        Reply(ticket, answer);
    }

    private void AwaitSync(GroupMember member, long ticket)
    {
        AnswerSync(member, SyncError(ErrorCode.RebalanceInProgress));
        member.SyncTicket = ticket;
    }

    private void AnswerSync(GroupMember member, GroupSyncAnswer answer)
    {
        if (member.SyncTicket is not { } ticket)
            return;
        member.SyncTicket = null;
        Reply(ticket, answer);
    }

    private static string NewMemberId(GroupJoin join, Guid id)
    {
        var prefix = join.GroupInstanceId ?? join.ClientId;
        var length = Math.Min(prefix.Length, MaxMemberIdPrefixLength);
        if (length > 0 && length < prefix.Length && char.IsHighSurrogate(prefix[length - 1]))
            length--;
        return string.Create(CultureInfo.InvariantCulture, $"{prefix.AsSpan(0, length)}-{id:D}");
    }

    private static bool IsTooLong(string? text, int maxBytes) => text is not null && Encoding.UTF8.GetByteCount(text) > maxBytes;
}
