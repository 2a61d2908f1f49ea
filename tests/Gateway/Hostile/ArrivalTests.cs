using System.Buffers.Binary;
using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;

namespace Actors.Gateway.Tests.Hostile;

/// <summary>Who announces large requests, sends them in part, or waits for ever with one, keeps nobody else from sending large ones.</summary>
public sealed class ArrivalTests
{
    private const int ReadTimeoutMs = 400;
    private const int Announced = 100_000_000;
    private readonly VirtualTime _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_announced_and_not_sent_takes_nothing()
    {
        await using var rig = await RigAsync();
        var listener = Listen(rig, new KafkaGatewayOptions());
        var giants = Connect(listener, 8);
        foreach (var giant in giants)
            giant.Send(StartOfProduce(sentBytes: 0));

        await AssertLargeIsServedAsync(listener, "beside announcements");
        await EndAsync(giants);
    }

    [Fact]
    public async Task When_everything_is_taken_one_at_a_time_goes_on()
    {
        await using var rig = await RigAsync();
        var listener = Listen(rig, new KafkaGatewayOptions { MaxArrivingBytes = 1 << 20 });
        var giants = Connect(listener, 4);
        foreach (var giant in giants)
            giant.Send(StartOfProduce(sentBytes: 300_000));

        await AssertLargeIsServedAsync(listener, "beside those who hold everything");
        await AssertLargeIsServedAsync(listener, "after the one before it");
        await EndAsync(giants);
    }

    [Fact]
    public async Task Who_does_not_finish_in_time_makes_way_and_who_waited_for_that_is_not_late()
    {
        await using var rig = await GatewayRig.StartAsync(
            new KafkaGatewayOptions { MaxArrivingBytes = 1 << 20, ReadTimeout = TimeSpan.FromMilliseconds(800) });
        await rig.CreateTopicAsync("t");
        var giants = new List<KafkaRawConnection>();
        for (var number = 0; number < 12; number++)
        {
            giants.Add(await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token));
            try
            {
                await giants[^1].SendAsync(StartOfProduce(sentBytes: 300_000), Token);
            }
            catch (IOException)
            {
                // Its time was over before it got so far.
            }
        }

