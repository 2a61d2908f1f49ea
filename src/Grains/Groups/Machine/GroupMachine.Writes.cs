using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <content>What has been asked of the log and not been heard of.</content>
public sealed partial class GroupMachine
{
    /// <summary>Tells how a write of <see cref="TakeWrites"/> ended; once per write, in the order of the writes.</summary>
    /// <param name="writeId">The write's id.</param>
    /// <param name="error">None when it is durable; otherwise the log's own error: it failed, or nobody knows.</param>
    /// <param name="logOffset">The base offset of its batch; read only when it is durable.</param>
    /// <param name="now">The time.</param>
    public void WriteEnded(long writeId, ErrorCode error, long logOffset, GroupNow now)
    {
        if (!_unfinished.Remove(writeId, out var write))
            return;
        write.End(this, error, logOffset, now);
        Tick(now);
    }

    private void Write(UnfinishedWrite unfinished, GroupRecord[] records)
    {
        var id = _nextWriteId++;
        _unfinished.Add(id, unfinished);
        _writes.Add(new GroupWrite(id, records));
    }

    private GroupMetadataRecord MetadataRecord(Func<GroupMember, ReadOnlyMemory<byte>> assignment) => new(GroupId, new GroupMetadata
    {
        ProtocolType = _protocolType ?? "",
        Generation = Generation,
        Protocol = _protocol,
        Leader = _leader,
        StateTimestampMs = _stateTimestampMs,
        Members = [.. MembersInOrder().Select(member => new GroupMemberMetadata
        {
            MemberId = member.MemberId,
            GroupInstanceId = member.InstanceId,
            ClientId = member.ClientId,
            ClientHost = member.ClientHost,
            RebalanceTimeoutMs = member.RebalanceTimeoutMs,
            SessionTimeoutMs = member.SessionTimeoutMs,
            Subscription = member.MetadataFor(_protocol),
            Assignment = assignment(member),
        })],
    });

    /// <summary>The log's error as clients of the group APIs know it.</summary>
    private static ErrorCode GroupErrorOf(ErrorCode logError) => logError switch
    {
        ErrorCode.UnknownTopicOrPartition or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend
            => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.NotLeaderOrFollower or ErrorCode.KafkaStorageError => ErrorCode.NotCoordinator,
        ErrorCode.RequestTimedOut => ErrorCode.RebalanceInProgress,
        ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge => ErrorCode.UnknownServerError,
        _ => logError,
    };

    /// <summary>The log's error as clients of OffsetCommit know it.</summary>
    private static ErrorCode CommitErrorOf(ErrorCode logError) => logError switch
    {
        ErrorCode.UnknownTopicOrPartition or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend
            or ErrorCode.RequestTimedOut => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.NotLeaderOrFollower or ErrorCode.KafkaStorageError => ErrorCode.NotCoordinator,
        ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge => ErrorCode.InvalidCommitOffsetSize,
        _ => logError,
    };

    /// <summary>What the machine does when a write has ended.</summary>
    private abstract class UnfinishedWrite
    {
        /// <summary>The write is durable (no error), or failed, or nobody knows.</summary>
        public abstract void End(GroupMachine machine, ErrorCode error, long logOffset, GroupNow now);

        /// <summary>The coordinator goes away before the write has ended.</summary>
        public virtual void Abandon(GroupMachine machine, ErrorCode error)
        {
        }
    }
}
