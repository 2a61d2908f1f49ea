using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Grains.Groups;

/// <summary>
/// Records of <c>__consumer_offsets</c> in Kafka's own format, so that Kafka's tools read ours and ours could follow Kafka's.
/// </summary>
/// <remarks>
/// Written as Kafka 3 and 4 write for the classic protocol: offsets under key version 1 with value version 3, or 1 when the
/// commit brought a retention of its own; generations under key version 2 with value version 3. All versions are read.
/// </remarks>
public static class GroupRecordCodec
{
    private const short OffsetKeyVersion = 1;
    private const short OffsetValueVersion = 3;
    private const short ExpiringOffsetValueVersion = 1;
    private const short MetadataKeyVersion = 2;
    private const short MetadataValueVersion = 3;

    /// <summary>The record as bytes.</summary>
    /// <exception cref="MessageEncodingException">A string is longer than 32,767 bytes.</exception>
    public static GroupLogEntry Encode(GroupRecord record) => record switch
    {
        GroupOffsetRecord offset => new GroupLogEntry(
            VersionedRecord.ToArray(
                new OffsetCommitKey { Group = offset.GroupId, Topic = offset.Partition.Topic, Partition = offset.Partition.Partition },
                OffsetKeyVersion),
            offset.Offset is null ? default(ReadOnlyMemory<byte>?) : ValueOf(offset.Offset)),
        GroupMetadataRecord metadata => new GroupLogEntry(
            VersionedRecord.ToArray(new GroupMetadataKey { Group = metadata.GroupId }, MetadataKeyVersion),
            metadata.Metadata is null ? default(ReadOnlyMemory<byte>?) : ValueOf(metadata.Metadata)),
        _ => throw new ArgumentException($"A {record?.GetType().Name} has no bytes.", nameof(record)),
    };

    /// <summary>Reads a record.</summary>
    /// <param name="entry">The bytes; the record keeps slices of the value.</param>
    /// <param name="record">The record when the answer is <see cref="GroupRecordKind.Known"/>, otherwise null.</param>
    public static GroupRecordKind TryDecode(GroupLogEntry entry, out GroupRecord? record)
    {
        record = null;
        if (!VersionedRecord.TryReadVersion(entry.Key.Span, out var version))
            return GroupRecordKind.Malformed;
        record = version switch
        {
            0 or OffsetKeyVersion => OffsetOf(entry),
            MetadataKeyVersion => MetadataOf(entry),
            _ => null,
        };
        if (record is not null)
            return GroupRecordKind.Known;
        return version is >= 0 and <= MetadataKeyVersion ? GroupRecordKind.Malformed : GroupRecordKind.Foreign;
    }

    private static byte[] ValueOf(CommittedOffset offset) => VersionedRecord.ToArray(
        new OffsetCommitValue
        {
            Offset = offset.Offset,
            LeaderEpoch = offset.LeaderEpoch,
            Metadata = offset.Metadata,
            CommitTimestamp = offset.CommitTimestampMs,
            ExpireTimestamp = offset.ExpireTimestampMs,
        },
        offset.ExpireTimestampMs < 0 ? OffsetValueVersion : ExpiringOffsetValueVersion);

    private static byte[] ValueOf(GroupMetadata metadata) => VersionedRecord.ToArray(
        new GroupMetadataValue
        {
            ProtocolType = metadata.ProtocolType,
            Generation = metadata.Generation,
            Protocol = metadata.Protocol,
            Leader = metadata.Leader,
            CurrentStateTimestamp = metadata.StateTimestampMs,
            Members = [.. metadata.Members.Select(member => new GroupMetadataValue.MemberMetadata
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.GroupInstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                RebalanceTimeout = member.RebalanceTimeoutMs,
                SessionTimeout = member.SessionTimeoutMs,
                Subscription = member.Subscription,
                Assignment = member.Assignment,
            })],
        },
        MetadataValueVersion);

    private static GroupOffsetRecord? OffsetOf(GroupLogEntry entry)
    {
        if (!VersionedRecord.TryRead<OffsetCommitKey>(entry.Key, out var key))
            return null;
        var partition = new GroupTopicPartition(key.Topic, key.Partition);
        if (entry.Value is not { } bytes)
            return new GroupOffsetRecord(key.Group, partition, null);
        if (!VersionedRecord.TryRead<OffsetCommitValue>(bytes, out var value))
            return null;
        return new GroupOffsetRecord(key.Group, partition, new CommittedOffset
        {
            Offset = value.Offset,
            LeaderEpoch = value.LeaderEpoch,
            Metadata = value.Metadata,
            CommitTimestampMs = value.CommitTimestamp,
            ExpireTimestampMs = value.ExpireTimestamp,
        });
    }

    private static GroupMetadataRecord? MetadataOf(GroupLogEntry entry)
    {
        if (!VersionedRecord.TryRead<GroupMetadataKey>(entry.Key, out var key))
            return null;
        if (entry.Value is not { } bytes)
            return new GroupMetadataRecord(key.Group, null);
        if (!VersionedRecord.TryRead<GroupMetadataValue>(bytes, out var value))
            return null;
        return new GroupMetadataRecord(key.Group, new GroupMetadata
        {
            ProtocolType = value.ProtocolType,
            Generation = value.Generation,
            Protocol = value.Protocol,
            Leader = value.Leader,
            StateTimestampMs = value.CurrentStateTimestamp,
            Members = [.. value.Members.Select(member => new GroupMemberMetadata
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.GroupInstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                RebalanceTimeoutMs = member.RebalanceTimeout,
                SessionTimeoutMs = member.SessionTimeout,
                Subscription = member.Subscription,
                Assignment = member.Assignment,
            })],
        });
    }
}
