using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Tests;

/// <summary>Several members of one group, and members with names of their own, over a socket.</summary>
public sealed class GroupMembersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<short> Versions => [.. Enumerable.Range(0, 10).Select(version => (short)version)];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Two_members_complete_a_generation_and_each_gets_its_own_part(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var one = await rig.ConnectAsync("one");
        await using var two = await rig.ConnectAsync("two");
        await SendAsync(one, version < 4 ? new FindCoordinatorRequest { Key = "g" } : new FindCoordinatorRequest { CoordinatorKeys = ["g"] }, version);
        var first = await JoinAsync(one, version);
        Assert.Equal((ErrorCode.None, 1), (first.ErrorCode, first.GenerationId));
        Assert.Equal(ErrorCode.None, (await SyncAsync(one, version, first, (first.MemberId, "all"))).Error);

        var joining = JoinAsync(two, version);
        await TestGuard.UntilAsync(
            async () => await HeartbeatAsync(one, version, first.MemberId, 1) == ErrorCode.RebalanceInProgress, "the first member hears of the second");
        var again = await JoinAsync(one, version, first.MemberId);
        var second = await joining.WaitAsync(TestGuard.Limit, Token);

        Assert.Equal((ErrorCode.None, 2, ErrorCode.None, 2), (again.ErrorCode, again.GenerationId, second.ErrorCode, second.GenerationId));
        Assert.Equal((again.Leader, again.Leader, first.MemberId), (first.MemberId, second.Leader, again.MemberId));
        Assert.Equal(new[] { first.MemberId, second.MemberId }.Order(), again.Members.Select(member => member.MemberId).Order());
        Assert.Empty(second.Members);
        var follower = SyncAsync(two, version, second);
        Assert.Equal((ErrorCode.None, "for one"), await SyncAsync(one, version, again, (first.MemberId, "for one"), (second.MemberId, "for two")));
        Assert.Equal((ErrorCode.None, "for two"), await follower.WaitAsync(TestGuard.Limit, Token));
        Assert.Equal(ErrorCode.None, await HeartbeatAsync(one, version, first.MemberId, 2));
        Assert.Equal(ErrorCode.None, await HeartbeatAsync(two, version, second.MemberId, 2));
        Assert.Equal(ErrorCode.None, await CommitAsync(two, version, second.MemberId, 2));
        Assert.Equal(ErrorCode.IllegalGeneration, await CommitAsync(one, version, first.MemberId, 1));
        Assert.Equal(ErrorCode.IllegalGeneration, await HeartbeatAsync(one, version, first.MemberId, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, await CommitAsync(one, version, "somebody", 2));
    }

    [Fact]
    public async Task A_member_with_a_name_keeps_its_part_over_a_restart_and_its_former_self_is_fenced()
    {
        const short Newest = 9;
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await SendAsync(connection, new FindCoordinatorRequest { CoordinatorKeys = ["g"] }, Newest);
        var former = await JoinAsync(connection, Newest, instance: "one");
        Assert.Equal((ErrorCode.None, 1), (former.ErrorCode, former.GenerationId));
        Assert.Equal("one", Assert.Single(former.Members).GroupInstanceId);
        Assert.Equal(ErrorCode.None, (await SyncAsync(connection, Newest, former, "one", (former.MemberId, "part"))).Error);

        var now = await JoinAsync(connection, Newest, instance: "one");

        Assert.Equal((ErrorCode.None, 1, true), (now.ErrorCode, now.GenerationId, now.SkipAssignment));
        Assert.NotEqual(former.MemberId, now.MemberId);
        Assert.Equal((ErrorCode.None, "part"), await SyncAsync(connection, Newest, now, "one"));
        Assert.Equal(ErrorCode.FencedInstanceId, (await JoinAsync(connection, Newest, former.MemberId, "one")).ErrorCode);
        Assert.Equal(ErrorCode.FencedInstanceId, (await SyncAsync(connection, Newest, former, "one")).Error);
        Assert.Equal(ErrorCode.FencedInstanceId, await HeartbeatAsync(connection, Newest, former.MemberId, 1, "one"));
        Assert.Equal(ErrorCode.FencedInstanceId, await CommitAsync(connection, Newest, former.MemberId, 1, "one"));
        Assert.Equal(ErrorCode.None, await HeartbeatAsync(connection, Newest, now.MemberId, 1, "one"));
        Assert.Equal(ErrorCode.None, await CommitAsync(connection, Newest, now.MemberId, 1, "one"));
        var described = (await SendAsync(connection, new DescribeGroupsRequest { Groups = ["g"] }, 5)).Groups[0];
        Assert.Equal((now.MemberId, "one"), described.Members.Select(member => (member.MemberId, member.GroupInstanceId)).Single());

        Assert.Equal([ErrorCode.UnknownMemberId, ErrorCode.None], await LeaveAsync(connection, "two", "one"));
        Assert.Equal([ErrorCode.UnknownMemberId], await LeaveAsync(connection, "one"));
        Assert.Equal("Empty", (await SendAsync(connection, new DescribeGroupsRequest { Groups = ["g"] }, 5)).Groups[0].GroupState);
    }

    [Theory]
    [InlineData(5), InlineData(8)]
    public async Task Before_version_9_a_leader_that_comes_back_does_not_hear_that_it_leads(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await SendAsync(connection, new FindCoordinatorRequest { CoordinatorKeys = ["g"] }, 4);
        var former = await JoinAsync(connection, version, instance: "one");
        Assert.Equal(ErrorCode.None, (await SyncAsync(connection, version, former, "one", (former.MemberId, "part"))).Error);

        var now = await JoinAsync(connection, version, instance: "one");

        // A leader would assign again, and nobody would take it.
        Assert.Equal((ErrorCode.None, 1, former.MemberId, 0), (now.ErrorCode, now.GenerationId, now.Leader, now.Members.Count));
        Assert.NotEqual(former.MemberId, now.MemberId);
        Assert.Equal((ErrorCode.None, "part"), await SyncAsync(connection, version, now, "one"));
    }

    [Theory]
    [InlineData("consumer", "roundrobin", ErrorCode.InconsistentGroupProtocol)]
    [InlineData("connect", "range", ErrorCode.InconsistentGroupProtocol)]
    [InlineData("consumer", "range", ErrorCode.None)]
    public async Task A_sync_says_which_protocol_it_is_about(string type, string name, ErrorCode expected)
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await SendAsync(connection, new FindCoordinatorRequest { CoordinatorKeys = ["g"] }, 4);
        var joined = await JoinAsync(connection, 9);
        var sync = new SyncGroupRequest { GroupId = "g", GenerationId = joined.GenerationId, MemberId = joined.MemberId, ProtocolType = type, ProtocolName = name };

        Assert.Equal(expected, (await SendAsync(connection, sync, 5)).ErrorCode);
    }

    [Theory]
    [InlineData(0), InlineData(2)]
    public async Task Before_version_3_the_one_that_leaves_is_told_its_own_error(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await SendAsync(connection, new FindCoordinatorRequest { CoordinatorKeys = ["g"] }, 4);
        var joined = await JoinAsync(connection, version);

        Assert.Equal(ErrorCode.UnknownMemberId, (await SendAsync(connection, new LeaveGroupRequest { GroupId = "g", MemberId = "somebody" }, version)).ErrorCode);
        Assert.Equal(ErrorCode.None, (await SendAsync(connection, new LeaveGroupRequest { GroupId = "g", MemberId = joined.MemberId }, version)).ErrorCode);
    }

    [Fact]
    public async Task Every_partition_of_a_commit_has_its_own_answer_and_its_own_epoch()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 3);
        await using var connection = await rig.ConnectAsync();
        await SendAsync(connection, new FindCoordinatorRequest { CoordinatorKeys = ["g"] }, 4);
        var commit = new OffsetCommitRequest
        {
            GroupId = "g",
            MemberId = "",
            GenerationIdOrMemberEpoch = -1,
            Topics =
            [
                new()
                {
                    Name = "t",
                    Partitions =
                    [
                        new() { PartitionIndex = 0, CommittedOffset = 1, CommittedLeaderEpoch = 3 },
                        new() { PartitionIndex = 7, CommittedOffset = 1 },
                        new() { PartitionIndex = 1, CommittedOffset = 1, CommittedMetadata = new string('m', 4_097) },
                        new() { PartitionIndex = 2, CommittedOffset = 5, CommittedLeaderEpoch = 4 },
                    ],
                },
            ],
        };

        var committed = (await SendAsync(connection, commit, 8)).Topics[0].Partitions;
        var fetched = (await SendAsync(connection, new OffsetFetchRequest { GroupId = "g", Topics = [new() { Name = "t", PartitionIndexes = [0, 1, 2] }] }, 7)).Topics[0].Partitions;

        Assert.Equal(
            [(0, ErrorCode.None), (7, ErrorCode.UnknownTopicOrPartition), (1, ErrorCode.OffsetMetadataTooLarge), (2, ErrorCode.None)],
            committed.Select(partition => (partition.PartitionIndex, partition.ErrorCode)));
        Assert.Equal([(0, 1L, 3), (1, -1L, -1), (2, 5L, 4)], fetched.Select(partition => (partition.PartitionIndex, partition.CommittedOffset, partition.CommittedLeaderEpoch)));
    }

    /// <summary>A join waits until the group has agreed, which may take minutes; what it needs meanwhile is not what others need.</summary>
    [Theory]
    [InlineData(3, 100_000)]
    [InlineData(9, 1)]
    public async Task A_large_join_that_waits_keeps_nobody_elses_large_request_waiting(short version, int metadataBytes)
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var one = await rig.ConnectAsync();
        await SendAsync(one, version < 4 ? new FindCoordinatorRequest { Key = "g" } : new FindCoordinatorRequest { CoordinatorKeys = ["g"] }, version);
        var first = await JoinAsync(one, version);
        Assert.Equal(ErrorCode.None, (await SyncAsync(one, version, first, (first.MemberId, "all"))).Error);
        var listener = MemoryClient.Listen(rig, new KafkaGatewayOptions { MaxArrivingBytes = 1 << 20 }, TimeProvider.System);
        await using var joining = MemoryClient.Connect(listener);
        await using var other = MemoryClient.Connect(listener);
        // A static member, so that it need not come a second time with an id.
        var join = Join(version, "", instance: version >= 5 ? "two" : null);
        join.Protocols[0].Metadata = new byte[metadataBytes];

        joining.SendInTwo(version < 6 ? MemoryClient.Frame(join, version) : MemoryClient.FrameWithUnknownField(join, version));
        await TestGuard.UntilAsync(
            async () => await HeartbeatAsync(one, version, first.MemberId, 1) == ErrorCode.RebalanceInProgress, "the large join waits for the first member");
        other.SendInTwo(MemoryClient.Frame(Requests.LargeMetadata(), 8));

        await other.ReadAsync("a large request is answered while a large join waits");
        Assert.Equal(2, (await JoinAsync(one, version, first.MemberId)).Members.Count);
        await joining.ReadAsync("the join is answered");
    }

    /// <summary>A follower waits for its leader with as much as a member may keep, and with no more; what comes with it that nobody knows is not kept.</summary>
    [Fact]
    public async Task A_large_sync_waits_without_the_memory_that_others_wait_for_or_is_refused()
    {
        const short Version = 5;
        await using var rig = await GatewayRig.StartAsync();
        await using var one = await rig.ConnectAsync();
        await using var two = await rig.ConnectAsync();
        await SendAsync(one, new FindCoordinatorRequest { CoordinatorKeys = ["g"] }, 4);
        var first = await JoinAsync(one, Version);
        var joining = JoinAsync(two, Version);
        await TestGuard.UntilAsync(
            async () => await HeartbeatAsync(one, Version, first.MemberId, 1) == ErrorCode.RebalanceInProgress, "the first member hears of the second");
        var leader = await JoinAsync(one, Version, first.MemberId);
        var follower = await joining;
        var listener = MemoryClient.Listen(rig, new KafkaGatewayOptions { MaxArrivingBytes = 1 << 20 }, TimeProvider.System);
        await using var refusing = MemoryClient.Connect(listener);
        await using var waiting = MemoryClient.Connect(listener);
        await using var other = MemoryClient.Connect(listener);
        var sync = Sync(Version, follower, null, (follower.MemberId, new string('x', 1 << 20)));

        refusing.SendInTwo(MemoryClient.Frame(sync, Version));
        var refused = KafkaMessage.Read<SyncGroupResponse>((await refusing.ReadAsync("too large a sync is refused")).AsMemory(ResponseHeader.SizeOf(1)), Version);
        sync.Assignments[0].Assignment = new byte[(1 << 20) - 1_000];
        waiting.SendInTwo(MemoryClient.FrameWithUnknownField(sync, Version));
        var answered = waiting.ReadAsync("the sync is answered");
        other.SendInTwo(MemoryClient.Frame(Requests.LargeMetadata(), 8));
        await other.ReadAsync("a large request is answered while a large sync waits");

        Assert.Equal(ErrorCode.InvalidRequest, refused.ErrorCode);
        Assert.False(answered.IsCompleted, "The sync does not wait, so the test shows nothing.");
        Assert.Equal((ErrorCode.None, "for one"), await SyncAsync(one, Version, leader, (first.MemberId, "for one"), (follower.MemberId, "for two")));
        var synced = KafkaMessage.Read<SyncGroupResponse>((await answered).AsMemory(ResponseHeader.SizeOf(1)), Version);
        Assert.Equal("for two"u8.ToArray(), synced.Assignment.ToArray());
    }

    /// <summary>Joins, and asks a second time where the first answer is no more than an id.</summary>
    private static async Task<JoinGroupResponse> JoinAsync(KafkaConnection connection, short version, string memberId = "", string? instance = null)
    {
        var joined = await SendAsync(connection, Join(version, memberId, instance), version);
        return joined.ErrorCode == ErrorCode.MemberIdRequired ? await SendAsync(connection, Join(version, joined.MemberId, instance), version) : joined;
    }

    private static JoinGroupRequest Join(short version, string memberId, string? instance) => new()
    {
        GroupId = "g",
        MemberId = memberId,
        GroupInstanceId = instance,
        SessionTimeoutMs = 30_000,
        RebalanceTimeoutMs = version == 0 ? -1 : 30_000,
        ProtocolType = "consumer",
        Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range", Metadata = "m"u8.ToArray() }],
    };

    private static Task<(ErrorCode Error, string Assignment)> SyncAsync(
        KafkaConnection connection, short version, JoinGroupResponse joined, params (string MemberId, string Assignment)[] assignments) =>
        SyncAsync(connection, version, joined, null, assignments);

    private static async Task<(ErrorCode Error, string Assignment)> SyncAsync(
        KafkaConnection connection, short version, JoinGroupResponse joined, string? instance, params (string MemberId, string Assignment)[] assignments)
    {
        var synced = await SendAsync(connection, Sync(version, joined, instance, assignments), version);
        return (synced.ErrorCode, System.Text.Encoding.UTF8.GetString(synced.Assignment.Span));
    }

    private static SyncGroupRequest Sync(short version, JoinGroupResponse joined, string? instance, params (string MemberId, string Assignment)[] assignments) => new()
    {
        GroupId = "g",
        GenerationId = joined.GenerationId,
        MemberId = joined.MemberId,
        GroupInstanceId = instance,
        ProtocolType = version >= 5 ? "consumer" : null,
        ProtocolName = version >= 5 ? "range" : null,
        Assignments =
        [
            .. assignments.Select(assignment => new SyncGroupRequest.SyncGroupRequestAssignment
            {
                MemberId = assignment.MemberId,
                Assignment = System.Text.Encoding.UTF8.GetBytes(assignment.Assignment),
            }),
        ],
    };

    private static async Task<ErrorCode> HeartbeatAsync(KafkaConnection connection, short version, string memberId, int generation, string? instance = null) =>
        (await SendAsync(connection, new HeartbeatRequest { GroupId = "g", GenerationId = generation, MemberId = memberId, GroupInstanceId = instance }, version)).ErrorCode;

    private static async Task<ErrorCode> CommitAsync(KafkaConnection connection, short version, string memberId, int generation, string? instance = null)
    {
        var committed = await SendAsync(connection, new OffsetCommitRequest
        {
            GroupId = "g",
            MemberId = memberId,
            GroupInstanceId = instance,
            GenerationIdOrMemberEpoch = generation,
            Topics =
            [
                new OffsetCommitRequest.OffsetCommitRequestTopic
                {
                    Name = "t",
                    Partitions = [new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = 0, CommittedOffset = 1 }],
                },
            ],
        }, version);
        return committed.Topics[0].Partitions[0].ErrorCode;
    }

    private static async Task<IEnumerable<ErrorCode>> LeaveAsync(KafkaConnection connection, params string[] instances)
    {
        var left = await SendAsync(connection, new LeaveGroupRequest
        {
            GroupId = "g",
            Members = [.. instances.Select(instance => new LeaveGroupRequest.MemberIdentity { MemberId = "", GroupInstanceId = instance })],
        }, 5);
        Assert.Equal(ErrorCode.None, left.ErrorCode);
        Assert.Equal(instances, left.Members.Select(member => member.GroupInstanceId));
        return left.Members.Select(member => member.ErrorCode);
    }

    /// <summary>Sends in the wished version, or in the nearest one that is served.</summary>
    private static Task<TResponse> SendAsync<TResponse>(KafkaConnection connection, IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, IKafkaMessage<TResponse>
    {
        Assert.True(connection.Versions.TryGetRange(request.ApiKey, out var lowest, out var highest), $"{request.ApiKey} is not served");
        return connection.SendAsync(request, Math.Clamp(version, lowest, highest), TestGuard.Limit, Token);
    }
}
