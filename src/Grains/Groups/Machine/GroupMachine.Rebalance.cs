using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <content>From one generation to the next.</content>
public sealed partial class GroupMachine
{
    private bool _isFirstJoin;
    private bool _memberCameDuringFirstJoin;
    private long _firstJoinRemainingMs;

    private bool HasEverybodyJoined => _joinsWaiting == _members.Count && _pendingDeadlineMs.Count == 0;

    /// <summary>Asks everybody to rejoin; a group that does so already may now have everybody.</summary>
    private void PrepareRebalance(GroupNow now)
    {
        if (State is GroupState.PreparingRebalance)
        {
            MaybeCompleteJoin(now);
            return;
        }

        foreach (var member in MembersInOrder())
        {
            member.OwesSync = false;
            if (member.SyncTicket is null)
                continue;
            AnswerSync(member, SyncError(ErrorCode.RebalanceInProgress));
            Heard(member, now);
        }

        _syncDeadlineMs = Never;
        _isFirstJoin = State is GroupState.Empty;
        _memberCameDuringFirstJoin = false;
        var delayMs = RebalanceTimeoutMs();
        if (_isFirstJoin)
        {
            _firstJoinRemainingMs = Math.Max(delayMs - _options.InitialRebalanceDelayMs, 0);
            delayMs = _options.InitialRebalanceDelayMs;
        }

        MoveTo(GroupState.PreparingRebalance, now);
        Rebalances++;
        JoinBy(now.MonotonicMs + delayMs);
        MaybeCompleteJoin(now);
    }

    private void JoinBy(long deadlineMs)
    {
        _joinDeadlineMs = deadlineMs;
        WakeAt(deadlineMs);
    }

    /// <summary>The longest time that any member wants to have for coming back.</summary>
    private int RebalanceTimeoutMs() => _members.Count == 0 ? 0 : _members.Values.Max(member => member.RebalanceTimeoutMs);

    /// <summary>Ends the waiting as soon as everybody is there; the first generation of an empty group waits for its delay.</summary>
    private void MaybeCompleteJoin(GroupNow now)
    {
        if (State is GroupState.PreparingRebalance && !_isFirstJoin && HasEverybodyJoined)
            CompleteJoin(now);
    }

    private void ExpireJoin(GroupNow now)
    {
        if (_isFirstJoin && _memberCameDuringFirstJoin && _firstJoinRemainingMs > 0)
        {
            var delayMs = Math.Min(_options.InitialRebalanceDelayMs, _firstJoinRemainingMs);
            _firstJoinRemainingMs -= delayMs;
            _memberCameDuringFirstJoin = false;
            JoinBy(now.MonotonicMs + delayMs);
            return;
        }

        CompleteJoin(now);
    }

    private void CompleteJoin(GroupNow now)
    {
        _joinDeadlineMs = Never;
        foreach (var member in MembersInOrder().Where(member => member.JoinTicket is null && member.InstanceId is null).ToArray())
            Remove(member);
        if (_members.Count > 0 && !ElectLeader())
        {
            // Only static members are left and none has come back: their session time-outs decide.
            JoinBy(now.MonotonicMs + Math.Max(1, RebalanceTimeoutMs()));
            return;
        }

        Generation++;
        _isFirstJoin = false;
        if (_members.Count == 0)
            BecomeEmpty(now);
        else
            AnswerJoins(now);
    }

    /// <summary>Keeps the leader when it has rejoined; otherwise the member that came first among those that have.</summary>
    private bool ElectLeader()
    {
        if (_leader is not null && _members[_leader].JoinTicket is not null)
            return true;
        var joined = _members.Values.Where(member => member.JoinTicket is not null).MinBy(member => member.Order);
        if (joined is null)
            return false;
        _leader = joined.MemberId;
        return true;
    }

    private void BecomeEmpty(GroupNow now)
    {
        _protocol = null;
        _leader = null;
        MoveTo(GroupState.Empty, now);
        Write(new EmptyGenerationWrite(), [MetadataRecord(_ => default)]);
    }

    private void AnswerJoins(GroupNow now)
    {
        _protocol = SelectProtocol();
        MoveTo(GroupState.CompletingRebalance, now);
        _syncDeadlineMs = now.MonotonicMs + Math.Max(1, RebalanceTimeoutMs());
        WakeAt(_syncDeadlineMs);
        foreach (var member in MembersInOrder())
        {
            AnswerJoin(member, JoinSuccess(member));
            member.IsNew = false;
            member.OwesSync = true;
            member.Assignment = default;
            Heard(member, now);
        }
    }

    private GroupJoinAnswer JoinSuccess(GroupMember member) => new()
    {
        GenerationId = Generation,
        ProtocolType = _protocolType,
        ProtocolName = _protocol,
        Leader = _leader ?? "",
        MemberId = member.MemberId,
        Members = member.MemberId == _leader ? MembersForLeader() : [],
    };

    private GroupJoinMember[] MembersForLeader() =>
    [
        .. MembersInOrder().Select(member => new GroupJoinMember
        {
            MemberId = member.MemberId,
            GroupInstanceId = member.InstanceId,
            Metadata = member.MetadataFor(_protocol),
        }),
    ];

    /// <summary>
    /// Every member votes for the first protocol of its list that all members support. Equal votes: the one that comes first
    /// in the lists of the members, in the order in which they came.
    /// </summary>
    private string? SelectProtocol()
    {
        var votes = new Dictionary<string, int>(StringComparer.Ordinal);
        string? elected = null;
        foreach (var member in MembersInOrder())
        {
            foreach (var protocol in member.Protocols)
            {
                if (_supporters.GetValueOrDefault(protocol.Name) != _members.Count)
                    continue;
                votes[protocol.Name] = votes.GetValueOrDefault(protocol.Name) + 1;
                elected ??= protocol.Name;
                break;
            }
        }

        foreach (var (name, count) in votes)
        {
            if (count > votes[elected!])
                elected = name;
        }

        return elected;
    }

    /// <summary>Whether somebody with these protocols can be in this group.</summary>
    private bool Fits(string protocolType, GroupProtocol[] protocols)
    {
        if (protocolType.Length == 0 || protocols.Length == 0)
            return false;
        if (_members.Count == 0)
            return State is GroupState.Empty || _protocolType is null || protocolType == _protocolType;
        return protocolType == _protocolType
            && Array.Exists(protocols, protocol => _supporters.GetValueOrDefault(protocol.Name) == _members.Count);
    }

    /// <summary>An empty generation on its way to the log. When it fails, the one before comes back after a restart and expires.</summary>
    private sealed class EmptyGenerationWrite : UnfinishedWrite
    {
        public override void End(GroupMachine machine, ErrorCode error, long logOffset, GroupNow now)
        {
        }
    }
}
