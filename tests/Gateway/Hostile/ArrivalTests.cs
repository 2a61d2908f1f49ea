using System.Buffers;
using System.Buffers.Binary;
using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Tests.Hostile;

/// <summary>Who announces large requests, or sends them in part, keeps nobody else from sending large ones.</summary>
public sealed class ArrivalTests
{
    private const int LargeBytes = 500_000;
    private const int Announced = 100_000_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_announced_and_not_sent_takes_nothing()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { ReadTimeout = TimeSpan.FromMinutes(5) });
        await rig.CreateTopicAsync("t");
        var giants = await GiantsAsync(rig, 8, Announced, sentBytes: 0);

        await AssertLargeIsServedAsync(rig);
        await EndAsync(giants);
    }

    [Fact]
    public async Task When_everything_is_taken_one_at_a_time_goes_on()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { MaxArrivingBytes = 1 << 20, ReadTimeout = TimeSpan.FromMinutes(5) });
        await rig.CreateTopicAsync("t");
        var giants = await GiantsAsync(rig, 4, Announced, sentBytes: 300_000);

        await AssertLargeIsServedAsync(rig);
        await AssertLargeIsServedAsync(rig);
        await EndAsync(giants);
    }

    [Fact]
    public async Task Who_does_not_finish_in_time_makes_way_and_who_waited_for_that_is_not_late()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { MaxArrivingBytes = 1 << 20, ReadTimeout = TimeSpan.FromMilliseconds(800) });
        await rig.CreateTopicAsync("t");
        var giants = await GiantsAsync(rig, 12, Announced, sentBytes: 300_000);

        await AssertLargeIsServedAsync(rig);
        await TestGuard.UntilAsync(() => rig.Metrics.Connections == 0, "the giants are closed");
        await EndAsync(giants);
    }

    [Fact]
    public async Task A_request_that_is_doled_out_byte_by_byte_is_closed_when_its_time_is_over()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { ReadTimeout = TimeSpan.FromMilliseconds(400) });
        await using var slow = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);
        using var drops = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var guard = new CancellationTokenSource(TestGuard.Limit);

        await slow.SendAsync(new byte[] { 0, 0, 1, 0, 0, 18 }, Token);
        var closed = slow.ReadFrameAsync(Token).AsTask();
        while (!closed.IsCompleted && await drops.WaitForNextTickAsync(guard.Token))
        {
            try
            {
                await slow.SendAsync(new byte[1], Token);
            }
            catch (IOException)
            {
                break;
            }
        }

        await TestGuard.UntilAsync(() => rig.Metrics.Connections == 0, "the connection is closed");
        Assert.False(guard.IsCancellationRequested);
    }

    /// <summary>Clients that announce a produce or a metadata request and send a part of it. They have been heard when this returns.</summary>
    private static async Task<List<KafkaRawConnection>> GiantsAsync(GatewayRig rig, int count, int announcedBytes, int sentBytes)
    {
        var giants = new List<KafkaRawConnection>();
        for (var number = 0; number < count; number++)
        {
            var giant = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);
            giants.Add(giant);
            var output = new ArrayBufferWriter<byte>();
            KafkaFrame.WriteRequest(output, new ApiVersionsRequest(), 0, number, null);
            var start = new byte[6];
            BinaryPrimitives.WriteInt32BigEndian(start, announcedBytes);
            BinaryPrimitives.WriteInt16BigEndian(start.AsSpan(4), (short)(number % 2 == 0 ? ApiKey.Metadata : ApiKey.Produce));
            output.Write(start);
            await giant.SendAsync(output.WrittenMemory, Token);
            Assert.NotNull(await giant.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit));
            try
            {
                await giant.SendAsync(new byte[sentBytes], Token);
            }
            catch (IOException)
            {
                // Its time was over before it got so far.
            }
        }

        return giants;
    }

    private static async Task AssertLargeIsServedAsync(GatewayRig rig)
    {
        await using var healthy = await rig.ConnectAsync();
        Assert.Equal(ErrorCode.None, (await healthy.ProduceAsync("t", TestBatch.Of(1, valueBytes: LargeBytes))).ErrorCode);
    }

    private static async Task EndAsync(List<KafkaRawConnection> giants)
    {
        foreach (var giant in giants)
            await giant.DisposeAsync();
    }
}
