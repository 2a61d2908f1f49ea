using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Partitions;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Tests;

public sealed class FetchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_long_poll_is_woken_by_the_record_it_waits_for()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var consumer = await rig.ConnectAsync();
        await using var producer = await rig.ConnectAsync();
        await producer.ProduceAsync("t", TestBatch.Of(1));

        var waiting = consumer.SendAsync(Requests.Fetch("t", 1, maxWaitMs: 25_000), 12, TestGuard.Limit, Token);
        await WaitsAsync(rig, 1);
        Assert.False(waiting.IsCompleted);
        await producer.ProduceAsync("t", TestBatch.Of(2));

        var fetched = (await waiting).Only();
        Assert.Equal((3L, 2), (fetched.HighWatermark, fetched.Batches().Single().RecordCount));
        await NothingWaitsAsync(rig);
    }

    [Fact]
    public async Task A_long_poll_waits_for_min_bytes_over_all_partitions()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 2);
        await using var consumer = await rig.ConnectAsync();
        await using var producer = await rig.ConnectAsync();
        var batch = TestBatch.Of(1, valueBytes: 1000);
        var request = Requests.Fetch("t", 0, maxWaitMs: 25_000, minBytes: batch.Length * 3);
        request.Topics[0].Partitions.Add(new FetchRequest.FetchPartition { Partition = 1, FetchOffset = 0, PartitionMaxBytes = 1 << 20 });

        var waiting = consumer.FetchAsync(request);
        await WaitsAsync(rig, 1);
        await producer.ProduceAsync("t", batch, partition: 0);
        await producer.ProduceAsync("t", batch, partition: 1);
        Assert.False(waiting.IsCompleted);
        await producer.ProduceAsync("t", batch, partition: 1);

        Assert.Equal([1L, 2L], (await waiting).Responses[0].Partitions.Select(partition => partition.HighWatermark));
    }

    [Fact]
    public async Task A_long_poll_ends_with_nothing_when_its_time_is_over()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var consumer = await rig.ConnectAsync();

        var fetched = (await consumer.FetchAsync(Requests.Fetch("t", 0, maxWaitMs: 30))).Only();

        Assert.Equal((ErrorCode.None, 0L, 0), (fetched.ErrorCode, fetched.HighWatermark, fetched.Records?.Length ?? 0));
        await NothingWaitsAsync(rig);
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_a_long_poll_leaves_nothing_behind()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        var consumer = await rig.ConnectAsync();
        var waiting = consumer.FetchAsync(Requests.Fetch("t", 0, maxWaitMs: 25_000));
        await WaitsAsync(rig, 1);

        await consumer.DisposeAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => waiting);
        await NothingWaitsAsync(rig);
        await TestGuard.UntilAsync(() => rig.Metrics.Connections == 0, "the connection is gone");
    }

    [Fact]
    public async Task A_long_poll_does_not_hold_up_the_requests_behind_it_only_their_answers()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();

        var poll = connection.FetchAsync(Requests.Fetch("t", 0, maxWaitMs: 25_000));
        await WaitsAsync(rig, 1);
        var produced = connection.ProduceAsync("t", TestBatch.Of(1));

        Assert.Equal(1, (await poll).Only().HighWatermark);
        Assert.Equal(0, (await produced).BaseOffset);
    }

    [Theory]
    [InlineData(-1, -1, -1, ErrorCode.OffsetOutOfRange)]
    [InlineData(4, -1, -1, ErrorCode.OffsetOutOfRange)]
    [InlineData(3, -1, -1, ErrorCode.None)]
    [InlineData(0, 0, -1, ErrorCode.FencedLeaderEpoch)]
    [InlineData(0, 2, -1, ErrorCode.UnknownLeaderEpoch)]
    [InlineData(0, 1, -1, ErrorCode.None)]
    [InlineData(2, 1, 7, ErrorCode.OffsetOutOfRange)]
    public async Task Offsets_and_epochs_are_checked(long offset, int currentEpoch, int lastEpoch, ErrorCode expected)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await rig.RestartAsync();
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(3));
        var request = Requests.Fetch("t", offset);
        (request.Topics[0].Partitions[0].CurrentLeaderEpoch, request.Topics[0].Partitions[0].LastFetchedEpoch) = (currentEpoch, lastEpoch);

        var fetched = (await connection.FetchAsync(request)).Only();

        Assert.Equal(expected, fetched.ErrorCode);
        if (expected is ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch)
            Assert.Equal((1, 1), (fetched.CurrentLeader.LeaderId, fetched.CurrentLeader.LeaderEpoch));
    }

    [Fact]
    public async Task A_client_whose_history_differs_is_told_where()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using (var before = await rig.ConnectAsync())
            await before.ProduceAsync("t", TestBatch.Of(3));
        await rig.RestartAsync();
        await using var after = await rig.ConnectAsync();
        await after.ProduceAsync("t", TestBatch.Of(3));

        // The client believes that epoch 0 went on to offset 5; here it ended at 3.
        var request = Requests.Fetch("t", 5, maxWaitMs: 25_000);
        request.Topics[0].Partitions[0].LastFetchedEpoch = 0;
        var fetched = (await after.FetchAsync(request)).Only();

        Assert.Equal((ErrorCode.None, 0, 3L), (fetched.ErrorCode, fetched.DivergingEpoch.Epoch, fetched.DivergingEpoch.EndOffset));
        Assert.Equal(0, fetched.Records?.Length ?? 0);
    }

    [Fact]
    public async Task Sizes_are_kept_and_one_batch_is_always_given()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 2);
        await using var connection = await rig.ConnectAsync();
        var batch = TestBatch.Of(1, valueBytes: 1000);
        for (var number = 0; number < 20; number++)
            await connection.ProduceAsync("t", batch, partition: number % 2);
        // Half a batch is left for the second partition, and nothing is torn or exceeded for it.
        var both = Requests.Fetch("t", 0, maxBytes: batch.Length * 7 / 2);
        both.Topics[0].Partitions.Add(new FetchRequest.FetchPartition { Partition = 1, FetchOffset = 0, PartitionMaxBytes = 1 << 20 });

        var limited = (await connection.FetchAsync(both)).Responses[0].Partitions;
        var tiny = (await connection.FetchAsync(Requests.Fetch("t", 4, maxBytes: 1))).Only();

        Assert.Equal([3, 0], limited.Select(partition => partition.Batches().Count));
        Assert.Equal(4L, Assert.Single(tiny.Batches()).BaseOffset);
    }

    [Fact]
    public async Task A_partition_that_is_named_twice_is_answered_once_and_watched_once()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 2);
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(2));
        await connection.ProduceAsync("t", TestBatch.Of(1));
        var request = Requests.Fetch("t", 0);
        for (var offset = 1; offset <= 3; offset++)
        {
            request.Topics[0].Partitions.Add(new FetchRequest.FetchPartition { Partition = 1, FetchOffset = 0, PartitionMaxBytes = 1 << 20 });
            request.Topics[0].Partitions.Add(new FetchRequest.FetchPartition { Partition = 0, FetchOffset = offset - 1, PartitionMaxBytes = 1 << 20 });
        }

        var partitions = Assert.Single((await connection.FetchAsync(request)).Responses).Partitions;

        Assert.Equal([(0, 1), (1, 0)], partitions.Select(partition => (partition.PartitionIndex, partition.Batches().Count)));
        Assert.Equal(2, partitions[0].Batches()[0].BaseOffset);
    }

    [Fact]
    public async Task From_version_13_on_topics_are_named_by_their_ids()
    {
        await using var rig = await GatewayRig.StartAsync();
        var topic = await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(1));

        var known = await connection.FetchAsync(Requests.Fetch("", 0, topicId: topic.Id), 13);
        var unknown = (await connection.FetchAsync(Requests.Fetch("", 0, topicId: Guid.Parse("0a1b2c3d-0000-4000-8000-000000000009")), 16)).Only();

        Assert.Equal(topic.Id, known.Responses[0].TopicId);
        Assert.Equal((ErrorCode.None, 1L), (known.Only().ErrorCode, known.Only().HighWatermark));
        Assert.Equal(ErrorCode.UnknownTopicId, unknown.ErrorCode);
    }

    [Fact]
    public async Task A_deleted_topic_ends_the_polls_that_wait_for_it()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var consumer = await rig.ConnectAsync();
        await using var admin = await rig.ConnectAsync();
        var waiting = consumer.FetchAsync(Requests.Fetch("t", 0, maxWaitMs: 25_000));
        await WaitsAsync(rig, 1);

        var deleted = await admin.SendAsync(new DeleteTopicsRequest { Topics = [new DeleteTopicsRequest.DeleteTopicState { Name = "t" }], TimeoutMs = 1000 }, Token);

        Assert.Equal(ErrorCode.None, deleted.Responses[0].ErrorCode);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await waiting).Only().ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await consumer.FetchAsync(Requests.Fetch("t", 0))).Only().ErrorCode);
    }

    [Fact]
    public async Task Responses_larger_than_the_memory_for_them_wait_their_turn()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { MaxLeavingBytes = 300_000 });
        await rig.CreateTopicAsync("t");
        await using var producer = await rig.ConnectAsync();
        for (var number = 0; number < 10; number++)
            await producer.ProduceAsync("t", TestBatch.Of(1, valueBytes: 90_000));

        var consumers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.ConnectAsync()));
        var answers = await Task.WhenAll(consumers.Select(consumer => consumer.FetchAsync(Requests.Fetch("t", 0, maxBytes: 10 << 20)))).WaitAsync(TestGuard.Limit);

        Assert.All(answers, answer => Assert.NotEmpty(answer.Only().Batches()));
        foreach (var consumer in consumers)
            await consumer.DisposeAsync();
    }

    private static Task NothingWaitsAsync(GatewayRig rig)
    {
        var wheel = rig.Services.GetRequiredService<TimerWheel>();
        var replica = rig.Services.GetRequiredService<ReplicaRegistry>().Replicas.Single();
        return TestGuard.UntilAsync(() => wheel.Count == 0 && replica.Describe().WaitingFetchCount == 0, "no fetch waits or is told of progress");
    }

    /// <summary>So many long polls are on the wheel, that is, they wait.</summary>
    private static Task WaitsAsync(GatewayRig rig, int count)
    {
        var wheel = rig.Services.GetRequiredService<TimerWheel>();
        return TestGuard.UntilAsync(() => wheel.Count == count, $"{count} fetches wait");
    }
}
