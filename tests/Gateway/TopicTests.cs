using System.Diagnostics;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Tests;

public sealed class TopicTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_created_topic_is_in_the_metadata_when_the_answer_arrives_and_can_be_used()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();

        var created = (await connection.SendAsync(Create("t", 3, ("retention.ms", "5000")), 7, TestGuard.Limit, Token)).Topics.Single();
        var metadata = (await connection.SendAsync(Ask("t"), 12, TestGuard.Limit, Token)).Topics.Single();

        Assert.Equal((ErrorCode.None, 3, (short)1), (created.ErrorCode, created.NumPartitions, created.ReplicationFactor));
        Assert.Equal(("5000", (sbyte)1), created.Configs!.Single(config => config.Name == "retention.ms") is var set ? (set.Value, set.ConfigSource) : default);
        Assert.Equal((ErrorCode.None, created.TopicId, 3), (metadata.ErrorCode, metadata.TopicId, metadata.Partitions.Count));
        Assert.All(metadata.Partitions, partition => Assert.Equal((1, 0, ErrorCode.None), (partition.LeaderId, partition.LeaderEpoch, partition.ErrorCode)));
        Assert.Equal(ErrorCode.None, (await connection.ProduceAsync("t", TestBatch.Of(1), partition: 2)).ErrorCode);
        Assert.Equal(ErrorCode.TopicAlreadyExists, (await connection.SendAsync(Create("t", 1), Token)).Topics[0].ErrorCode);
    }

    [Fact]
    public async Task Validate_only_changes_nothing()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        var request = Create("t", 3);
        request.ValidateOnly = true;

        var answer = (await connection.SendAsync(request, 7, TestGuard.Limit, Token)).Topics.Single();

        Assert.Equal((ErrorCode.None, Guid.Empty, 3), (answer.ErrorCode, answer.TopicId, answer.NumPartitions));
        Assert.Equal(0, rig.Catalog.Current.Count);
    }

    [Fact]
    public async Task A_hundred_partitions_are_created_in_a_moment()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await connection.SendAsync(Create("warm", 1), Token);
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 20; round++)
        {
            var since = Stopwatch.GetTimestamp();
            Assert.Equal(ErrorCode.None, (await connection.SendAsync(Create($"t{round}", 100), Token)).Topics[0].ErrorCode);
            var took = Stopwatch.GetElapsedTime(since);
            best = took < best ? took : best;
        }

        Assert.True(best < TimeSpan.FromMilliseconds(50), $"100 partitions took {best.TotalMilliseconds:F1} ms at best");
    }

    [Fact]
    public async Task A_recreated_topic_is_empty_has_a_new_id_and_a_higher_epoch()
    {
        await using var rig = await GatewayRig.StartAsync();
        var former = await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(4));

        var deleted = await connection.SendAsync(
            new DeleteTopicsRequest { Topics = [new DeleteTopicsRequest.DeleteTopicState { TopicId = former.Id }], TimeoutMs = 1000 }, 6, TestGuard.Limit, Token);
        Assert.Equal((ErrorCode.None, "t"), (deleted.Responses[0].ErrorCode, deleted.Responses[0].Name));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await connection.ProduceAsync("t", TestBatch.Of(1))).ErrorCode);
        var again = await rig.CreateTopicAsync("t");

        Assert.NotEqual(former.Id, again.Id);
        Assert.Equal(1, again.Partitions[0].LeaderEpoch);
        Assert.Equal(0, (await connection.ProduceAsync("t", TestBatch.Of(1))).BaseOffset);
        Assert.Equal(1, (await connection.FetchAsync(Requests.Fetch("t", 0))).Only().Batches()[0].PartitionLeaderEpoch);
    }

    [Fact]
    public async Task Deleting_what_is_not_there_says_so()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();

        var answers = (await connection.SendAsync(
            new DeleteTopicsRequest
            {
                Topics =
                [
                    new DeleteTopicsRequest.DeleteTopicState { Name = "none" },
                    new DeleteTopicsRequest.DeleteTopicState { TopicId = Guid.Parse("0a1b2c3d-0000-4000-8000-000000000009") },
                ],
                TimeoutMs = 1000,
            }, 6, TestGuard.Limit, Token)).Responses;

        Assert.Equal([ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicId], answers.Select(answer => answer.ErrorCode));
    }

    [Theory]
    [InlineData(0), InlineData(4), InlineData(9), InlineData(12)]
    public async Task Asking_for_an_unknown_topic_creates_it(short version)
    {
        await using var rig = await GatewayRig.StartAsync(topicOptions: new TopicOptions { DefaultPartitions = 2 });
        await using var connection = await rig.ConnectAsync();

        var topics = (await connection.SendAsync(Ask("new", "bad name"), version, TestGuard.Limit, Token)).Topics;

        Assert.Equal((ErrorCode.None, 2), (topics[0].ErrorCode, topics[0].Partitions.Count));
        Assert.Equal(ErrorCode.InvalidTopicException, topics[1].ErrorCode);
    }

    [Fact]
    public async Task Where_the_client_or_the_silo_does_not_want_it_nothing_is_created()
    {
        await using var rig = await GatewayRig.StartAsync(topicOptions: new TopicOptions { AutoCreateTopics = false });
        await using var connection = await rig.ConnectAsync();

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await connection.SendAsync(Ask("t"), Token)).Topics[0].ErrorCode);
        Assert.Equal(0, rig.Catalog.Current.Count);
    }

    [Fact]
    public async Task A_store_that_is_away_is_a_time_out_for_creators_and_nothing_for_producers()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        rig.Topics.OnOperation = operation => throw new TopicStoreException(operation, StoreOutcome.Unknown, null);

        Assert.Equal(ErrorCode.RequestTimedOut, (await connection.SendAsync(Create("u", 1), Token)).Topics[0].ErrorCode);
        Assert.Equal(ErrorCode.LeaderNotAvailable, (await connection.SendAsync(Ask("v"), Token)).Topics[0].ErrorCode);
        Assert.Equal(ErrorCode.None, (await connection.ProduceAsync("t", TestBatch.Of(1))).ErrorCode);

        rig.Topics.OnOperation = null;
        Assert.Equal(ErrorCode.None, (await connection.SendAsync(Create("u", 1), Token)).Topics[0].ErrorCode);
    }

    [Fact]
    public async Task What_the_front_end_measures_moves()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await rig.CreateTopicAsync("t");
        await connection.ProduceAsync("t", TestBatch.Of(1));
        await connection.ProduceAsync("t", TestBatch.Of(1), acks: 1);
        await connection.ProduceAsync("nowhere", TestBatch.Of(1));

        Assert.Equal(1, rig.Meters.Observe("actors_kafka_connections"));
        await TestGuard.UntilAsync(() => rig.Meters.Count("produce_end_to_end_latency_ms") == 3, "all produces are measured");
        Assert.True(rig.Meters.Sum("produce_end_to_end_latency_ms", "acks", "all") > 0);
        Assert.True(rig.Meters.Sum("produce_end_to_end_latency_ms", "acks", "1") > 0);
        Assert.Equal(
            ["ApiVersions None 1", "Produce None 2", "Produce UnknownTopicOrPartition 1"],
            rig.Meters.Look("actors_kafka_requests_total")
                .Select(counted => $"{counted.Tags.Single(tag => tag.Key == "api").Value} {counted.Tags.Single(tag => tag.Key == "error").Value} {counted.Value}")
                .Order(StringComparer.Ordinal));
        Assert.Equal((1.0, 1.0), (rig.Meters.Count("metadata_propose_duration_ms"), rig.Meters.Count("metadata_apply_duration_ms")));
        Assert.True(rig.Meters.Count("lock_acquisition_duration_us") >= 1);
    }

    [Fact]
    public async Task Topics_configs_and_nodes_are_described()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", configs: new() { ["retention.ms"] = "77" });
        await using var connection = await rig.ConnectAsync();

        var configs = (await connection.SendAsync(
            new DescribeConfigsRequest { Resources = [new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = 2, ResourceName = "t", ConfigurationKeys = null }] }, Token)).Results.Single();
        var cluster = await connection.SendAsync(new DescribeClusterRequest(), Token);

        Assert.Equal("77", configs.Configs.Single(config => config.Name == "retention.ms").Value);
        Assert.Equal(TopicConfigDefinition.All.Count, configs.Configs.Count);
        Assert.Equal((22, 1, rig.Port), (cluster.ClusterId.Length, cluster.ControllerId, cluster.Brokers.Single().Port));
    }

    private static CreateTopicsRequest Create(string name, int partitions, params (string Name, string Value)[] configs) => new()
    {
        TimeoutMs = 10_000,
        Topics =
        [
            new CreateTopicsRequest.CreatableTopic
            {
                Name = name,
                NumPartitions = partitions,
                ReplicationFactor = 1,
                Configs = [.. configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Name, Value = config.Value })],
            },
        ],
    };

    private static MetadataRequest Ask(params string[] names) =>
        new() { Topics = [.. names.Select(name => new MetadataRequest.MetadataRequestTopic { Name = name })] };
}
