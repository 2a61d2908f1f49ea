using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Tests.Fetching;

/// <summary>Clients that fetch and do not read hold memory for records, and keep nobody else from reading.</summary>
public sealed class FetchRoomTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_takes_nothing_keeps_nobody_else_from_reading()
    {
        await using var rig = await StartAsync(maxLeavingBytes: 2 << 20, batches: 400, batchBytes: 30_000);
        await using var healthy = await rig.ConnectAsync();
        var deaf = await DeafAsync(rig, 2 << 20);
        await TestGuard.UntilAsync(() => FreeBytes(rig) < 600_000, "the deaf client holds the memory");

        // The sockets take some of the deaf client's answers first; between two of them there is more room for a moment.
        await TestGuard.UntilAsync(
            async () =>
            {
                var fetched = await FetchAsync(healthy, 0, 1 << 20);
                Assert.Equal(ErrorCode.None, fetched.ErrorCode);
                Assert.NotEmpty(fetched.Batches());
                return fetched.Batches().Count <= 2;
            },
            "the healthy client reads what the deaf one has left");
        await EndAsync(deaf);
    }

    [Fact]
    public async Task Deaf_clients_leave_room_for_a_first_batch_that_is_not_small()
    {
        await using var rig = await StartAsync(maxLeavingBytes: 16 << 20, batches: 80, batchBytes: 200_000);
        await using var healthy = await rig.ConnectAsync();
        // A large answer fits, a second one does not, and the others together would take what the two have left.
        var deaf = await DeafAsync(rig, [9 << 20, 6 << 20, .. Enumerable.Repeat(9 << 20, 6)]);
        await TestGuard.UntilAsync(() => FreeBytes(rig) <= 10 << 20, "the deaf clients hold what they can");

        for (var offset = 0; offset < 10; offset++)
        {
            var fetched = await FetchAsync(healthy, offset, 9 << 20);

            Assert.Equal(ErrorCode.None, fetched.ErrorCode);
            Assert.Equal(offset, fetched.Batches()[0].BaseOffset);
        }

        await TestGuard.UntilAsync(() => FreeBytes(rig) < 11 << 20, "the deaf clients hold on");
        await EndAsync(deaf);
    }

    private static async Task<GatewayRig> StartAsync(long maxLeavingBytes, int batches, int batchBytes)
    {
        var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { MaxLeavingBytes = maxLeavingBytes, WriteTimeout = TimeSpan.FromMinutes(5) });
        await rig.CreateTopicAsync("t");
        await using var producer = await rig.ConnectAsync();
        for (var number = 0; number < batches; number++)
            await producer.ProduceAsync("t", TestBatch.Of(1, valueBytes: batchBytes));
        return rig;
    }

    private static async Task<FetchResponse.PartitionData> FetchAsync(KafkaConnection healthy, long offset, int maxBytes) => (await TestGuard.SoonAsync(
        healthy.FetchAsync(Requests.Fetch("t", offset, maxBytes: maxBytes)), $"a healthy client is given offset {offset} beside those who take nothing")).Only();

    private static async Task<List<KafkaRawConnection>> DeafAsync(GatewayRig rig, params int[] maxBytesEach)
    {
        var deaf = new List<KafkaRawConnection>();
        foreach (var maxBytes in maxBytesEach)
        {
            var client = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);
            deaf.Add(client);
            for (var request = 0; request < 40; request++)
                await client.SendAsync(Requests.Fetch("t", 0, maxBytes: maxBytes), 12, request, Token);
        }

        return deaf;
    }

    private static long FreeBytes(GatewayRig rig) => rig.Services.GetRequiredService<FetchServices>().Leaving.FreeBytes;

    private static async Task EndAsync(List<KafkaRawConnection> clients)
    {
        foreach (var client in clients)
            await client.DisposeAsync();
    }
}
