using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Actors.Log;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Tests.Clusters;

/// <summary>Three silos are one cluster for Kafka clients, whichever of them a client asks. A partition has one copy.</summary>
public sealed class BrokerClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_node_tells_of_all_nodes_and_of_one_controller()
    {
        await using var cluster = await ClusterRig.StartAsync();
        var expected = cluster.Nodes.Select((node, index) => (index + 1, node.Port)).ToList();
        var seen = new HashSet<(string? ClusterId, int ControllerId)>();
        foreach (var node in cluster.Nodes)
        {
            await using var connection = await node.ConnectAsync();
            var metadata = await MetadataAsync(connection);
            Assert.Equal(expected, metadata.Brokers.Select(broker => (broker.NodeId, broker.Port)));
            seen.Add((metadata.ClusterId, metadata.ControllerId));
            var described = await SendAsync(connection, new DescribeClusterRequest { EndpointType = 1 }, 1);
            Assert.Equal(expected, described.Brokers.Select(broker => (broker.BrokerId, broker.Port)));
            Assert.Equal(metadata.ControllerId, described.ControllerId);
        }

        Assert.Single(seen);
    }

    [Fact]
    public async Task A_topic_from_any_node_is_on_all_nodes_when_the_answer_comes_and_led_by_all_of_them()
    {
        await using var cluster = await ClusterRig.StartAsync();
        foreach (var (node, number) in cluster.Nodes.Select((node, index) => (node, index + 1)))
        {
            await using var connection = await node.ConnectAsync();
            await CreateAsync(connection, $"t{number}", partitions: 6);
            foreach (var other in cluster.Nodes)
            {
                Assert.True(other.Catalog.Current.TryGet($"t{number}", out var topic));
                Assert.All(topic.Partitions.CountBy(row => row.LeaderId), leader => Assert.Equal(2, leader.Value));
            }

            var logs = node.Services.GetRequiredService<LogStore>().Logs.Where(log => log.Topic == $"t{number}").Select(log => log.Partition);
            Assert.Equal(Partitions(node.Catalog, $"t{number}", number), logs.Order());
        }

        // A topic that a client only names is created too, and deleted again by another node.
        await using var first = await cluster[1].ConnectAsync();
        Assert.Equal(6, Assert.Single((await MetadataAsync(first, "auto")).Topics).Partitions.Count);
        await using var third = await cluster[3].ConnectAsync();
        var deleted = await SendAsync(third, new DeleteTopicsRequest { TopicNames = ["auto"], TimeoutMs = 10_000 }, 5);
        Assert.Equal(ErrorCode.None, Assert.Single(deleted.Responses).ErrorCode);
        Assert.All(cluster.Nodes, node =>
        {
            Assert.False(node.Catalog.Current.TryGet("auto", out _));
            Assert.DoesNotContain(node.Services.GetRequiredService<LogStore>().Logs, log => log.Topic == "auto");
        });
    }

    [Fact]
    public async Task Records_go_to_the_leader_and_another_node_says_who_that_is()
    {
        await using var cluster = await ClusterRig.StartAsync();
        var topic = await cluster[1].CreateTopicAsync("t", partitions: 3);
        foreach (var row in topic.Partitions)
        {
            await using var leader = await cluster[row.LeaderId].ConnectAsync();
            Assert.Equal(ErrorCode.None, (await leader.ProduceAsync("t", TestBatch.Of(2), partition: row.Index)).ErrorCode);
            Assert.Equal(2, (await leader.FetchAsync(Requests.Fetch("t", 0, partition: row.Index))).Only().HighWatermark);

            await using var other = await cluster[(row.LeaderId % 3) + 1].ConnectAsync();
            var produced = await SendAsync(other, Requests.Produce("t", TestBatch.Of(1), partition: row.Index), 10);
            var refused = Assert.Single(Assert.Single(produced.Responses).PartitionResponses);
            Assert.Equal((ErrorCode.NotLeaderOrFollower, row.LeaderId), (refused.ErrorCode, refused.CurrentLeader.LeaderId));
            Assert.Equal((row.LeaderId, cluster[row.LeaderId].Port), Assert.Single(produced.NodeEndpoints.Select(node => (node.NodeId, node.Port))));
            var fetched = await SendAsync(other, Requests.Fetch("t", 0, partition: row.Index, topicId: topic.Id), 16);
            Assert.Equal((ErrorCode.NotLeaderOrFollower, row.LeaderId), (fetched.Only().ErrorCode, fetched.Only().CurrentLeader.LeaderId));
            Assert.Equal((row.LeaderId, cluster[row.LeaderId].Port), Assert.Single(fetched.NodeEndpoints.Select(node => (node.NodeId, node.Port))));
        }
    }

    [Fact]
    public async Task Groups_are_coordinated_by_the_node_that_leads_their_offsets()
    {
        await using var cluster = await ClusterRig.StartAsync();
        await cluster[1].CreateTopicAsync("t");
        var coordinators = new HashSet<int>();
        foreach (var group in new[] { "a", "b", "c", "d" })
        {
            var found = new List<int>();
            foreach (var node in cluster.Nodes)
            {
                await using var connection = await node.ConnectAsync();
                await TestGuard.UntilAsync(async () => (await FindAsync(connection, group)).ErrorCode == ErrorCode.None, $"the coordinator of {group}");
                found.Add((await FindAsync(connection, group)).NodeId);
            }

            var coordinator = Assert.Single(found.Distinct());
            coordinators.Add(coordinator);
            await using var right = await cluster[coordinator].ConnectAsync();
            await using var wrong = await cluster[(coordinator % 3) + 1].ConnectAsync();
            Assert.Equal(ErrorCode.None, await CommitAsync(right, group, 7));
            Assert.Equal(ErrorCode.NotCoordinator, await CommitAsync(wrong, group, 9));
            Assert.Equal(7, await CommittedAsync(right, group));
        }

        Assert.True(cluster[1].Catalog.Current.TryGet(TopicNames.ConsumerOffsets, out var offsets));
        Assert.Equal(offsets.Partitions.Select(row => row.LeaderId).Distinct().Order(), coordinators.Order());
        Assert.Equal(offsets.PartitionCount, coordinators.Count);
    }

    [Fact]
    public async Task A_group_whose_coordinator_is_away_has_none_until_it_is_back()
    {
        await using var cluster = await ClusterRig.StartAsync();
        await using var living = await cluster[1].ConnectAsync();
        await TestGuard.UntilAsync(async () => (await FindAsync(living, "a")).ErrorCode == ErrorCode.None, "a coordinator");
        var (group, away) = ("", 1);
        foreach (var candidate in new[] { "a", "b", "c", "d" })
        {
            if (away == 1) (group, away) = (candidate, (await FindAsync(living, candidate)).NodeId);
        }

        await cluster[away].KillAsync();
        await cluster.AllSeeAsync([.. new[] { 1, 2, 3 }.Except([away])]);
        var found = await FindAsync(living, group);
        Assert.Equal((ErrorCode.CoordinatorNotAvailable, -1), (found.ErrorCode, found.NodeId));

        await cluster[away].ReturnAsync();
        await cluster.AllSeeAsync(1, 2, 3);
        found = await FindAsync(living, group);
        Assert.Equal((ErrorCode.None, away), (found.ErrorCode, found.NodeId));
    }

    [Fact]
    public async Task No_producer_id_is_given_by_two_nodes()
    {
        await using var cluster = await ClusterRig.StartAsync();
        var given = new List<long>();
        foreach (var node in cluster.Nodes)
        {
            await using var connection = await node.ConnectAsync();
            for (var count = 0; count < 5; count++)
                given.Add((await SendAsync(connection, new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 60_000 }, 4)).ProducerId);
        }

        Assert.Equal(15, given.Distinct().Count());
    }

    [Fact]
    public async Task What_changes_in_the_store_alone_reaches_every_catalog()
    {
        await using var cluster = await ClusterRig.StartAsync();
        var topic = await cluster[1].CreateTopicAsync("t");
        Assert.True(await cluster.Topics.TryChangeConfigsAsync(topic.Id, 0, new Dictionary<string, string> { ["retention.ms"] = "5" }, Token));
        await cluster.AllKnowAsync("the config", catalog => catalog.TryGet("t", out var found) && found.Config.RetentionMs == 5);

        await cluster.Topics.DeleteTopicsAsync([topic.Id], Token);
        await cluster.AllKnowAsync("the deletion", catalog => !catalog.TryGet("t", out _));
    }

    [Fact]
    public async Task When_a_node_dies_the_others_go_on_and_its_records_are_there_when_it_is_back()
    {
        await using var cluster = await ClusterRig.StartAsync();
        var topic = await cluster[1].CreateTopicAsync("t", partitions: 3);
        var (lost, kept) = (topic.Partitions.Single(row => row.LeaderId == 2).Index, topic.Partitions.Single(row => row.LeaderId == 3).Index);
        await using (var second = await cluster[2].ConnectAsync())
            Assert.Equal(ErrorCode.None, (await second.ProduceAsync("t", TestBatch.Of(3), partition: lost)).ErrorCode);

        await cluster[2].KillAsync();
        await cluster.AllSeeAsync(1, 3);

        await using var first = await cluster[1].ConnectAsync();
        await using var third = await cluster[3].ConnectAsync();
        var metadata = await MetadataAsync(first, "t");
        Assert.Equal([1, 3], metadata.Brokers.Select(broker => broker.NodeId));
        Assert.Contains(metadata.ControllerId, new[] { 1, 3 });
        var away = metadata.Topics.Single().Partitions.Single(partition => partition.PartitionIndex == lost);
        Assert.Equal((ErrorCode.LeaderNotAvailable, -1), (away.ErrorCode, away.LeaderId));
        Assert.Equal([[2], [2], [2]], new[] { away.ReplicaNodes, away.IsrNodes, away.OfflineReplicas });
        Assert.Equal(ErrorCode.None, (await third.ProduceAsync("t", TestBatch.Of(1), partition: kept)).ErrorCode);
        // The controller may have lived on the node that died.
        await TestGuard.UntilAsync(async () => await TryCreateAsync(third, "later", 4) == ErrorCode.None, "a topic is created without the dead node");
        Assert.True(cluster[1].Catalog.Current.TryGet("later", out var later));
        Assert.Equal([1, 3], later.Partitions.Select(row => row.LeaderId).Distinct().Order());

        await cluster[2].ReturnAsync();
        await cluster.AllSeeAsync(1, 2, 3);
        await using var back = await cluster[2].ConnectAsync();
        Assert.True(cluster[2].Catalog.Current.TryGet("later", out _));
        Assert.Equal(3, (await back.FetchAsync(Requests.Fetch("t", 0, partition: lost))).Only().HighWatermark);
        Assert.Equal(ErrorCode.None, (await back.ProduceAsync("t", TestBatch.Of(1), partition: lost)).ErrorCode);
        // It leads under an epoch of its own now, and the others hear of it from the store.
        await cluster.AllKnowAsync("the new epoch", catalog => catalog.TryGet("t", out var found) && found.Partitions[lost].LeaderEpoch == 1);
    }

    [Fact]
    public async Task What_a_node_has_of_a_topic_that_was_deleted_without_it_goes_when_it_is_back()
    {
        await using var cluster = await ClusterRig.StartAsync();
        await cluster[1].CreateTopicAsync("kept", partitions: 3);
        await cluster[1].CreateTopicAsync("t", partitions: 3);
        await cluster[2].KillAsync();
        await cluster.AllSeeAsync(1, 3);

        await using var third = await cluster[3].ConnectAsync();
        await TestGuard.UntilAsync(async () => await TryDeleteAsync(third, "t") is ErrorCode.None or ErrorCode.UnknownTopicOrPartition, "the topic is deleted");
        Assert.Single(await cluster.Topics.LoadDeletionsAsync(Token));
        Assert.Equal(ErrorCode.TopicAlreadyExists, await TryCreateAsync(third, "t", 1));

        await cluster[2].ReturnAsync();
        await TestGuard.UntilAsync(async () => (await cluster.Topics.LoadDeletionsAsync(Token)).Count == 0, "the deletion is finished");
        Assert.Equal(["kept"], cluster[2].Services.GetRequiredService<LogStore>().Logs.Select(log => log.Topic));
        await CreateAsync(third, "t", 1);
    }

    private static IEnumerable<int> Partitions(TopicCatalog catalog, string name, int nodeId) =>
        catalog.Current.TryGet(name, out var topic) ? topic.Partitions.Where(row => row.LeaderId == nodeId).Select(row => row.Index) : [];

    private static Task<T> SendAsync<T>(KafkaConnection connection, IKafkaRequest<T> request, short version)
        where T : class, IKafkaResponse, IKafkaMessage<T> => connection.SendAsync(request, version, TestGuard.Limit, Token);

    private static Task<MetadataResponse> MetadataAsync(KafkaConnection connection, params string[] topics) =>
        SendAsync(connection, new MetadataRequest { Topics = [.. topics.Select(name => new MetadataRequest.MetadataRequestTopic { Name = name })], AllowAutoTopicCreation = true }, 9);

    private static async Task CreateAsync(KafkaConnection connection, string name, int partitions) =>
        Assert.Equal(ErrorCode.None, await TryCreateAsync(connection, name, partitions));

    private static async Task<ErrorCode> TryCreateAsync(KafkaConnection connection, string name, int partitions)
    {
        var request = new CreateTopicsRequest { TimeoutMs = 10_000, Topics = [new() { Name = name, NumPartitions = partitions, ReplicationFactor = 1 }] };
        return Assert.Single((await SendAsync(connection, request, 5)).Topics).ErrorCode;
    }

    private static async Task<ErrorCode> TryDeleteAsync(KafkaConnection connection, string name) =>
        Assert.Single((await SendAsync(connection, new DeleteTopicsRequest { TopicNames = [name], TimeoutMs = 10_000 }, 5)).Responses).ErrorCode;

    private static Task<FindCoordinatorResponse> FindAsync(KafkaConnection connection, string group) =>
        SendAsync(connection, new FindCoordinatorRequest { Key = group }, 3);

    private static async Task<ErrorCode> CommitAsync(KafkaConnection connection, string group, long offset)
    {
        var request = new OffsetCommitRequest
        {
            GroupId = group,
            GenerationIdOrMemberEpoch = -1,
            Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, CommittedOffset = offset }] }],
        };
        return (await SendAsync(connection, request, 8)).Topics.Single().Partitions.Single().ErrorCode;
    }

    private static async Task<long> CommittedAsync(KafkaConnection connection, string group)
    {
        var request = new OffsetFetchRequest { GroupId = group, Topics = [new() { Name = "t", PartitionIndexes = [0] }] };
        return (await SendAsync(connection, request, 7)).Topics.Single().Partitions.Single().CommittedOffset;
    }
}
