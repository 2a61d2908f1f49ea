using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;

namespace Actors.Gateway.Tests.Fetching;

/// <summary>A fetch does not wait where waiting brings nothing, however long its client would.</summary>
public sealed class FetchDueTests
{
    private const int LongMs = 25_000;

    [Fact]
    public async Task More_than_the_client_may_get_is_not_waited_for()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        var batch = TestBatch.Of(1, valueBytes: 1_000);
        await connection.ProduceAsync("t", batch);
        await connection.ProduceAsync("t", batch);

        var fetched = connection.FetchAsync(Requests.Fetch("t", 0, maxWaitMs: LongMs, minBytes: 1 << 20, maxBytes: batch.Length));

        Assert.Single((await TestGuard.SoonAsync(fetched, "all that may be given is there")).Only().Batches());
    }

    [Theory]
    [InlineData(9, -1, ErrorCode.OffsetOutOfRange)]
    [InlineData(1, 7, ErrorCode.UnknownLeaderEpoch)]
    public async Task An_error_is_told_at_once(long offset, int currentEpoch, ErrorCode expected)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(1));
        var request = Requests.Fetch("t", offset, maxWaitMs: LongMs);
        request.Topics[0].Partitions[0].CurrentLeaderEpoch = currentEpoch;

        Assert.Equal(expected, (await TestGuard.SoonAsync(connection.FetchAsync(request), "the error is told")).Only().ErrorCode);
    }
}
