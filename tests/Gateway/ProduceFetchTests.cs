using System.Buffers.Binary;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Tests;

public sealed class ProduceFetchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_produced_is_fetched_as_it_was_sent()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        var batch = TestBatch.Of(3, tag: "hello");

        var produced = await connection.ProduceAsync("t", batch);
        var fetched = (await connection.FetchAsync(Requests.Fetch("t", 0))).Only();

        Assert.Equal((ErrorCode.None, 0L), (produced.ErrorCode, produced.BaseOffset));
        Assert.Equal((ErrorCode.None, 3L, 0L), (fetched.ErrorCode, fetched.HighWatermark, fetched.LogStartOffset));
        Assert.Equal(batch.AsSpan(16).ToArray(), fetched.Records!.Value[16..].ToArray());
    }

    [Fact]
    public async Task Records_and_producers_survive_a_restart_under_a_new_leader_epoch()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        var batch = TestBatch.Of(2, producerId: 5, epoch: 0, sequence: 0);
        await using (var before = await rig.ConnectAsync())
            await before.ProduceAsync("t", batch);

        await rig.RestartAsync();

        await using var after = await rig.ConnectAsync();
        var duplicate = await after.ProduceAsync("t", batch);
        var next = await after.ProduceAsync("t", TestBatch.Of(1, producerId: 5, epoch: 0, sequence: 2));
        Assert.Equal((ErrorCode.None, 0L), (duplicate.ErrorCode, duplicate.BaseOffset));
        Assert.Equal((ErrorCode.None, 2L), (next.ErrorCode, next.BaseOffset));
        Assert.Equal(1, rig.Catalog.Current.Topics.Single().Partitions[0].LeaderEpoch);
        var epochs = new List<int>();
        for (var offset = 0L; offset < 3;)
        {
            var headers = (await after.FetchAsync(Requests.Fetch("t", offset))).Only().Batches();
            epochs.AddRange(headers.Select(header => header.PartitionLeaderEpoch));
            offset = headers[^1].NextOffset;
        }

        Assert.Equal([0, 1], epochs);
    }

    [Fact]
    public async Task Requests_of_one_connection_are_answered_in_their_order()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 3);
        await using var connection = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);
        rig.Files.CloseGate();
        for (var number = 0; number < 200; number++)
        {
            var (request, version) = (number % 5) switch
            {
                0 => ((IKafkaRequest)new MetadataRequest { Topics = null }, (short)9),
                1 => (Requests.Fetch("t", 0, maxWaitMs: 1), (short)12),
                _ => (Requests.Produce("t", TestBatch.Of(1), (short)(number % 2 == 0 ? 1 : -1), number % 3), (short)9),
            };
            await connection.SendAsync(request, version, number, Token);
        }

        rig.Files.OpenGate();
        var order = new List<int>();
        while (order.Count < 200)
        {
            var frame = await connection.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit);
            order.Add(BinaryPrimitives.ReadInt32BigEndian(frame));
        }

        Assert.Equal(Enumerable.Range(0, 200), order);
    }

    [Fact]
    public async Task A_produce_that_waits_for_its_flush_does_not_block_those_behind_it()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(1));
        rig.Files.CloseGate();

        var waiting = Enumerable.Range(0, 500).Select(_ => connection.ProduceAsync("t", TestBatch.Of(1))).ToList();
        await using var other = await rig.ConnectAsync();
        var replica = rig.Services.GetService(typeof(Grains.Partitions.ReplicaRegistry)) as Grains.Partitions.ReplicaRegistry;
        await TestGuard.UntilAsync(() => replica!.Replicas.Single().Describe().LogEndOffset == 501, "all 500 are appended while the disk waits");
        Assert.All(waiting, produce => Assert.False(produce.IsCompleted));

        rig.Files.OpenGate();
        var answers = await Task.WhenAll(waiting).WaitAsync(TestGuard.Limit);
        Assert.Equal(Enumerable.Range(1, 500).Select(offset => (long)offset), answers.Select(answer => answer.BaseOffset));
    }

    [Theory]
    [InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8), InlineData(9), InlineData(10), InlineData(11)]
    public async Task Produce_answers_in_every_version(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 2);
        await using var connection = await rig.ConnectAsync();
        var request = Requests.Produce("t", TestBatch.Of(2));
        request.TopicData[0].PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = 7, Records = TestBatch.Of(1) });
        request.TopicData[0].PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = 1, Records = new byte[] { 1, 2, 3 } });
        request.TopicData.Add(new ProduceRequest.TopicProduceData { Name = "none", PartitionData = [new ProduceRequest.PartitionProduceData { Index = 0, Records = TestBatch.Of(1) }] });

        var response = await connection.SendAsync(request, version, TestGuard.Limit, Token);

        Assert.Equal(["t", "none"], response.Responses.Select(topic => topic.Name));
        Assert.Equal(
            [(0, ErrorCode.None, 0L), (7, ErrorCode.UnknownTopicOrPartition, -1L), (1, ErrorCode.CorruptMessage, -1L)],
            response.Responses[0].PartitionResponses.Select(part => (part.Index, part.ErrorCode, part.BaseOffset)));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Assert.Single(response.Responses[1].PartitionResponses).ErrorCode);
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2)]
    public async Task Produce_versions_of_lost_formats_are_refused(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();

        Assert.Equal(ErrorCode.UnsupportedVersion, (await connection.ProduceAsync("t", TestBatch.Of(1), version: version)).ErrorCode);
    }

    [Fact]
    public async Task Bad_batches_are_refused_with_Kafkas_errors()
    {
        await using var rig = await GatewayRig.StartAsync(topicOptions: new() { AutoCreateTopics = false });
        await rig.CreateTopicAsync("t", configs: new() { ["max.message.bytes"] = "1000", ["message.timestamp.after.max.ms"] = "1000" });
        await using var connection = await rig.ConnectAsync();
        var flipped = TestBatch.Of(1);
        flipped[^1] ^= 1;

        Assert.Equal(ErrorCode.CorruptMessage, (await connection.ProduceAsync("t", flipped)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRecord, (await connection.ProduceAsync("t", [])).ErrorCode);
        Assert.Equal(ErrorCode.MessageTooLarge, (await connection.ProduceAsync("t", TestBatch.Of(1, valueBytes: 2000))).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequiredAcks, (await connection.ProduceAsync("t", TestBatch.Of(1), acks: 2)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await connection.ProduceAsync("nowhere", TestBatch.Of(1))).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await connection.ProduceAsync("t", TestBatch.Of(1), partition: -1)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidTimestamp, (await connection.ProduceAsync("t", TestBatch.Of(1, timestampMs: long.MaxValue / 2))).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRecord, (await connection.ProduceAsync("t", [.. TestBatch.Of(1), .. TestBatch.Of(1)])).ErrorCode);
        Assert.Equal((ErrorCode.None, 0L), (await connection.ProduceAsync("t", TestBatch.Of(1))) is var good ? (good.ErrorCode, good.BaseOffset) : default);
    }

    [Fact]
    public async Task Acks_0_has_no_answer_and_its_error_closes_the_connection()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();

        await connection.PostAsync(Requests.Produce("t", TestBatch.Of(4), acks: 0), 9, Token);
        await connection.ProduceAsync("t", TestBatch.Of(1));
        Assert.Equal(5, (await connection.FetchAsync(Requests.Fetch("t", 0))).Only().HighWatermark);

        await connection.PostAsync(Requests.Produce("t", [9, 9], acks: 0), 9, Token);
        await TestGuard.UntilAsync(() => connection.Failure is not null, "the broker closes the connection");
    }

    [Fact]
    public async Task A_produce_whose_time_is_over_is_told_so_and_may_still_become_durable()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(1));
        rig.Files.CloseGate();

        var late = (await connection.SendAsync(Requests.Produce("t", TestBatch.Of(1), timeoutMs: 50), 9, TestGuard.Limit, Token)).Responses[0].PartitionResponses[0];
        Assert.Equal(ErrorCode.RequestTimedOut, late.ErrorCode);

        rig.Files.OpenGate();
        var next = await connection.ProduceAsync("t", TestBatch.Of(1));
        Assert.Equal((ErrorCode.None, 2L), (next.ErrorCode, next.BaseOffset));
    }

    [Fact]
    public async Task Duplicates_are_known_across_connections()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var first = await rig.ConnectAsync();
        await using var second = await rig.ConnectAsync();
        var init = await first.SendAsync(new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 60_000 }, Token);
        Assert.Equal((ErrorCode.None, (short)0), (init.ErrorCode, init.ProducerEpoch));
        var batches = Enumerable.Range(0, 5).Select(number => TestBatch.Of(1, init.ProducerId, 0, number)).ToList();

        var original = await Task.WhenAll(batches.Select(batch => first.ProduceAsync("t", batch)));
        var repeated = await Task.WhenAll(batches.Select(batch => second.ProduceAsync("t", batch)));
        var gap = await second.ProduceAsync("t", TestBatch.Of(1, init.ProducerId, 0, 9));

        Assert.Equal([0L, 1L, 2L, 3L, 4L], original.Select(answer => answer.BaseOffset));
        Assert.Equal([0L, 1L, 2L, 3L, 4L], repeated.Select(answer => answer.BaseOffset));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, gap.ErrorCode);
    }

    [Fact]
    public async Task A_failed_disk_is_an_error_for_producers_and_none_for_readers()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(2));

        rig.Files.FailSyncs();

        Assert.Equal(ErrorCode.KafkaStorageError, (await connection.ProduceAsync("t", TestBatch.Of(1))).ErrorCode);
        Assert.Equal(ErrorCode.KafkaStorageError, (await connection.ProduceAsync("t", TestBatch.Of(1), acks: 1)).ErrorCode);
        var fetched = (await connection.FetchAsync(Requests.Fetch("t", 0))).Only();
        Assert.Equal((ErrorCode.None, 2L, 2), (fetched.ErrorCode, fetched.HighWatermark, fetched.Batches().Sum(batch => batch.RecordCount)));
    }
}
