using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <content>SyncGroup.</content>
public sealed partial class GroupMachine
{
    private AssignmentWrite? _assignmentUnderWay;

    /// <summary>
    /// A member asks for its assignment. The answer comes when the leader's assignments are durable, at once when they are
    /// already, or with an error when the group starts over.
    /// </summary>
    /// <param name="ticket">Comes back with the answer, a <see cref="GroupSyncAnswer"/>.</param>
    /// <param name="sync">Who asks, and from the leader everybody's assignment.</param>
    /// <param name="now">The time.</param>
    public void Sync(long ticket, GroupSync sync, GroupNow now)
    {
        ArgumentNullException.ThrowIfNull(sync);
        var error = SyncErrorOf(sync);
        if (error != ErrorCode.None)
            Reply(ticket, SyncError(error));
        else
            Accept(ticket, sync, _members[sync.MemberId], now);
        Tick(now);
    }

    private ErrorCode SyncErrorOf(GroupSync sync)
    {
        if (State is GroupState.Dead)
            return ErrorCode.CoordinatorNotAvailable;
        var error = MemberError(sync.MemberId, sync.GroupInstanceId);
        if (error != ErrorCode.None)
            return error;
        if (sync.GenerationId != Generation)
            return ErrorCode.IllegalGeneration;
        if (State is GroupState.PreparingRebalance)
            return ErrorCode.RebalanceInProgress;
        if ((sync.ProtocolType is not null && sync.ProtocolType != _protocolType)
            || (sync.ProtocolName is not null && sync.ProtocolName != _protocol))
        {
            return ErrorCode.InconsistentGroupProtocol;
        }

        if (State is GroupState.CompletingRebalance && sync.MemberId != _leader && !_options.Allows(sync))
            return ErrorCode.InvalidRequest;
        return ErrorCode.None;
    }

    private void Accept(long ticket, GroupSync sync, GroupMember member, GroupNow now)
    {
        member.OwesSync = false;
        if (State is GroupState.Stable)
        {
            Reply(ticket, SyncSuccess(member));
            Heard(member, now);
            return;
        }

        AwaitSync(member, ticket);

        // A leader that asks twice for one generation is answered by its first assignment, which may be on the disk by now.
        if (member.MemberId == _leader && _assignmentUnderWay?.Generation != Generation)
            Store(sync.Assignments);
    }

    private void Store(GroupAssignment[] assignments)
    {
        var given = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var assignment in assignments)
        {
            if (_members.ContainsKey(assignment.MemberId))
                given[assignment.MemberId] = assignment.Assignment;
        }

        _assignmentUnderWay = new AssignmentWrite(Generation, given);
        Write(_assignmentUnderWay, [MetadataRecord(member => given.GetValueOrDefault(member.MemberId))]);
    }

    private GroupSyncAnswer SyncSuccess(GroupMember member) =>
        new() { ProtocolType = _protocolType, ProtocolName = _protocol, Assignment = member.Assignment };

    /// <summary>The leader's assignments on their way to the log; until they are there, nobody has them.</summary>
    private sealed class AssignmentWrite(int generation, Dictionary<string, ReadOnlyMemory<byte>> given) : UnfinishedWrite
    {
        public int Generation => generation;

        public override void End(GroupMachine machine, ErrorCode error, long logOffset, GroupNow now)
        {
            if (machine._assignmentUnderWay == this)
                machine._assignmentUnderWay = null;

            // Somebody joined or left meanwhile: the group starts over, and those who waited know.
            if (machine.State is not GroupState.CompletingRebalance || machine.Generation != generation)
                return;
            if (error == ErrorCode.None)
                Distribute(machine, now);
            else
                StartOver(machine, GroupErrorOf(error), now);
        }

        private void Distribute(GroupMachine machine, GroupNow now)
        {
            machine.MoveTo(GroupState.Stable, now);
            foreach (var member in machine.MembersInOrder())
            {
                member.Assignment = given.GetValueOrDefault(member.MemberId);
                if (member.SyncTicket is null)
                    continue;
                machine.AnswerSync(member, machine.SyncSuccess(member));
                machine.Heard(member, now);
            }
        }

        private static void StartOver(GroupMachine machine, ErrorCode error, GroupNow now)
        {
            foreach (var member in machine.MembersInOrder().Where(member => member.SyncTicket is not null))
            {
                machine.AnswerSync(member, SyncError(error));
                machine.Heard(member, now);
            }

            machine.PrepareRebalance(now);
        }
    }
}
