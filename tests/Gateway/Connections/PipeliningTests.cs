using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Tests.Connections;

/// <summary>Requests that arrive together are handled one after the other, as if each had waited for the one before it.</summary>
public sealed class PipeliningTests
{
    [Fact]
    public async Task A_fetch_behind_a_produce_finds_the_partition_as_it_is_after_the_append()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var other = await rig.ConnectAsync();
        await other.ProduceAsync("t", TestBatch.Of(1));
        await using var client = MemoryClient.Connect(MemoryClient.Listen(rig, new KafkaGatewayOptions(), TimeProvider.System));

        // The second record comes without an answer, and the fetch wants the one behind it.
        client.Send(new ReadOnlyMemory<byte>(
        [
            .. MemoryClient.Frame(Requests.Produce("t", TestBatch.Of(1), acks: 0), 9).Span,
            .. MemoryClient.Frame(Requests.Fetch("t", 2, maxWaitMs: 30_000), 12, 7).Span,
        ]));
        Assert.Equal(2, (await other.ProduceAsync("t", TestBatch.Of(1))).BaseOffset);

        var frame = await client.ReadAsync("the fetch is answered with the third record");
        var fetched = KafkaMessage.Read<FetchResponse>(frame.AsMemory(ResponseHeader.SizeOf(1)), 12).Only();
        Assert.Equal((ErrorCode.None, 3L), (fetched.ErrorCode, fetched.HighWatermark));
        Assert.Equal([2L], fetched.Batches().Select(batch => batch.BaseOffset));
    }
}
