using Actors.Gateway.Tests.Support;
using Actors.Grains;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Messages;
using Actors.Log;

namespace Actors.Gateway.Tests.Produce;

/// <summary>Every batch that Kafka refuses is refused, with Kafka's error, and leaves nothing behind.</summary>
public sealed class ProduceErrorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Garbage_is_corrupt_and_what_is_whole_but_wrong_is_an_invalid_record()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await rig.CreateTopicAsync("compacted", configs: new() { ["cleanup.policy"] = "compact" });
        await using var connection = await rig.ConnectAsync();

        Assert.Equal(ErrorCode.CorruptMessage, await ErrorOf(TestBatch.Of(1)[..40]));
        Assert.Equal(ErrorCode.CorruptMessage, await ErrorOf(TestBatch.Of(1)[..^1]));
        Assert.Equal(ErrorCode.CorruptMessage, await ErrorOf(Changed(TestBatch.Of(1), batch => batch[^2] ^= 0x40, seal: false)));
        Assert.Equal(ErrorCode.InvalidRecord, await ErrorOf(Changed(TestBatch.Of(2), batch => batch[60] = 3)));
        Assert.Equal(ErrorCode.InvalidRecord, await ErrorOf(Changed(TestBatch.Of(2), batch => batch[26] = 5)));
        Assert.Equal(ErrorCode.InvalidRecord, await ErrorOf(Changed(TestBatch.Of(1), batch => batch[22] |= 0x20)));
        Assert.Equal(ErrorCode.InvalidRecord, await ErrorOf([.. TestBatch.Of(1), 0]));
        Assert.Equal(ErrorCode.InvalidRecord, await ErrorOf(Changed(TestBatch.Of(1), batch => batch[16] = 1)));
        Assert.Equal(ErrorCode.InvalidRecord, await ErrorOf([]));
        Assert.Equal(ErrorCode.UnsupportedCompressionType, await ErrorOf(Changed(TestBatch.Of(1), batch => batch[22] |= 5)));
        Assert.Equal(ErrorCode.InvalidRecord, (await connection.ProduceAsync("compacted", TestBatch.Of(1))).ErrorCode);
        Assert.Equal(0, (await connection.ProduceAsync("t", TestBatch.Of(1))).BaseOffset);

        async Task<ErrorCode> ErrorOf(byte[] batch)
        {
            var answer = await connection.ProduceAsync("t", batch);
            Assert.Equal((-1L, -1L), (answer.BaseOffset, answer.LogAppendTimeMs));
            return answer.ErrorCode;
        }
    }

    [Theory]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(11, true)]
    public async Task The_record_that_is_wrong_is_named_from_version_8_on(short version, bool isNamed)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        // The second record's offset delta is made 7.
        var batch = TestBatch.Of(2, tag: "x");
        var second = RecordBatch.HeaderBytes + 1 + batch[RecordBatch.HeaderBytes] / 2;
        batch = Changed(batch, bytes => bytes[second + 3] = 14);

        var answer = await connection.ProduceAsync("t", batch, version: version);

        Assert.Equal(ErrorCode.InvalidRecord, answer.ErrorCode);
        Assert.Equal(isNamed ? [1] : [], answer.RecordErrors.Select(error => error.BatchIndex));
        Assert.Equal(isNamed, answer.ErrorMessage is not null);
    }

    [Theory]
    [InlineData(-7_200_000, ErrorCode.InvalidTimestamp)]
    [InlineData(0, ErrorCode.None)]
    [InlineData(7_200_000, ErrorCode.InvalidTimestamp)]
    public async Task A_timestamp_too_far_from_the_brokers_time_is_refused(int awayMs, ErrorCode expected)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", configs: new() { ["message.timestamp.before.max.ms"] = "3600000", ["message.timestamp.after.max.ms"] = "3600000" });
        await using var connection = await rig.ConnectAsync();
        var nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

        Assert.Equal(expected, (await connection.ProduceAsync("t", TestBatch.Of(1, timestampMs: nowMs + awayMs))).ErrorCode);
    }

    /// <summary>Some clients write the last record's timestamp there, and a search by time would miss the others.</summary>
    [Fact]
    public async Task A_header_with_another_largest_timestamp_than_its_records_is_corrected()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        var batch = Changed(TestBatch.Of(2, timestampMs: 5_000), bytes => System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(35), 5_000));

        Assert.Equal(ErrorCode.None, (await connection.ProduceAsync("t", batch)).ErrorCode);

        Assert.Equal(5_001, (await connection.FetchAsync(Requests.Fetch("t", 0))).Only().Batches()[0].MaxTimestampMs);
    }

    [Theory]
    [InlineData(6, ErrorCode.UnsupportedCompressionType)]
    [InlineData(7, ErrorCode.None)]
    public async Task Zstd_is_for_clients_that_can_read_it_back(short version, ErrorCode expected)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        var zstd = Compressed(CompressionCodec.Zstd, 100);

        Assert.Equal(expected, (await connection.ProduceAsync("t", zstd, version: version)).ErrorCode);
    }

    [Fact]
    public async Task There_are_no_transactions_yet_and_producers_hear_something_final()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        var transactional = Changed(TestBatch.Of(1, producerId: 1, epoch: 0, sequence: 0), batch => batch[22] |= 0x10);
        var named = Requests.Produce("t", TestBatch.Of(1));
        named.TransactionalId = "tx";

        var refused = (await connection.ProduceAsync("t", transactional)).ErrorCode;
        var refusedToo = (await connection.SendAsync(named, 9, TestGuard.Limit, Token)).Responses[0].PartitionResponses[0].ErrorCode;

        Assert.Equal((ErrorCode.InvalidTxnState, ErrorCode.InvalidTxnState), (refused, refusedToo));
        Assert.False(refused.IsRetriable());
    }

    [Theory]
    [InlineData(9, -1, 0)]
    [InlineData(10, 2, 1)]
    [InlineData(11, 2, 1)]
    public async Task Who_asks_the_wrong_node_is_told_the_leader_from_version_10_on(short version, int leaderId, int endpoints)
    {
        await using var rig = await GatewayRig.StartAsync();
        rig.OtherBrokers.Add(new Broker(2, "elsewhere", 29092));
        var topic = await rig.CreateTopicAsync("t", placement: [2]);
        await using var connection = await rig.ConnectAsync();

        var response = await connection.SendAsync(Requests.Produce("t", TestBatch.Of(1)), version, TestGuard.Limit, Token);

        var answer = response.Responses[0].PartitionResponses[0];
        Assert.Equal(ErrorCode.NotLeaderOrFollower, answer.ErrorCode);
        Assert.Equal((leaderId, leaderId < 0 ? -1 : topic.Partitions[0].LeaderEpoch), (answer.CurrentLeader.LeaderId, answer.CurrentLeader.LeaderEpoch));
        Assert.Equal(endpoints, response.NodeEndpoints.Count);
        if (endpoints > 0)
            Assert.Equal((2, "elsewhere", 29092), (response.NodeEndpoints[0].NodeId, response.NodeEndpoints[0].Host, response.NodeEndpoints[0].Port));
    }

    [Fact]
    public async Task With_acks_0_every_refusal_ends_the_connection_and_no_other()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var healthy = await rig.ConnectAsync();
        foreach (var request in new[]
        {
            Requests.Produce("nowhere", TestBatch.Of(1), acks: 0),
            Requests.Produce("t", TestBatch.Of(1), acks: 0, partition: 9),
            Requests.Produce("t", TestBatch.Of(1, valueBytes: 2 << 20), acks: 0),
            Requests.Produce("t", TestBatch.Of(1, producerId: 3, epoch: 1, sequence: 4), acks: 0),
        })
        {
            await using var connection = await rig.ConnectAsync();
            await healthy.ProduceAsync("t", TestBatch.Of(1, producerId: 3, epoch: 1, sequence: 0));
            await connection.PostAsync(request, 9, Token);
            await TestGuard.UntilAsync(() => connection.Failure is not null, "the broker closes the connection");
        }

        Assert.Equal(ErrorCode.None, (await healthy.ProduceAsync("t", TestBatch.Of(1))).ErrorCode);
        Assert.Null(healthy.Failure);
    }

    [Fact]
    public async Task Among_many_refused_partitions_only_the_one_that_was_stored_is_a_success()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        var request = Requests.Produce("t", TestBatch.Of(1));
        for (var index = 1; index < 2_000; index++)
            request.TopicData[0].PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = index, Records = new byte[] { 1 } });

        var answers = (await connection.SendAsync(request, 9, TestGuard.Limit, Token)).Responses[0].PartitionResponses;

        Assert.Equal(2_000, answers.Count);
        Assert.Equal(ErrorCode.None, answers[0].ErrorCode);
        Assert.All(answers.Skip(1), answer => Assert.Equal((ErrorCode.UnknownTopicOrPartition, -1L), (answer.ErrorCode, answer.BaseOffset)));
        // Nothing of that request is used for the next one.
        Assert.Equal(1, (await connection.ProduceAsync("t", TestBatch.Of(1))).BaseOffset);
    }

    /// <summary>Changes a batch and, unless the CRC is to be wrong, seals it again.</summary>
    private static byte[] Changed(byte[] batch, Action<byte[]> change, bool seal = true)
    {
        change(batch);
        if (seal)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(17), RecordBatch.ComputeCrc(batch));
        return batch;
    }

    private static byte[] Compressed(CompressionCodec codec, int valueBytes)
    {
        var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = codec });
        builder.Append(1_000, null, new byte[valueBytes]);
        return builder.Build();
    }
}
