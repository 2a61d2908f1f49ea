using Actors.Kafka.Messages;

namespace Actors.Kafka.Tests.Golden;

/// <summary>Records of the internal topics, byte for byte: they are on disks.</summary>
public sealed class VersionedRecordTests
{
    [Fact]
    public void Offset_commit_key() => Check(
        new OffsetCommitKey { Group = "g1", Topic = "t", Partition = 5 }, 1, "0001 0002 6731 0001 74 00000005");

    [Fact]
    public void Offset_commit_value_version_3() => Check(
        new OffsetCommitValue { Offset = 42, LeaderEpoch = 7, Metadata = "m", CommitTimestamp = 1 },
        3,
        "0003 000000000000002a 00000007 0001 6d 0000000000000001");

    [Fact]
    public void Offset_commit_value_version_1_has_an_expiry() => Check(
        new OffsetCommitValue { Offset = 42, Metadata = "", CommitTimestamp = 1, ExpireTimestamp = 2 },
        1,
        "0001 000000000000002a 0000 0000000000000001 0000000000000002");

    [Fact]
    public void Offset_commit_value_version_4_is_flexible() => Check(
        new OffsetCommitValue { Offset = 42, LeaderEpoch = 7, Metadata = "m", CommitTimestamp = 1 },
        4,
        "0004 000000000000002a 00000007 02 6d 0000000000000001 00");

    [Fact]
    public void Group_metadata_key() => Check(new GroupMetadataKey { Group = "g1" }, 2, "0002 0002 6731");

    [Fact]
    public void Group_metadata_value_version_3() => Check(
        new GroupMetadataValue
        {
            ProtocolType = "consumer",
            Generation = 3,
            Protocol = "range",
            Leader = "a",
            CurrentStateTimestamp = 9,
            Members =
            [
                new()
                {
                    MemberId = "a",
                    GroupInstanceId = null,
                    ClientId = "c",
                    ClientHost = "/h",
                    RebalanceTimeout = 300,
                    SessionTimeout = 10,
                    Subscription = new byte[] { 1, 2 },
                    Assignment = new byte[] { 3 },
                },
            ],
        },
        3,
        "0003 0008 636f6e73756d6572 00000003 0005 72616e6765 0001 61 0000000000000009 00000001"
        + "0001 61 ffff 0001 63 0002 2f68 0000012c 0000000a 00000002 0102 00000001 03");

    [Fact]
    public void Consumer_subscription_version_1() => Check(
        new ConsumerProtocolSubscription { Topics = ["t"], UserData = null, OwnedPartitions = [new() { Topic = "t", Partitions = [0, 1] }] },
        1,
        "0001 00000001 0001 74 ffffffff 00000001 0001 74 00000002 00000000 00000001");

    [Fact]
    public void Consumer_assignment_version_0() => Check(
        new ConsumerProtocolAssignment { AssignedPartitions = [new() { Topic = "t", Partitions = [2] }], UserData = ReadOnlyMemory<byte>.Empty },
        0,
        "0000 00000001 0001 74 00000001 00000002 00000000");

    [Fact]
    public void Transaction_log_value_version_1_tags_what_is_new() => Check(
        new TransactionLogValue
        {
            ProducerId = 5,
            PreviousProducerId = 4,
            ProducerEpoch = 1,
            TransactionTimeoutMs = 60,
            TransactionStatus = 2,
            TransactionPartitions = [new() { Topic = "t", PartitionIds = [1] }],
            TransactionLastUpdateTimestampMs = 8,
            TransactionStartTimestampMs = 9,
            ClientTransactionVersion = 2,
        },
        1,
        "0001 0000000000000005 0001 0000003c 02 02 02 74 02 00000001 00 0000000000000008 0000000000000009"
        + "02 00 08 0000000000000004 02 02 0002");

    [Fact]
    public void A_nullable_tagged_struct_has_its_marker_within_its_size() => Check(
        new ConsumerGroupMemberMetadataValue
        {
            InstanceId = null,
            RackId = null,
            ClientId = "c",
            ClientHost = "h",
            SubscribedTopicRegex = null,
            RebalanceTimeoutMs = 1,
            ServerAssignor = null,
            ClassicMemberMetadata = new() { SessionTimeoutMs = 2, SupportedProtocols = [] },
        },
        0,
        "0000 00 00 02 63 02 68 01 00 00000001 00 01 00 07 01 00000002 01 00");

    [Fact]
    public void A_newer_subscription_is_read_as_the_newest_known_one()
    {
        var bytes = VersionedRecord.ToArray(new ConsumerProtocolSubscription { Topics = ["t"], GenerationId = 4, RackId = "r" }, 3);
        byte[] newer = [.. bytes, 1, 2, 3];
        newer[1] = 9;
        Assert.False(VersionedRecord.TryRead<ConsumerProtocolSubscription>(newer, out _));
        Assert.True(VersionedRecord.TryReadNewer<ConsumerProtocolSubscription>(newer, out var subscription));
        Assert.Equal(("t", 4, "r"), (Assert.Single(subscription.Topics), subscription.GenerationId, subscription.RackId));
    }

    [Fact]
    public void What_is_too_short_negative_or_of_another_record_is_not_read()
    {
        Assert.False(VersionedRecord.TryRead<OffsetCommitKey>(ReadOnlyMemory<byte>.Empty, out _));
        Assert.False(VersionedRecord.TryRead<OffsetCommitKey>(new byte[] { 0 }, out _));
        Assert.False(VersionedRecord.TryRead<OffsetCommitKey>(new byte[] { 0, 1, 0 }, out _));
        Assert.False(VersionedRecord.TryRead<OffsetCommitKey>(VersionedRecord.ToArray(new GroupMetadataKey { Group = "g" }, 2), out _));
        Assert.False(VersionedRecord.TryReadNewer<ConsumerProtocolAssignment>(new byte[] { 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0 }, out _));
        Assert.False(VersionedRecord.TryReadVersion([1], out _));
    }

    private static void Check<TRecord>(TRecord record, short version, string hex)
        where TRecord : class, IKafkaRecord, IKafkaMessage<TRecord>
    {
        var expected = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(expected, VersionedRecord.ToArray(record, version));
        Assert.Equal(expected.Length, VersionedRecord.SizeOf(record, version));
        Assert.True(VersionedRecord.TryRead<TRecord>(expected, out var back));
        Assert.Equal(expected, VersionedRecord.ToArray(back, version));
    }
}