        await using (var healthy = await rig.ConnectAsync())
            Assert.Equal(ErrorCode.None, (await healthy.ProduceAsync("t", TestBatch.Of(1, valueBytes: 500_000))).ErrorCode);
        await TestGuard.UntilAsync(() => rig.Metrics.Connections == 0, "the giants are closed");
        foreach (var giant in giants)
            await giant.DisposeAsync();
    }

    [Fact]
    public async Task A_request_that_is_doled_out_byte_by_byte_is_closed_when_its_time_is_over()
    {
        await using var rig = await RigAsync();
        await using var slow = MemoryClient.Connect(Listen(rig, new KafkaGatewayOptions()));

        slow.Send(new byte[] { 0, 0, 1, 0, 0, 18 });
        for (var passedMs = 0; passedMs < ReadTimeoutMs; passedMs += 50)
        {
            _time.Pass(50);
            slow.Send(new byte[1]);
        }

        Assert.False(slow.IsClosed, "The connection is closed too soon.");
        _time.Pass(2);
        await slow.ClosedAsync("a connection is closed whose request has not arrived in time");
    }

    /// <summary>One large request waits for records and has all the memory for parsed ones; others have arrived whole, and hold all that there is for arriving ones.</summary>
    [Fact]
    public async Task Who_holds_a_share_while_nothing_is_parsed_makes_way()
    {
        await using var rig = await RigAsync();
        var listener = Listen(rig, new KafkaGatewayOptions { MaxArrivingBytes = 1 << 20 });
        await using var first = MemoryClient.Connect(listener);
        first.SendInTwo(EndlessFetch(partitions: 5_000));
        var holders = Connect(listener, 5);
        foreach (var holder in holders)
            holder.SendInTwo(LargeMetadata());

        await AssertLargeIsServedInTimeAsync(listener, holders);
        Assert.False(first.IsClosed, "The first one waits for nothing that others have.");
    }

    [Fact]
    public async Task A_large_poll_is_answered_early_since_others_wait_for_its_memory()
    {
        await using var rig = await RigAsync();
        await using var client = MemoryClient.Connect(Listen(rig, new KafkaGatewayOptions()));
        client.SendInTwo(EndlessFetch(partitions: 5_000));
        var answered = client.ReadAsync("a large poll is answered after five seconds");

        _time.Pass(4_999);
        Assert.False(answered.IsCompleted, "The poll is answered before its time.");
        _time.Pass(20);
        await answered;
    }

    [Fact]
    public async Task A_large_request_behind_a_poll_holds_nothing_that_others_wait_for()
    {
        await using var rig = await RigAsync();
        var listener = Listen(rig, new KafkaGatewayOptions { MaxArrivingBytes = 1 << 20 });
        await using var waiting = MemoryClient.Connect(listener);
        await using var other = MemoryClient.Connect(listener);
        waiting.Send(EndlessFetch());
        waiting.SendInTwo(LargeMetadata());

        other.SendInTwo(LargeMetadata());
        await other.ReadAsync("a large request is answered though another one is behind a poll");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_request_behind_a_poll_waits_for_it_while_nobody_needs_its_memory(bool comesInTwo)
    {
        await using var rig = await RigAsync();
        await using var client = MemoryClient.Connect(Listen(rig, new KafkaGatewayOptions()));
        client.Send(MemoryClient.Frame(Requests.Fetch("t", 0, maxWaitMs: 10 * ReadTimeoutMs, minBytes: int.MaxValue), 11));
        if (comesInTwo)
            client.SendInTwo(LargeMetadata());
        else
            client.Send(LargeMetadata());

        _time.Pass((10 * ReadTimeoutMs) - 1);
        Assert.False(client.IsClosed, "It is closed for what the broker makes it wait.");
        var polled = client.ReadAsync("the poll is answered when its time is over");
        Assert.False(polled.IsCompleted, "The poll is answered too soon, so the test shows nothing.");
        _time.Pass(20);
        await polled;
        await client.ReadAsync("the request behind the poll is answered");
    }

    [Fact]
    public async Task A_large_request_behind_a_poll_makes_way_when_others_need_its_memory()
    {
        await using var rig = await RigAsync();
        var listener = Listen(rig, new KafkaGatewayOptions { MaxArrivingBytes = 1 << 20 });
        var holders = Connect(listener, 5);
        foreach (var holder in holders)
        {
            holder.Send(EndlessFetch());
            holder.SendInTwo(LargeMetadata());
        }

        await AssertLargeIsServedInTimeAsync(listener, holders);
    }

    /// <summary>No more is read behind an endless poll, be it the rest of a request that holds a share.</summary>
    [Fact]
    public async Task Who_holds_a_share_behind_requests_that_wait_makes_way()
    {
        await using var rig = await RigAsync();
        var listener = Listen(rig, new KafkaGatewayOptions { MaxArrivingBytes = 256 << 10, MaxRequestsInFlight = 1 });
        var holders = Connect(listener, 5);
        foreach (var holder in holders)
            holder.Send(new ReadOnlyMemory<byte>([.. EndlessFetch().Span, .. StartOfProduce(sentBytes: 60_000).Span]));

        await AssertLargeIsServedInTimeAsync(listener, holders);
    }

    /// <summary>Each of them needs all the memory that there is for parsed ones.</summary>
    [Fact]
    public async Task What_a_large_request_held_is_there_for_the_next_one_however_it_ended()
    {
        await using var rig = await RigAsync();
        var listener = Listen(rig, new KafkaGatewayOptions { MaxArrivingBytes = 1 << 20 });
        await using var answered = MemoryClient.Connect(listener);
        await using var refused = MemoryClient.Connect(listener);
        await using var next = MemoryClient.Connect(listener);
        var malformed = LargeMetadata().ToArray();
        // How many topics there are, behind size, key, version, correlation id and no client id.
        BinaryPrimitives.WriteInt32BigEndian(malformed.AsSpan(14), int.MaxValue);

        answered.SendInTwo(LargeMetadata());
        await answered.ReadAsync("a large request is answered");
        refused.SendInTwo(malformed);
        await refused.ClosedAsync("the connection of a malformed request is closed");
        next.SendInTwo(LargeMetadata());
        await next.ReadAsync("a large request is answered behind them");
    }

    /// <summary>Four hold all shares, and the fifth goes on without; a sixth is served when their time is over.</summary>
    private async Task AssertLargeIsServedInTimeAsync(KafkaConnectionHandler listener, List<MemoryClient> holders)
    {
        await using var healthy = MemoryClient.Connect(listener);
        healthy.SendInTwo(LargeProduce());
        _time.Pass(ReadTimeoutMs - 1);
        Assert.DoesNotContain(holders, holder => holder.IsClosed);
        var answered = healthy.ReadAsync("a large request is served when those before it have waited for long");
        Assert.False(answered.IsCompleted, "Nobody holds anything, so the test shows nothing.");
        _time.Pass(1);
        await answered;
        await await Task.WhenAny(holders.Select(holder => holder.ClosedAsync("one who waited with a share is closed")));
        await EndAsync(holders);
    }

    private static async Task AssertLargeIsServedAsync(KafkaConnectionHandler listener, string when)
    {
        await using var healthy = MemoryClient.Connect(listener);
        healthy.SendInTwo(LargeProduce());
        await healthy.ReadAsync($"a large request is served {when}");
    }

    private KafkaConnectionHandler Listen(GatewayRig rig, KafkaGatewayOptions options) =>
        MemoryClient.Listen(rig, options with { ReadTimeout = TimeSpan.FromMilliseconds(ReadTimeoutMs) }, _time);

    /// <summary>With a topic whose replica is open, so that a fetch looks at it at once.</summary>
    private static async Task<GatewayRig> RigAsync()
    {
        var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var producer = await rig.ConnectAsync();
        await producer.ProduceAsync("t", TestBatch.Of(1));
        return rig;
    }

    private static List<MemoryClient> Connect(KafkaConnectionHandler listener, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => MemoryClient.Connect(listener))];

    private static ReadOnlyMemory<byte> LargeProduce() => MemoryClient.Frame(Requests.Produce("t", TestBatch.Of(1, valueBytes: 500_000)), 9);

    private static ReadOnlyMemory<byte> EndlessFetch(int partitions = 1)
    {
        var fetch = Requests.Fetch("t", 0, maxWaitMs: int.MaxValue, minBytes: int.MaxValue);
        fetch.Topics[0].Partitions = [.. Enumerable.Repeat(fetch.Topics[0].Partitions[0], partitions)];
        return MemoryClient.Frame(fetch, 11);
    }

    /// <summary>More than one connection has for a request that arrives, and, parsed, all that there is.</summary>
    private static ReadOnlyMemory<byte> LargeMetadata() => MemoryClient.Frame(Requests.LargeMetadata(), 8);

    private static ReadOnlyMemory<byte> StartOfProduce(int sentBytes)
    {
        var start = new byte[6 + sentBytes];
        BinaryPrimitives.WriteInt32BigEndian(start, Announced);
        return start;
    }

    private static async Task EndAsync(List<MemoryClient> clients)
    {
        foreach (var client in clients)
            await client.DisposeAsync();
    }
}
