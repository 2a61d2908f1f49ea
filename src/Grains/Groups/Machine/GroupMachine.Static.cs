using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <content>Static members that come back (KIP-345).</content>
public sealed partial class GroupMachine
{
    /// <summary>
    /// The process behind an instance id restarted: the member keeps its place and its assignment under a new id, and whoever
    /// still uses the old one is fenced.
    /// </summary>
    private void Replace(long ticket, GroupJoin join, GroupMember member, string newMemberId, GroupNow now)
    {
        var oldMemberId = member.MemberId;
        var oldLeader = _leader;
        var oldProtocols = member.Protocols;
        Rename(member, newMemberId);
        Update(member, join);
        Heard(member, now);
        switch (State)
        {
            case GroupState.Stable when SelectProtocol() == _protocol:
                var answer = JoinSuccess(member) with
                {
                    // Without KIP-814 a leader that hears its own name would assign again, and nobody would take it.
                    Leader = join.SupportsSkipAssignment ? _leader! : oldLeader!,
                    SkipAssignment = join.SupportsSkipAssignment && _leader == newMemberId,
                    Members = join.SupportsSkipAssignment && _leader == newMemberId ? MembersForLeader() : [],
                };
                var write = new ReplacementWrite(ticket, member, oldMemberId, newMemberId, oldProtocols, Generation, answer);
                Write(write, [MetadataRecord(other => other.Assignment)]);
                break;
            default:
                // The leader may have the old id already, and its assignment would miss the member: start again.
                AwaitJoin(member, ticket);
                PrepareRebalance(now);
                break;
        }
    }

    private void Rename(GroupMember member, string newMemberId)
    {
        AnswerJoin(member, JoinError(member.MemberId, ErrorCode.FencedInstanceId));
        AnswerSync(member, SyncError(ErrorCode.FencedInstanceId));
        _members.Remove(member.MemberId);
        if (_leader == member.MemberId)
            _leader = newMemberId;
        member.MemberId = newMemberId;
        _members.Add(newMemberId, member);
        _memberIdOfInstance[member.InstanceId!] = newMemberId;
    }

    /// <summary>A static member's new id on its way to the log.</summary>
    private sealed class ReplacementWrite(
        long ticket,
        GroupMember member,
        string oldMemberId,
        string newMemberId,
        GroupProtocol[] oldProtocols,
        int generation,
        GroupJoinAnswer answer) : UnfinishedWrite
    {
        public override void End(GroupMachine machine, ErrorCode error, long logOffset, GroupNow now)
        {
            if (error == ErrorCode.None)
            {
                machine.Reply(ticket, answer);
                return;
            }

            // The member comes back as it was, unless something else has happened to it or to the group since.
            if (machine.State is GroupState.Stable && machine.Generation == generation
                && machine._members.GetValueOrDefault(newMemberId) == member)
            {
                machine.Rename(member, oldMemberId);
                machine.SetProtocols(member, oldProtocols);
                machine.Heard(member, now);
            }

            machine.Reply(ticket, JoinError(NoMember, GroupErrorOf(error)));
        }

        public override void Abandon(GroupMachine machine, ErrorCode error) => machine.Reply(ticket, JoinError(NoMember, error));
    }
}
