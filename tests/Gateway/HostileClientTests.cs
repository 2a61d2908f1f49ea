using System.Buffers;
using System.Buffers.Binary;
using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Tests;

/// <summary>Whoever misbehaves is closed, the memory stays bounded, and the healthy client beside it notices nothing.</summary>
public sealed class HostileClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[]> Garbage => new()
    {
        { "HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray() },
        { "a TLS hello", [0x16, 3, 1, 0, 0xA5, 1, 0, 0, 0xA1, 3, 3] },
        { "a negative length", [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0] },
        { "a huge length", [0x7F, 0xFF, 0xFF, 0xFF, 0, 18, 0, 0] },
        { "one byte above the limit", [0x06, 0x40, 0, 1, 0, 18, 0, 0] },
        { "an empty frame", [0, 0, 0, 0] },
        { "a frame without a whole header", [0, 0, 0, 3, 0, 18, 0] },
        { "a client id that is longer than the frame", [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0x7F, 0xFF] },
        { "a produce request that ends too soon", [0, 0, 0, 12, 0, 0, 0, 3, 0, 0, 0, 1, 0xFF, 0xFF, 0, 1] },
        { "a fetch of two billion topics", [0, 0, 0, 31, 0, 1, 0, 4, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0x7F, 0xFF, 0xFF, 0xFF] },
        { "a metadata request with an array of a billion", [0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 0xFF, 0xFF, 0x3F, 0xFF, 0xFF, 0xFF] },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_is_closed(string what, byte[] bytes)
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var healthy = await rig.ConnectAsync();
        await using var hostile = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);

        await hostile.SendAsync(bytes, Token);

        Assert.True(await IsClosedAsync(hostile), what);
        Assert.NotEmpty((await healthy.SendAsync(new MetadataRequest(), Token)).Brokers);
        await TestGuard.UntilAsync(() => rig.Metrics.Connections == 1, "only the healthy connection is left");
    }

    /// <summary>ACTORS_TEST_SEED replays the seed that a failure names.</summary>
    [Fact]
    public async Task Random_bytes_are_closed_or_answered()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("ACTORS_TEST_SEED"), out var known) ? known : Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"ACTORS_TEST_SEED={seed}");
        var random = new Random(seed);
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { ReadTimeout = TimeSpan.FromMilliseconds(100), MaxRequestBytes = 1 << 20 });
        await using var healthy = await rig.ConnectAsync();
        for (var round = 0; round < 100; round++)
        {
            await using var hostile = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);
            var bytes = new byte[random.Next(KafkaFrame.PrefixBytes, 2000)];
            random.NextBytes(bytes);
            // Half of them look like the beginning of a request, and half of each kind stay open behind their bytes.
            if (round % 2 == 0)
                BinaryPrimitives.WriteInt32BigEndian(bytes, random.Next(1, 3000));
            await hostile.SendAsync(bytes, Token);
            if (round % 4 >= 2)
                hostile.EndSending();
            Assert.True(await IsClosedAsync(hostile), $"ACTORS_TEST_SEED={seed}, round {round}");
        }

        Assert.NotEmpty((await healthy.SendAsync(new MetadataRequest(), Token)).Brokers);
        await TestGuard.UntilAsync(() => rig.Metrics.Connections == 1, $"only the healthy connection is left; ACTORS_TEST_SEED={seed}");
    }

    /// <summary>Nothing more comes from who has closed its half, so nothing waits for its sake: it is closed, and leaves nothing behind.</summary>
    [Fact]
    public async Task A_half_closed_connection_is_closed_though_its_long_poll_has_time()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var healthy = await rig.ConnectAsync();
        await healthy.ProduceAsync("t", TestBatch.Of(1));
        await using var connection = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);
        var waits = rig.Services.GetRequiredService<TimerWheel>();

        await connection.SendAsync(Requests.Produce("t", TestBatch.Of(1)), 9, 1, Token);
        await connection.SendAsync(Requests.Fetch("t", 1, maxWaitMs: 300_000, minBytes: 1_000_000), 12, 2, Token);
        Assert.Equal(1, BinaryPrimitives.ReadInt32BigEndian(await connection.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit)));
        await TestGuard.UntilAsync(() => waits.Count == 1, "the fetch waits");
        connection.EndSending();

        Assert.True(await IsClosedAsync(connection));
        await TestGuard.UntilAsync(() => waits.Count == 0 && rig.Metrics.Connections == 1, "nothing is left of it");
        Assert.Equal(2, (await healthy.FetchAsync(Requests.Fetch("t", 0))).Only().HighWatermark);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_at_once()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { MaxConnections = 2 });
        await using var first = await rig.ConnectAsync();
        await using (await rig.ConnectAsync())
        {
            Assert.True(await IsRefusedAsync(rig.Port));
        }

        await TestGuard.UntilAsync(() => rig.Metrics.Connections == 1, "one has gone");
        await using var again = await rig.ConnectAsync();
        Assert.NotEmpty((await again.SendAsync(new MetadataRequest(), Token)).Brokers);
    }

    [Fact]
    public async Task A_connection_that_says_nothing_is_closed()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { IdleTimeout = TimeSpan.FromMilliseconds(100) });
        await using var silent = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);

        Assert.True(await IsClosedAsync(silent));
    }

    [Fact]
    public async Task A_request_that_never_ends_is_closed()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { ReadTimeout = TimeSpan.FromMilliseconds(100) });
        await using var slow = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);

        await slow.SendAsync(new byte[] { 0, 0, 1, 0, 0, 18 }, Token);

        Assert.True(await IsClosedAsync(slow));
    }

    [Fact]
    public async Task A_client_that_never_reads_is_held_back_and_then_closed()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { WriteTimeout = TimeSpan.FromMilliseconds(300), MaxRequestsInFlight = 16 });
        await rig.CreateTopicAsync("t");
        await using var healthy = await rig.ConnectAsync();
        for (var number = 0; number < 8; number++)
            await healthy.ProduceAsync("t", TestBatch.Of(1, valueBytes: 900_000));
        await using var deaf = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);

        // At once: what comes after the time-out would find the connection closed.
        var requests = new ArrayBufferWriter<byte>();
        for (var number = 0; number < 64; number++)
            KafkaFrame.WriteRequest(requests, Requests.Fetch("t", 0, maxBytes: 8 << 20), 12, number, null);
        await deaf.SendAsync(requests.WrittenMemory, Token);

        await TestGuard.UntilAsync(() => rig.Metrics.Connections == 1, "the deaf client is closed");
        Assert.Equal(8, (await healthy.FetchAsync(Requests.Fetch("t", 0))).Only().HighWatermark);
    }

    [Fact]
    public async Task Half_sent_giants_take_no_memory_from_small_requests()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { MaxArrivingBytes = 200_000, MaxRequestBytes = 150_000 });
        await rig.CreateTopicAsync("t");
        var giants = new List<KafkaRawConnection>();
        for (var number = 0; number < 20; number++)
        {
            var giant = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);
            giants.Add(giant);
            byte[] start = [0, 2, 0x49, 0xF0, 0, 0, 0, 9, 0, 0, 0, 1];
            await giant.SendAsync(start, Token);
            await giant.SendAsync(new byte[50_000], Token);
        }

        await using var healthy = await rig.ConnectAsync();
        Assert.Equal(ErrorCode.None, (await healthy.ProduceAsync("t", TestBatch.Of(1))).ErrorCode);
        foreach (var giant in giants)
            await giant.DisposeAsync();
        await TestGuard.UntilAsync(() => rig.Metrics.Connections == 1, "the giants are gone");
        Assert.Equal(ErrorCode.None, (await healthy.ProduceAsync("t", TestBatch.Of(1, valueBytes: 120_000))).ErrorCode);
    }

    [Fact]
    public async Task A_frame_may_arrive_byte_by_byte()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var slow = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);
        byte[] request = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 5, 0xFF, 0xFF];

        foreach (var one in request)
            await slow.SendAsync(new[] { one }, Token);

        var frame = await slow.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit);
        Assert.Equal([0, 0, 0, 5], frame![..4]);
    }

    /// <summary>Whether a new connection is closed, be it before its client knows that it was opened.</summary>
    private static async Task<bool> IsRefusedAsync(int port)
    {
        try
        {
            await using var connection = await KafkaRawConnection.ConnectAsync("127.0.0.1", port, 1 << 20, Token);
            return await IsClosedAsync(connection);
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }

    private static async Task<bool> IsClosedAsync(KafkaRawConnection connection)
    {
        try
        {
            while (await connection.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit) is not null)
            {
                // An answer before the end is welcome.
            }

            return true;
        }
        catch (IOException failure) when (failure is not EndOfStreamException)
        {
            // A reset: there were bytes left that nobody reads.
            return true;
        }
    }
}
