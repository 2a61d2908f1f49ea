using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Partitions;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Tests.Connections;

/// <summary>Each limit holds at its value and not elsewhere; those of hostile clients, sessions and stops have tests of their own.</summary>
public sealed class OptionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2_000, true)]
    [InlineData(2_001, false)]
    public async Task The_largest_request_is_served_and_a_larger_one_ends_the_connection(int frameBytes, bool isServed)
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { MaxRequestBytes = 2_000 });
        await using var connection = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);
        // ApiVersions v0 has an empty body; the client id fills the frame.
        var request = new byte[4 + frameBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(request, frameBytes);
        request[5] = 18;
        System.Buffers.Binary.BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(12), (short)(frameBytes - 10));

        await connection.SendAsync(request, Token);

        Assert.Equal(isServed, await connection.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit) is not null);
        Assert.Equal(!isServed, rig.Log.Entries.Any(entry => entry.EventId == 3001 && entry.Message.Contains("2001", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_connection_is_not_read_while_too_many_of_its_requests_wait()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { MaxRequestsInFlight = 4 });
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(1));
        var replica = rig.Services.GetRequiredService<ReplicaRegistry>().Replicas.Single();
        rig.Files.CloseGate();

        var produced = Enumerable.Range(0, 20).Select(_ => connection.ProduceAsync("t", TestBatch.Of(1))).ToList();
        await TestGuard.UntilAsync(() => replica.Describe().LogEndOffset == 5, "four requests wait");
        await using (var other = await rig.ConnectAsync())
            Assert.NotEmpty((await other.SendAsync(new MetadataRequest(), Token)).Brokers);
        Assert.Equal(5, replica.Describe().LogEndOffset);

        rig.Files.OpenGate();
        Assert.Equal(Enumerable.Range(1, 20).Select(offset => (long)offset), (await Task.WhenAll(produced)).Select(answer => answer.BaseOffset));
    }

    [Fact]
    public async Task A_connection_is_not_read_while_its_answers_hold_too_many_bytes()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { MaxBytesInFlight = 200_000, WriteTimeout = TimeSpan.FromMinutes(5) });
        await rig.CreateTopicAsync("t", partitions: 3_000);
        await using var healthy = await rig.ConnectAsync();
        var answer = await healthy.SendAsync(new MetadataRequest { Topics = null }, 9, TestGuard.Limit, Token);
        Assert.Equal(3_000, answer.Topics[0].Partitions.Count);
        await using var deaf = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);

        var sending = Task.Run(async () =>
        {
            for (var number = 0; number < 400; number++)
                await deaf.SendAsync(new MetadataRequest { Topics = null }, 9, number, Token);
        });

        // What the sockets and pipes between the two take, and then no more.
        var handled = await SettledAsync(() => Handled(rig));
        Assert.InRange(handled, 2, 200);
        Assert.NotEmpty((await healthy.SendAsync(new MetadataRequest { Topics = [] }, Token)).Brokers);

        // When it reads at last, everything is there and in order.
        for (var number = 0; number < 400; number++)
        {
            var frame = await deaf.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit);
            Assert.Equal(number, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frame));
        }

        await sending;
    }

    [Fact]
    public async Task A_fetch_gives_no_more_than_the_silo_allows()
    {
        var batch = TestBatch.Of(1, valueBytes: 1_000);
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { MaxFetchBytes = batch.Length * 3 });
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        for (var number = 0; number < 10; number++)
            await connection.ProduceAsync("t", batch);

        Assert.Equal(3, (await connection.FetchAsync(Requests.Fetch("t", 0, maxBytes: 1 << 20))).Only().Batches().Count);
    }

    [Fact]
    public async Task A_request_that_waits_for_room_is_not_late()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { MaxRequestsInFlight = 1, ReadTimeout = TimeSpan.FromSeconds(1) });
        await rig.CreateTopicAsync("t");
        await using var healthy = await rig.ConnectAsync();
        await healthy.ProduceAsync("t", TestBatch.Of(1));
        await using var connection = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);
        var replica = rig.Services.GetRequiredService<ReplicaRegistry>().Replicas.Single();
        rig.Files.CloseGate();
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        KafkaFrame.WriteRequest(output, Requests.Produce("t", TestBatch.Of(1)), 9, 1, null);
        KafkaFrame.WriteRequest(output, new MetadataRequest(), 9, 2, null);

        // A whole request, and the beginning of the next one, which nobody reads while the disk does not answer.
        var cut = output.WrittenCount - 3;
        await connection.SendAsync(output.WrittenMemory[..cut], Token);
        await TestGuard.UntilAsync(() => replica.Describe().LogEndOffset == 2, "the first request is accepted");
        var since = TimeProvider.System.GetTimestamp();
        await TestGuard.UntilAsync(() => TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromMilliseconds(1_200), "the read time-out has passed");
        rig.Files.OpenGate();
        Assert.NotNull(await connection.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit));
        await connection.SendAsync(output.WrittenMemory[cut..], Token);

        Assert.NotNull(await connection.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit));
    }

    [Fact]
    public async Task A_connection_that_waits_for_its_answer_is_not_idle()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { IdleTimeout = TimeSpan.FromSeconds(1) });
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();

        Assert.Equal(ErrorCode.None, (await connection.FetchAsync(Requests.Fetch("t", 0, maxWaitMs: 2_200))).Only().ErrorCode);
    }

    private static double Handled(GatewayRig rig) => rig.Meters.Observe("actors_kafka_requests_total");

    /// <summary>The value once it has not moved for a quarter of a second.</summary>
    private static async Task<double> SettledAsync(Func<double> read)
    {
        var value = read();
        var since = TimeProvider.System.GetTimestamp();
        await TestGuard.UntilAsync(
            () =>
            {
                var now = read();
                if (now != value)
                    (value, since) = (now, TimeProvider.System.GetTimestamp());
                return TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromMilliseconds(250);
            },
            "the value settles");
        return value;
    }
}
