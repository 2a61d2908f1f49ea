using Actors.Gateway.Tests.Support;
using Actors.Grains;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Tests;

/// <summary>Which topics a question for metadata means, and what is said of nodes that are away.</summary>
public sealed class MetadataTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>In the oldest version an empty list means all; later ones have null for that.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(12, false)]
    public async Task Naming_no_topic_means_all_in_version_0_and_none_afterwards(short version, bool meansAll)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("b");
        await rig.CreateTopicAsync("a");
        await using var connection = await rig.ConnectAsync();

        Assert.Equal(meansAll ? ["a", "b"] : [], (await AskAsync(connection, [], version)).Topics.Select(topic => topic.Name));
        if (version > 0)
            Assert.Equal(["a", "b"], (await AskAsync(connection, null, version)).Topics.Select(topic => topic.Name));
    }

    [Fact]
    public async Task A_partition_whose_node_is_away_has_no_leader_and_keeps_its_replica()
    {
        await using var rig = await GatewayRig.StartAsync();
        rig.OtherBrokers.Add(new Broker(2, "elsewhere", 29092));
        await rig.CreateTopicAsync("t", placement: [2]);
        await using var connection = await rig.ConnectAsync();

        var partition = (await AskAsync(connection, [new() { Name = "t" }], 9)).Topics[0].Partitions[0];
        Assert.Equal((ErrorCode.None, 2), (partition.ErrorCode, partition.LeaderId));
        Assert.Empty(partition.OfflineReplicas);
        rig.OtherBrokers.Clear();
        partition = (await AskAsync(connection, [new() { Name = "t" }], 9)).Topics[0].Partitions[0];

        Assert.Equal((ErrorCode.LeaderNotAvailable, -1), (partition.ErrorCode, partition.LeaderId));
        Assert.Equal([2], partition.ReplicaNodes);
        Assert.Equal([2], partition.IsrNodes);
        Assert.Equal([2], partition.OfflineReplicas);
    }

    [Fact]
    public async Task A_topic_is_placed_as_its_creator_wishes()
    {
        await using var rig = await GatewayRig.StartAsync();
        rig.OtherBrokers.Add(new Broker(2, "elsewhere", 29092));
        await using var connection = await rig.ConnectAsync();
        var request = new CreateTopicsRequest
        {
            TimeoutMs = 10_000,
            Topics =
            [
                new()
                {
                    Name = "placed",
                    NumPartitions = -1,
                    ReplicationFactor = -1,
                    Assignments = [new() { PartitionIndex = 0, BrokerIds = [2] }, new() { PartitionIndex = 1, BrokerIds = [1] }, new() { PartitionIndex = 2, BrokerIds = [2] }],
                },
                new() { Name = "spread", NumPartitions = 4, ReplicationFactor = 1 },
                new() { Name = "wide", NumPartitions = 1, ReplicationFactor = 2 },
            ],
        };

        var created = (await connection.SendAsync(request, 7, TestGuard.Limit, Token)).Topics;

        Assert.Equal([ErrorCode.None, ErrorCode.None, ErrorCode.InvalidReplicationFactor], created.Select(topic => topic.ErrorCode));
        var topics = (await AskAsync(connection, [new() { Name = "placed" }, new() { Name = "spread" }], 9)).Topics;
        Assert.Equal([[2], [1], [2]], topics[0].Partitions.Select(partition => partition.ReplicaNodes));
        Assert.Equal([1, 1, 2, 2], topics[1].Partitions.Select(partition => Assert.Single(partition.ReplicaNodes)).Order());
        Assert.Contains("one copy", created[2].ErrorMessage, StringComparison.Ordinal);
    }

    private static Task<MetadataResponse> AskAsync(KafkaConnection connection, List<MetadataRequest.MetadataRequestTopic>? topics, short version) =>
        connection.SendAsync(new MetadataRequest { Topics = topics }, version, TestGuard.Limit, Token);
}
