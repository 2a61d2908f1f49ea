using Actors.Gateway.Tests.Support;
using Actors.Grains.Groups;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Tests;

/// <summary>Consumer groups over a socket and on a disk, in every version that is served.</summary>
public sealed class GroupTests
{
    private static readonly TimeSpan Timeout = TestGuard.Limit;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<short> Versions => [.. Enumerable.Range(0, 10).Select(version => (short)version)];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_member_joins_commits_leaves_and_the_offset_survives_a_restart(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 2);
        await using (var connection = await rig.ConnectAsync())
        {
            await FindAsync(connection, version);
            var joined = await JoinAsync(connection, version);
            var synced = await SendAsync(connection, new SyncGroupRequest
            {
                GroupId = "g",
                GenerationId = joined.GenerationId,
                MemberId = joined.MemberId,
                Assignments = [new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = joined.MemberId, Assignment = "all"u8.ToArray() }],
            }, version);
            Assert.Equal(ErrorCode.None, synced.ErrorCode);
            Assert.Equal("all"u8.ToArray(), synced.Assignment.ToArray());
            var alive = await SendAsync(connection, new HeartbeatRequest { GroupId = "g", GenerationId = 1, MemberId = joined.MemberId }, version);
            Assert.Equal(ErrorCode.None, alive.ErrorCode);

            var committed = await CommitAsync(connection, version, joined.MemberId, 1);
            Assert.Equal(
                [ErrorCode.None, ErrorCode.None, ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicOrPartition],
                committed.Topics.SelectMany(topic => topic.Partitions).Select(partition => partition.ErrorCode));
            var described = (await SendAsync(connection, new DescribeGroupsRequest { Groups = ["g", "nobody"] }, version)).Groups;
            Assert.Equal(["Stable", "Dead"], described.Select(group => group.GroupState));
            Assert.Equal(("range", "/127.0.0.1", "test"), (described[0].ProtocolData, described[0].Members[0].ClientHost, described[0].Members[0].ClientId));
            Assert.Equal("all"u8.ToArray(), described[0].Members[0].MemberAssignment.ToArray());

