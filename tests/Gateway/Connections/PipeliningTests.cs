using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Messages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

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

    /// <summary>A produce request waits for none in front of it; one of another kind does, so it divides them.</summary>
    [Theory]
    [InlineData("PPPPPPPPPP", "10")]
    [InlineData("PPPPFPPP", "4 3")]
    [InlineData("FPPP", "3")]
    public async Task Produce_requests_that_arrive_together_are_one_append(string requests, string recordsOfAppends)
    {
        await using var rig = await GatewayRig.StartAsync(logLevel: LogLevel.Debug);
        await rig.CreateTopicAsync("t");
        await using (var first = await rig.ConnectAsync())
            await first.ProduceAsync("t", TestBatch.Of(1));
        rig.Log.Entries.Clear();
        await using var client = MemoryClient.Connect(MemoryClient.Listen(
            rig, new KafkaGatewayOptions(), TimeProvider.System, rig.Services.GetRequiredService<ILogger<KafkaConnectionHandler>>()));

        client.Send(requests.SelectMany(kind => kind == 'P'
            ? MemoryClient.Frame(Requests.Produce("t", TestBatch.Of(1)), 9).ToArray()
            : MemoryClient.Frame(Requests.Fetch("t", 0), 12).ToArray()).ToArray());
        foreach (var _ in requests)
            await client.ReadAsync("every request is answered");

        // The leadership is looked at once for each append.
        Assert.Equal(recordsOfAppends, string.Join(' ', rig.Log.Named("LEADERSHIP_CHECK").Select(entry => entry.Get<long>("BatchSize"))));
    }
}
