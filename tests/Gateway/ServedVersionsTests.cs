using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Tests;

/// <summary>What the main requests do, in every version that is served.</summary>
public sealed class ServedVersionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<short> Produce => From(3, 11);

    public static TheoryData<short> Fetch => From(4, 17);

    public static TheoryData<short> Metadata => From(0, 12);

    public static TheoryData<short> Create => From(0, 7);

    public static TheoryData<short> Delete => From(0, 6);

    [Theory]
    [MemberData(nameof(Produce))]
    public async Task What_is_produced_in_a_version_is_there(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 2);
        await using var connection = await rig.ConnectAsync();
        var batch = TestBatch.Of(3, tag: "x");

        var produced = await connection.ProduceAsync("t", batch, partition: 1, version: version);

        Assert.Equal((ErrorCode.None, 0L, version >= 5 ? 0L : -1L), (produced.ErrorCode, produced.BaseOffset, produced.LogStartOffset));
        var stored = (await connection.FetchAsync(Requests.Fetch("t", 0, partition: 1))).Only();
        Assert.Equal(batch[16..], stored.Records!.Value[16..].ToArray());
    }

    [Theory]
    [MemberData(nameof(Fetch))]
    public async Task What_is_stored_is_fetched_in_a_version(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        var topic = await rig.CreateTopicAsync("t", partitions: 2);
        await using var connection = await rig.ConnectAsync();
        var batch = TestBatch.Of(3, tag: "x");
        await connection.ProduceAsync("t", batch, partition: 1);
        await connection.ProduceAsync("t", TestBatch.Of(1), partition: 1);
        var usesIds = version >= 13;

        var response = await connection.FetchAsync(Requests.Fetch(usesIds ? "" : "t", 0, maxBytes: batch.Length, partition: 1, topicId: usesIds ? topic.Id : default), version);
        var beyond = await connection.FetchAsync(Requests.Fetch(usesIds ? "" : "t", 9, partition: 1, topicId: usesIds ? topic.Id : default), version);

        Assert.Equal(usesIds ? ("", topic.Id) : ("t", Guid.Empty), (response.Responses[0].Topic, response.Responses[0].TopicId));
        var fetched = response.Only();
        Assert.Equal((ErrorCode.None, 1, 4L, 4L), (fetched.ErrorCode, fetched.PartitionIndex, fetched.HighWatermark, fetched.LastStableOffset));
        Assert.Equal(version >= 5 ? 0 : -1, fetched.LogStartOffset);
        Assert.Equal((0L, 3), (Assert.Single(fetched.Batches()).BaseOffset, fetched.Batches()[0].RecordCount));
        Assert.Equal(batch[16..], fetched.Records!.Value[16..].ToArray());
        Assert.Equal((ErrorCode.OffsetOutOfRange, 0), (beyond.Only().ErrorCode, beyond.Only().Records?.Length ?? 0));
    }

    [Theory]
    [MemberData(nameof(Metadata))]
    public async Task A_topic_is_described_in_a_version(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        var topic = await rig.CreateTopicAsync("t", partitions: 2);
        await using var connection = await rig.ConnectAsync();

        var answer = await SendAsync(connection, new MetadataRequest { Topics = [new() { Name = "t" }] }, version);

        Assert.Equal((1, "127.0.0.1", rig.Port), answer.Brokers.Select(broker => (broker.NodeId, broker.Host, broker.Port)).Single());
        var described = Assert.Single(answer.Topics);
        Assert.Equal((ErrorCode.None, "t", version >= 10 ? topic.Id : Guid.Empty), (described.ErrorCode, described.Name, described.TopicId));
        Assert.Equal([(0, 1), (1, 1)], described.Partitions.Select(partition => (partition.PartitionIndex, partition.LeaderId)));
        Assert.All(described.Partitions, partition => Assert.Equal((ErrorCode.None, 1, 1), (partition.ErrorCode, partition.ReplicaNodes.Single(), partition.IsrNodes.Single())));
    }

    [Theory]
    [MemberData(nameof(Create))]
    public async Task A_topic_is_created_in_a_version(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        var request = new CreateTopicsRequest
        {
            TimeoutMs = 10_000,
            Topics = [new() { Name = "t", NumPartitions = 2, ReplicationFactor = 1, Configs = [new() { Name = "retention.ms", Value = "77" }] }],
        };
        if (version >= 1)
        {
            request.ValidateOnly = true;
            Assert.Equal(ErrorCode.None, (await SendAsync(connection, request, version)).Topics[0].ErrorCode);
            Assert.False(rig.Catalog.Current.TryGet("t", out _));
            request.ValidateOnly = false;
        }

        var created = (await SendAsync(connection, request, version)).Topics[0];
        var again = (await SendAsync(connection, request, version)).Topics[0];

        Assert.Equal((ErrorCode.None, "t", ErrorCode.TopicAlreadyExists), (created.ErrorCode, created.Name, again.ErrorCode));
        Assert.True(rig.Catalog.Current.TryGet("t", out var topic));
        Assert.Equal((2, "77"), (topic.PartitionCount, topic.Row.Configs["retention.ms"]));
        Assert.Equal(version >= 5 ? (2, (short)1) : (-1, (short)-1), (created.NumPartitions, created.ReplicationFactor));
        Assert.Equal(version >= 5 ? "77" : null, created.Configs?.SingleOrDefault(config => config.Name == "retention.ms")?.Value);
        Assert.Equal(version >= 7 ? topic.Id : Guid.Empty, created.TopicId);
        Assert.Equal(version >= 1, !string.IsNullOrEmpty(again.ErrorMessage));
    }

    [Theory]
    [MemberData(nameof(Delete))]
    public async Task A_topic_is_deleted_in_a_version(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("kept");
        await rig.CreateTopicAsync("named");
        var meant = await rig.CreateTopicAsync("meant");
        await using var connection = await rig.ConnectAsync();
        var request = version < 6
            ? new DeleteTopicsRequest { TimeoutMs = 10_000, TopicNames = ["named", "unknown"] }
            : new DeleteTopicsRequest { TimeoutMs = 10_000, Topics = [new() { Name = "named" }, new() { Name = "unknown" }, new() { Name = null, TopicId = meant.Id }] };

        var answers = (await SendAsync(connection, request, version)).Responses;

        Assert.Equal(
            version < 6 ? [ErrorCode.None, ErrorCode.UnknownTopicOrPartition] : [ErrorCode.None, ErrorCode.UnknownTopicOrPartition, ErrorCode.None],
            answers.Select(answer => answer.ErrorCode));
        Assert.Equal(version < 6 ? ["kept", "meant"] : ["kept"], rig.Catalog.Current.Topics.Select(topic => topic.Name).Order());
    }

    private static TheoryData<short> From(short lowest, short highest) => [.. Enumerable.Range(lowest, highest - lowest + 1).Select(version => (short)version)];

    private static Task<TResponse> SendAsync<TResponse>(KafkaConnection connection, IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, IKafkaMessage<TResponse> => connection.SendAsync(request, version, TestGuard.Limit, Token);
}
