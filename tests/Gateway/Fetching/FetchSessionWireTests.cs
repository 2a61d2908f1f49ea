using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Tests.Fetching;

/// <summary>Fetch sessions over a socket (KIP-227).</summary>
public sealed class FetchSessionWireTests
{
    [Fact]
    public async Task A_session_tells_only_what_has_changed()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 3);
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(2), partition: 1);
        var full = Requests.Fetch("t", 0);
        full.SessionEpoch = 0;
        full.Topics[0].Partitions.Add(new FetchRequest.FetchPartition { Partition = 1, FetchOffset = 0, PartitionMaxBytes = 1 << 20 });
        full.Topics[0].Partitions.Add(new FetchRequest.FetchPartition { Partition = 2, FetchOffset = 0, PartitionMaxBytes = 1 << 20 });

        var first = await connection.FetchAsync(full);
        Assert.NotEqual(0, first.SessionId);
        Assert.Equal([0, 1, 2], first.Responses[0].Partitions.Select(partition => partition.PartitionIndex));

        var progress = Requests.Fetch("t", 2, partition: 1);
        (progress.SessionId, progress.SessionEpoch) = (first.SessionId, 1);
        Assert.Empty((await connection.FetchAsync(progress)).Responses);

        await connection.ProduceAsync("t", TestBatch.Of(1), partition: 2);
        var third = await connection.FetchAsync(Incremental(first.SessionId, 2, maxWaitMs: 25_000));
        Assert.Equal((2, 1L), third.Only() is var only ? (only.PartitionIndex, only.HighWatermark) : default);

        var forget = Incremental(first.SessionId, 3);
        forget.ForgottenTopicsData = [new FetchRequest.ForgottenTopic { Topic = "t", Partitions = [2] }];
        Assert.Empty((await connection.FetchAsync(forget)).Responses);
        await connection.ProduceAsync("t", TestBatch.Of(1), partition: 2);
        await connection.ProduceAsync("t", TestBatch.Of(1), partition: 0);
        Assert.Equal(0, (await connection.FetchAsync(Incremental(first.SessionId, 4))).Only().PartitionIndex);
    }

    [Fact]
    public async Task Sessions_refuse_what_does_not_continue_them()
    {
        await using var rig = await GatewayRig.StartAsync();
        var topic = await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        var full = Requests.Fetch("t", 0);
        full.SessionEpoch = 0;
        var session = (await connection.FetchAsync(full)).SessionId;

        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, (await connection.FetchAsync(Incremental(session, 5))).ErrorCode);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await connection.FetchAsync(Incremental(session == 1 ? 2 : 1, 1))).ErrorCode);
        Assert.Equal(ErrorCode.FetchSessionTopicIdError, (await connection.FetchAsync(Incremental(session, 1), 13)).ErrorCode);
        Assert.Equal(ErrorCode.None, (await connection.FetchAsync(Incremental(session, 1))).ErrorCode);

        var close = Requests.Fetch("t", 0);
        (close.SessionId, close.SessionEpoch) = (session, -1);
        Assert.Equal((ErrorCode.None, 0), await connection.FetchAsync(close) is var closed ? (closed.ErrorCode, closed.SessionId) : default);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await connection.FetchAsync(Incremental(session, 2))).ErrorCode);
        Assert.Equal(0, rig.Services.GetRequiredService<FetchSessionCache>().Count);
        Assert.Equal("t", topic.Name);
    }

    [Fact]
    public async Task A_full_cache_gives_no_session_and_serves_all_the_same()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { MaxFetchSessions = 1 });
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        var full = Requests.Fetch("t", 0);
        full.SessionEpoch = 0;

        Assert.NotEqual(0, (await connection.FetchAsync(full)).SessionId);
        var second = await connection.FetchAsync(full);

        Assert.Equal((ErrorCode.None, 0), (second.ErrorCode, second.SessionId));
        Assert.Equal(0, second.Only().PartitionIndex);
        Assert.Equal((1, 1), rig.Services.GetRequiredService<FetchSessionCache>() is var cache ? (cache.Count, cache.PartitionCount) : default);
    }

    private static FetchRequest Incremental(int sessionId, int epoch, int maxWaitMs = 0) =>
        new() { MaxWaitMs = maxWaitMs, MinBytes = 1, MaxBytes = 1 << 20, SessionId = sessionId, SessionEpoch = epoch };
}
