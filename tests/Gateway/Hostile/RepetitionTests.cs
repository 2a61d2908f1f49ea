using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Tests.Hostile;

/// <summary>Who names one thing thousands of times in a small request is told of it once, and has not made the broker work thousands of times.</summary>
public sealed class RepetitionTests
{
    private const int Times = 2_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_topic_is_described_once()
    {
        await using var rig = await GatewayRig.StartAsync();
        var topic = await rig.CreateTopicAsync("t", partitions: 3);
        await using var connection = await rig.ConnectAsync();
        var byName = Repeat(() => new MetadataRequest.MetadataRequestTopic { Name = "t" });
        var byId = Repeat(() => new MetadataRequest.MetadataRequestTopic { Name = null, TopicId = topic.Id });
        var byNameWithAnyId = Enumerable.Range(1, Times).Select(number => new MetadataRequest.MetadataRequestTopic { Name = "t", TopicId = new Guid(number, 0, 0, new byte[8]) });

        foreach (var wanted in new IEnumerable<MetadataRequest.MetadataRequestTopic>[] { byName, byId, byNameWithAnyId })
        {
            var told = (await SendAsync(connection, new MetadataRequest { Topics = [.. wanted] }, 12)).Topics;

            Assert.Equal([("t", topic.Id, 3)], told.Select(one => (one.Name, one.TopicId, one.Partitions.Count)));
        }

        var mixed = await SendAsync(connection, new MetadataRequest { Topics = [new() { Name = "u" }, new() { Name = "t" }, new() { Name = "u" }], AllowAutoTopicCreation = false }, 12);
        Assert.Equal([("u", ErrorCode.UnknownTopicOrPartition), ("t", ErrorCode.None)], mixed.Topics.Select(one => (one.Name, one.ErrorCode)));
    }

    [Fact]
    public async Task A_topic_s_configs_are_shown_once()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        var request = new DescribeConfigsRequest
        {
            Resources = [.. Repeat(() => new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = 2, ResourceName = "t", ConfigurationKeys = null })],
            IncludeDocumentation = true,
        };

        Assert.Equal("t", Assert.Single((await SendAsync(connection, request, 4)).Results).ResourceName);
    }

    [Fact]
    public async Task A_group_is_found_described_and_its_offsets_are_given_once()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 2);
        await using var connection = await rig.ConnectAsync();
        var found = await SendAsync(connection, new FindCoordinatorRequest { CoordinatorKeys = [.. Repeat(() => "g")] }, 4);
        Assert.Equal(("g", ErrorCode.None), (Assert.Single(found.Coordinators).Key, found.Coordinators[0].ErrorCode));
        await CommitAsync(connection);

        var described = await SendAsync(connection, new DescribeGroupsRequest { Groups = [.. Repeat(() => "g"), "other"] }, 5);
        Assert.Equal(["g", "other"], described.Groups.Select(group => group.GroupId));

        var everything = await SendAsync(connection, new OffsetFetchRequest
        {
            Groups = [.. Repeat(() => new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = "g", Topics = null })],
        }, 8);
        Assert.Equal([0, 1], Assert.Single(Assert.Single(everything.Groups).Topics).Partitions.Select(partition => partition.PartitionIndex));

        var named = await SendAsync(connection, new OffsetFetchRequest
        {
            Groups =
            [
                new OffsetFetchRequest.OffsetFetchRequestGroup
                {
                    GroupId = "g",
                    Topics = [.. Repeat(() => new OffsetFetchRequest.OffsetFetchRequestTopics { Name = "t", PartitionIndexes = [1, 1] })],
                },
            ],
        }, 8);
        Assert.Equal([(1, 42L)], named.Groups[0].Topics.SelectMany(topic => topic.Partitions).Select(partition => (partition.PartitionIndex, partition.CommittedOffset)));

        var ofOneGroup = await SendAsync(connection, new OffsetFetchRequest
        {
            GroupId = "g",
            Topics = [.. Repeat(() => new OffsetFetchRequest.OffsetFetchRequestTopic { Name = "t", PartitionIndexes = [1] })],
        }, 7);
        Assert.Equal([(1, 42L)], ofOneGroup.Topics.SelectMany(topic => topic.Partitions).Select(partition => (partition.PartitionIndex, partition.CommittedOffset)));
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(7)]
    public async Task An_offset_that_is_looked_for_twice_is_refused_and_the_others_are_given(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 2);
        await using var connection = await rig.ConnectAsync();
        var request = new ListOffsetsRequest { ReplicaId = -1, Topics = [Ask(0, 1), Ask(0)] };

        var answers = (await SendAsync(connection, request, version)).Topics.SelectMany(topic => topic.Partitions).ToList();

        Assert.Equal(
            [(0, ErrorCode.InvalidRequest), (1, ErrorCode.None), (0, ErrorCode.InvalidRequest)],
            answers.Select(partition => (partition.PartitionIndex, partition.ErrorCode)));
    }

    private static ListOffsetsRequest.ListOffsetsTopic Ask(params int[] partitions) => new()
    {
        Name = "t",
        Partitions = [.. partitions.Select(partition => new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = partition, Timestamp = -1, CurrentLeaderEpoch = -1, MaxNumOffsets = 1 })],
    };

    /// <summary>Group g has committed 41 for the first partition of t and 42 for the second.</summary>
    private static async Task CommitAsync(KafkaConnection connection)
    {
        var committed = await SendAsync(connection, new OffsetCommitRequest
        {
            GroupId = "g",
            MemberId = "",
            GenerationIdOrMemberEpoch = -1,
            Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, CommittedOffset = 41 }, new() { PartitionIndex = 1, CommittedOffset = 42 }] }],
        }, 8);
        Assert.All(committed.Topics[0].Partitions, partition => Assert.Equal(ErrorCode.None, partition.ErrorCode));
    }

    private static IEnumerable<T> Repeat<T>(Func<T> make) => Enumerable.Range(0, Times).Select(_ => make());

    private static Task<TResponse> SendAsync<TResponse>(KafkaConnection connection, IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, IKafkaMessage<TResponse> => connection.SendAsync(request, version, TestGuard.Limit, Token);
}