            var left = await SendAsync(connection, new LeaveGroupRequest
            {
                GroupId = "g",
                MemberId = version < 3 ? joined.MemberId : "",
                Members = version < 3 ? [] : [new LeaveGroupRequest.MemberIdentity { MemberId = joined.MemberId }, new LeaveGroupRequest.MemberIdentity { MemberId = "x" }],
            }, version);
            Assert.Equal(ErrorCode.None, left.ErrorCode);
            Assert.Equal(version < 3 ? [] : [ErrorCode.None, ErrorCode.UnknownMemberId], left.Members.Select(member => member.ErrorCode));
        }

        await rig.RestartAsync();

        await using var after = await rig.ConnectAsync();
        await FindAsync(after, version);
        Assert.Equal([(0, 41L, "note"), (1, 42L, "")], await FetchAsync(after, version, everything: version >= 2));
        await TestGuard.UntilAsync(() => Listing(rig).Error == ErrorCode.None, "all partitions are replayed");
        var listed = await SendAsync(after, new ListGroupsRequest(), version);
        Assert.Equal(ErrorCode.None, listed.ErrorCode);
        Assert.Equal(("g", "consumer"), Assert.Single(listed.Groups.Select(group => (group.GroupId, group.ProtocolType))));
    }

    [Fact]
    public async Task A_commit_is_answered_after_it_is_synced()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 2);
        await using var connection = await rig.ConnectAsync();
        await FindAsync(connection, 0);
        await CommitAsync(connection, 8, "", -1);
        rig.Files.CloseGate();
        var commit = CommitAsync(connection, 8, "", -1, first: 100);
        await using var other = await rig.ConnectAsync();
        Assert.Equal([(0, 41L, "note"), (1, 42L, "")], await FetchAsync(other, 8, everything: true));
        Assert.False(commit.IsCompleted);
        rig.Files.OpenGate();
        await commit.WaitAsync(Timeout, Token);
        Assert.Equal([(0, 100L, "note"), (1, 101L, "")], await FetchAsync(other, 8, everything: true));
    }

    [Fact]
    public async Task The_topic_of_the_offsets_is_made_when_somebody_looks_for_a_coordinator_and_kept_for_ever()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => FindAsync(connection, 3)));
        Assert.True(rig.Catalog.Current.TryGet("__consumer_offsets", out var topic));
        Assert.Equal(2, topic.PartitionCount);
        Assert.Equal(("compact", "-1"), (topic.Row.Configs["cleanup.policy"], topic.Row.Configs["retention.ms"]));
    }

    [Fact]
    public async Task A_member_that_waits_is_answered_when_it_leaves_on_the_same_connection()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await FindAsync(connection, 3);
        var first = await JoinAsync(connection, 0);
        await using var second = await rig.ConnectAsync();
        var waiting = SendAsync(second, Join("", 0), 0);
        await TestGuard.UntilAsync(() => Listing(rig).Groups.Any(group => group.State == "PreparingRebalance"), "the group rebalances");
        var members = (await SendAsync(connection, new DescribeGroupsRequest { Groups = ["g"] }, 0)).Groups[0].Members;
        var newcomer = members.Single(member => member.MemberId != first.MemberId).MemberId;
        var left = SendAsync(second, new LeaveGroupRequest { GroupId = "g", MemberId = newcomer }, 0);
        Assert.Equal(ErrorCode.UnknownMemberId, (await waiting).ErrorCode);
        Assert.Equal(ErrorCode.None, (await left).ErrorCode);
    }

    [Fact]
    public async Task Transactions_have_no_coordinator_and_clients_do_not_ask_again()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        var found = await SendAsync(connection, new FindCoordinatorRequest { KeyType = 1, Key = "x" }, 2);
        Assert.NotEqual(ErrorCode.None, found.ErrorCode);
        Assert.False(found.ErrorCode.IsRetriable());
        Assert.Equal(ErrorCode.InvalidGroupId, (await SendAsync(connection, new FindCoordinatorRequest { Key = "" }, 2)).ErrorCode);
    }

    [Fact]
    public async Task Clients_may_read_the_topic_of_offsets_and_not_write_to_it()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 3);
        await using var connection = await rig.ConnectAsync();
        await FindAsync(connection, 3);
        await CommitAsync(connection, 3, "", -1);
        var partition = GroupPartitioner.PartitionOf("g", 2);

        var answer = await connection.ProduceAsync("__consumer_offsets", TestBatch.Of(1), partition: partition);
        Assert.Equal(ErrorCode.InvalidTopicException, answer.ErrorCode);
        Assert.NotEmpty((await connection.FetchAsync(Requests.Fetch("__consumer_offsets", 0, partition: partition))).Only().Batches());
    }

    [Fact]
    public async Task A_topic_that_comes_again_has_no_offsets_of_the_one_before()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 3);
        await using (var connection = await rig.ConnectAsync())
        {
            await FindAsync(connection, 3);
            var committed = await CommitAsync(connection, 3, "", -1, first: 1000);
            Assert.Equal(ErrorCode.None, committed.Topics[0].Partitions[0].ErrorCode);
            var deleted = await connection.SendAsync(new DeleteTopicsRequest { TopicNames = ["t"], TimeoutMs = 30_000 }, 5, Timeout, Token);
            Assert.Equal(ErrorCode.None, deleted.Responses[0].ErrorCode);
            await rig.CreateTopicAsync("t", partitions: 3);
            Assert.Equal([(0, -1L), (1, -1L)], (await FetchAsync(connection, 3, everything: false)).Select(one => (one.Partition, one.Offset)));
        }

        await rig.RestartAsync();

        await using var after = await rig.ConnectAsync();
        await FindAsync(after, 3);
        Assert.Equal([(0, -1L), (1, -1L)], (await FetchAsync(after, 3, everything: false)).Select(one => (one.Partition, one.Offset)));
    }

    /// <summary>A client that were told of no partition would begin where nothing is committed.</summary>
    [Fact]
    public async Task Before_version_2_every_partition_says_that_the_group_cannot_be_read()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        var request = new OffsetFetchRequest { GroupId = "g", Topics = [new OffsetFetchRequest.OffsetFetchRequestTopic { Name = "t", PartitionIndexes = [0, 1] }] };

        var error = (await SendAsync(connection, request, 2)).ErrorCode;
        var partitions = (await SendAsync(connection, request, 1)).Topics.SelectMany(topic => topic.Partitions);

        Assert.NotEqual(ErrorCode.None, error);
        Assert.Equal([(0, error, -1L), (1, error, -1L)], partitions.Select(partition => (partition.PartitionIndex, partition.ErrorCode, partition.CommittedOffset)));
    }

    private static GroupListing Listing(GatewayRig rig) => rig.Services.GetRequiredService<GroupCoordinator>().List(null, null);

    private static async Task FindAsync(KafkaConnection connection, short version)
    {
        var request = version < 4 ? new FindCoordinatorRequest { Key = "g" } : new FindCoordinatorRequest { CoordinatorKeys = ["g"] };
        var found = await SendAsync(connection, request, version);
        var (error, nodeId, port) = version < 4
            ? (found.ErrorCode, found.NodeId, found.Port)
            : (found.Coordinators[0].ErrorCode, found.Coordinators[0].NodeId, found.Coordinators[0].Port);
        Assert.Equal((ErrorCode.None, 1), (error, nodeId));
        Assert.True(port > 0);
    }

    private static JoinGroupRequest Join(string memberId, short version) => new()
    {
        GroupId = "g",
        MemberId = memberId,
        SessionTimeoutMs = 30_000,
        RebalanceTimeoutMs = version == 0 ? -1 : 30_000,
        ProtocolType = "consumer",
        Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range", Metadata = "m"u8.ToArray() }],
    };

    private static async Task<JoinGroupResponse> JoinAsync(KafkaConnection connection, short version)
    {
        var joined = await SendAsync(connection, Join("", version), version);
        if (version >= 4)
        {
            Assert.Equal(ErrorCode.MemberIdRequired, joined.ErrorCode);
            joined = await SendAsync(connection, Join(joined.MemberId, version), version);
        }

        Assert.Equal((ErrorCode.None, 1, "range"), (joined.ErrorCode, joined.GenerationId, joined.ProtocolName));
        Assert.Equal(joined.MemberId, Assert.Single(joined.Members).MemberId);
        return joined;
    }

    private static Task<OffsetCommitResponse> CommitAsync(KafkaConnection connection, short version, string memberId, int generation, long first = 41) =>
        SendAsync(connection, new OffsetCommitRequest
        {
            GroupId = "g",
            MemberId = memberId,
            GenerationIdOrMemberEpoch = generation,
            Topics =
            [
                new OffsetCommitRequest.OffsetCommitRequestTopic
                {
                    Name = "t",
                    Partitions =
                    [
                        new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = 0, CommittedOffset = first, CommittedMetadata = "note" },
                        new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = 1, CommittedOffset = first + 1, CommittedMetadata = null },
                        new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = 2, CommittedOffset = first + 2 },
                    ],
                },
                new OffsetCommitRequest.OffsetCommitRequestTopic
                {
                    Name = "unknown",
                    Partitions = [new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = 0, CommittedOffset = 1 }],
                },
            ],
        }, version);

    private static async Task<(int Partition, long Offset, string? Metadata)[]> FetchAsync(KafkaConnection connection, short version, bool everything)
    {
        List<int> partitions = [0, 1];
        var request = version < 8
            ? new OffsetFetchRequest
            {
                GroupId = "g",
                Topics = everything ? null : [new OffsetFetchRequest.OffsetFetchRequestTopic { Name = "t", PartitionIndexes = partitions }],
            }
            : new OffsetFetchRequest
            {
                Groups =
                [
                    new OffsetFetchRequest.OffsetFetchRequestGroup
                    {
                        GroupId = "g",
                        Topics = everything ? null : [new OffsetFetchRequest.OffsetFetchRequestTopics { Name = "t", PartitionIndexes = partitions }],
                    },
                ],
            };
        var response = await SendAsync(connection, request, version);
        Assert.Equal(ErrorCode.None, version < 8 ? response.ErrorCode : response.Groups[0].ErrorCode);
        return version < 8
            ? [.. response.Topics[0].Partitions.Select(partition => (partition.PartitionIndex, partition.CommittedOffset, partition.Metadata))]
            : [.. response.Groups[0].Topics[0].Partitions.Select(partition => (partition.PartitionIndex, partition.CommittedOffset, partition.Metadata))];
    }

    /// <summary>Sends in the wished version, or in the nearest one that is served.</summary>
    private static Task<TResponse> SendAsync<TResponse>(KafkaConnection connection, IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, IKafkaMessage<TResponse>
    {
        Assert.True(connection.Versions.TryGetRange(request.ApiKey, out var lowest, out var highest), $"{request.ApiKey} is not served");
        return connection.SendAsync(request, Math.Clamp(version, lowest, highest), Timeout, Token);
    }
}
