using System.Buffers;
using System.Buffers.Binary;
using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Actors.Log;

namespace Actors.Gateway.Tests.Hostile;

/// <summary>Whatever clients send or do not read, the heap grows by no more than the limits say, and a client beside them is served.</summary>
[Collection(MemoryCollection.Name)]
public sealed class BoundedMemoryTests
{
    private const long Mebibyte = 1 << 20;
    private int _sentBatches;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_connects_and_resets_leave_nothing_behind()
    {
        await using var rig = await StartAsync();
        var healthy = await HealthyClient.StartAsync(rig, "healthy");
        await using var memory = new MemoryWatch();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(lane => Task.Run(async () =>
        {
            for (var round = lane; round < 10_000; round += 8)
            {
                var visitor = await ConnectAsync(rig);
                if (round % 3 == 0)
                    await visitor.SendAsync(new byte[] { 0, 0, 0, 40, 0 }, Token);
                visitor.Reset();
                await visitor.DisposeAsync();
            }
        })));

        await healthy.AssertUnharmedAsync();
        await TestGuard.UntilAsync(() => rig.Metrics.Connections == 0, "everybody has gone");
        Bounded(await memory.EndAsync(), 64);
    }

    [Fact]
    public async Task Huge_and_negative_lengths_reserve_nothing()
    {
        await using var rig = await StartAsync();
        var healthy = await HealthyClient.StartAsync(rig, "healthy");
        await using var memory = new MemoryWatch();

        foreach (var size in new[] { int.MaxValue, -1, int.MinValue, 104_857_601 })
        {
            for (var number = 0; number < 50; number++)
            {
                await using var hostile = await ConnectAsync(rig);
                var bytes = new byte[64];
                BinaryPrimitives.WriteInt32BigEndian(bytes, size);
                await hostile.SendAsync(bytes, Token);
                Assert.True(await IsClosedAsync(hostile), $"a length of {size}");
            }
        }

        await healthy.AssertUnharmedAsync();
        Bounded(await memory.EndAsync(), 32);
    }

    [Fact]
    public async Task Truncated_giants_hold_what_the_arrival_limit_allows()
    {
        await using var rig = await StartAsync(new KafkaGatewayOptions { MaxArrivingBytes = 8 * Mebibyte, MaxRequestBytes = 4 << 20 });
        var healthy = await HealthyClient.StartAsync(rig, "healthy");
        await using var memory = new MemoryWatch();
        var giants = new List<KafkaRawConnection>();
        using var giveUp = new CancellationTokenSource();
        var sending = new List<Task>();
        for (var number = 0; number < 40; number++)
        {
            var giant = await ConnectAsync(rig);
            giants.Add(giant);
            var frame = new byte[3 << 20];
            BinaryPrimitives.WriteInt32BigEndian(frame, 4 << 20);
            frame[7] = 9;
            sending.Add(giant.SendAsync(frame, giveUp.Token).AsTask());
        }

        // Two of them fit; the others send until nobody takes their bytes.
        await TestGuard.UntilAsync(() => sending.Count(task => task.IsCompletedSuccessfully) >= 2, "two have arrived as far as they come");
        await healthy.AssertUnharmedAsync();
        var grownBytes = await memory.EndAsync();
        await giveUp.CancelAsync();
        foreach (var giant in giants)
            await giant.DisposeAsync();
        await Task.WhenAll(sending.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));

        // The frames that the test itself holds, 3 MiB each, and a pipe for each connection.
        Bounded(grownBytes - (40 * 3 * Mebibyte), 8 + 40 + 32);
    }

    [Fact]
    public async Task Large_requests_that_wait_for_events_take_turns()
    {
        var options = new KafkaGatewayOptions { MaxArrivingBytes = 16 * Mebibyte };
        await using var rig = await StartAsync(options);
        await rig.CreateTopicAsync("t");
        var healthy = await HealthyClient.StartAsync(rig, "healthy");
        var request = Requests.Fetch("t", 0, maxWaitMs: 200, minBytes: int.MaxValue);
        for (var index = 0; index < 20_000; index++)
            request.Topics[0].Partitions.Add(new FetchRequest.FetchPartition { Partition = 0, FetchOffset = 0, PartitionMaxBytes = 1 });
        var output = new ArrayBufferWriter<byte>();
        KafkaFrame.WriteRequest(output, request, 4, 1, null);
        await using var memory = new MemoryWatch();
        var clients = new List<KafkaRawConnection>();
        for (var number = 0; number < 20; number++)
        {
            var client = await ConnectAsync(rig);
            clients.Add(client);
            await client.SendAsync(output.WrittenMemory, Token);
        }

        // 320 KB each, 16 times that while they are handled: three at a time. All are answered in the end.
        foreach (var client in clients)
            Assert.NotNull(await client.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit));
        await healthy.AssertUnharmedAsync();
        var grownBytes = await memory.EndAsync();
        foreach (var client in clients)
            await client.DisposeAsync();
        Bounded(grownBytes, 96);
    }

    [Fact]
    public async Task A_request_with_more_partitions_than_a_producer_has_is_refused_before_it_is_taken_apart()
    {
        await using var rig = await StartAsync();
        var healthy = await HealthyClient.StartAsync(rig, "healthy");
        var output = new ArrayBufferWriter<byte>();
        var request = Requests.Produce("t", []);
        for (var index = 0; index < 500_000; index++)
            request.TopicData[0].PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = index, Records = ReadOnlyMemory<byte>.Empty });
        KafkaFrame.WriteRequest(output, request, 7, 1, null);
        request.TopicData.Clear();
        await using var memory = new MemoryWatch();

        for (var number = 0; number < 10; number++)
        {
            await using var hostile = await ConnectAsync(rig);
            Assert.True(await IsClosedAsync(hostile, output.WrittenMemory), "the connection ends");
        }

        await healthy.AssertUnharmedAsync();
        Bounded(await memory.EndAsync(), 64);
        Assert.Contains(rig.Log.Entries, entry => entry.EventId == 3005);
    }

    /// <summary>Groups keep a few bytes of a join and of a sync as long as a member lives; what comes with them goes at once.</summary>
    [Fact]
    public async Task Groups_keep_no_more_of_a_request_than_they_need()
    {
        await using var rig = await StartAsync();
        await using (var finder = await rig.ConnectAsync())
            await finder.SendAsync(new FindCoordinatorRequest { Key = "g" }, 3, TestGuard.Limit, Token);
        await using var client = await ConnectAsync(rig);

        // The first ones fill what is pooled on the way; then 256 MiB of joins come, and as much of syncs.
        for (var number = 0; number < 8; number++)
            await JoinAndSyncAsync(client, $"warm{number}");
        var beforeBytes = GC.GetTotalMemory(forceFullCollection: true);
        for (var number = 0; number < 32; number++)
            await JoinAndSyncAsync(client, $"g{number}");
        Bounded(GC.GetTotalMemory(forceFullCollection: true) - beforeBytes, 160);
    }

    private static async Task JoinAndSyncAsync(KafkaRawConnection client, string groupId)
    {
        var joined = await AskAsync<JoinGroupResponse>(client, 9, new JoinGroupRequest
        {
            GroupId = groupId,
            GroupInstanceId = "one",
            SessionTimeoutMs = 30_000,
            RebalanceTimeoutMs = 30_000,
            ProtocolType = "consumer",
            Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range", Metadata = "m"u8.ToArray() }],
        });
        Assert.Equal(ErrorCode.None, joined.ErrorCode);
        var synced = await AskAsync<SyncGroupResponse>(client, 5, new SyncGroupRequest
        {
            GroupId = groupId,
            GroupInstanceId = "one",
            GenerationId = joined.GenerationId,
            MemberId = joined.MemberId,
            ProtocolType = "consumer",
            ProtocolName = "range",
            Assignments = [new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = joined.MemberId, Assignment = "a"u8.ToArray() }],
        });
        Assert.Equal((ErrorCode.None, 1), (synced.ErrorCode, synced.Assignment.Length));
    }

    /// <summary>Sends a request with a field of 8 MiB that no broker knows.</summary>
    private static async Task<TResponse> AskAsync<TResponse>(KafkaRawConnection client, short version, IKafkaRequest request)
        where TResponse : class, IKafkaMessage<TResponse>
    {
        await client.SendAsync(MemoryClient.FrameWithUnknownField(request, version), Token);
        var answer = await client.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit);
        return KafkaMessage.Read<TResponse>(answer.AsMemory(ResponseHeader.SizeOf(1)), version);
    }

    [Fact]
    public async Task A_batch_that_swells_is_refused_before_it_has()
    {
        await using var rig = await StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = CompressionCodec.Gzip });
        builder.Append(1_000, null, new byte[80 << 20]);
        var bomb = builder.Build();
        Assert.True(bomb.Length < 200_000, $"the bomb has {bomb.Length} bytes");
        await connection.ProduceAsync("t", TestBatch.Of(1));

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var answer = await connection.ProduceAsync("t", bomb);
        var allocatedBytes = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.Equal(ErrorCode.MessageTooLarge, answer.ErrorCode);
        Assert.True(allocatedBytes < 16 * Mebibyte, $"{allocatedBytes:N0} bytes were allocated for a batch that claims {80 << 20:N0}");
    }

    [Fact]
    public async Task Clients_that_never_read_hold_what_their_limits_allow()
    {
        await using var rig = await StartAsync(new KafkaGatewayOptions
        {
            MaxBytesInFlight = 256 << 10,
            MaxLeavingBytes = 8 * Mebibyte,
            MaxRequestsInFlight = 1_000,
            WriteTimeout = TimeSpan.FromMinutes(5),
        });
        await rig.CreateTopicAsync("records");
        await rig.CreateTopicAsync("wide", partitions: 2_000);
        await using (var producer = await rig.ConnectAsync())
        {
            for (var number = 0; number < 8; number++)
                await producer.ProduceAsync("records", TestBatch.Of(1, valueBytes: 900_000));
        }

        var healthy = await HealthyClient.StartAsync(rig, "healthy");
        await using var memory = new MemoryWatch();
        var deaf = new List<KafkaRawConnection>();
        using var giveUp = new CancellationTokenSource();
        var sending = new List<Task>();
        for (var number = 0; number < 20; number++)
        {
            var client = await ConnectAsync(rig);
            deaf.Add(client);
            IKafkaRequest request = number % 2 == 0 ? Requests.Fetch("records", 0, maxBytes: 8 << 20) : new MetadataRequest { Topics = null };
            sending.Add(SendUntilAsync(client, request, number % 2 == 0 ? (short)12 : (short)9, giveUp.Token));
        }

        // One names 4,000 partitions in each request of less than 64 KiB, and one does so once, for a session, and goes on with a few bytes each time.
        deaf.Add(await ConnectAsync(rig));
        sending.Add(SendUntilAsync(deaf[^1], WideFetch(), 4, giveUp.Token));
        deaf.Add(await ConnectAsync(rig));
        var sessionId = await BeginSessionAsync(deaf[^1], WideFetch());
        sending.Add(SendUntilAsync(deaf[^1], epoch => new FetchRequest { SessionId = sessionId, SessionEpoch = epoch + 1 }, 7, giveUp.Token));

        await TestGuard.UntilAsync(() => sending.TrueForAll(task => !task.IsFaulted) && rig.Metrics.Connections >= 23, "all are there");
        await SettledAsync(() => Volatile.Read(ref _sentBatches), "nobody takes their requests any more");
        await healthy.AssertUnharmedAsync();
        var grownBytes = await memory.EndAsync();
        await giveUp.CancelAsync();
        foreach (var client in deaf)
            await client.DisposeAsync();
        await Task.WhenAll(sending.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));

        // Fetched records as the limit says, one answer of a megabyte in each pipe, and what each client may hold; the rest is
        // what buffer pools keep, here and at the clients. Without limits there are gigabytes.
        Bounded(grownBytes, 8 + (22 * 2) + 96);
        await TestGuard.UntilAsync(() => rig.Metrics.Connections == 0, "everybody has gone");
    }

    private static async Task<GatewayRig> StartAsync(KafkaGatewayOptions? options = null)
    {
        var rig = await GatewayRig.StartAsync(options);
        await rig.CreateTopicAsync("healthy");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("healthy", TestBatch.Of(1));
        return rig;
    }

    private static Task<KafkaRawConnection> ConnectAsync(GatewayRig rig) => KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 64 << 20, Token);

    /// <summary>4,000 partitions that do not exist, in less than 64 KiB in version 4.</summary>
    private static FetchRequest WideFetch()
    {
        var request = Requests.Fetch("records", 0);
        request.Topics[0].Partitions = [.. Enumerable.Range(1, 4_000).Select(index => new FetchRequest.FetchPartition { Partition = index })];
        return request;
    }

    private static async Task<int> BeginSessionAsync(KafkaRawConnection client, FetchRequest request)
    {
        request.SessionEpoch = 0;
        await client.SendAsync(request, 7, 1, Token);
        var answer = await client.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit);
        var sessionId = KafkaMessage.Read<FetchResponse>(answer.AsMemory(ResponseHeader.SizeOf(0)), 7).SessionId;
        Assert.NotEqual(0, sessionId);
        return sessionId;
    }

    private Task SendUntilAsync(KafkaRawConnection client, IKafkaRequest request, short version, CancellationToken token) =>
        SendUntilAsync(client, _ => request, version, token);

    /// <param name="make">Makes a request from its number, which begins at 0.</param>
    private async Task SendUntilAsync(KafkaRawConnection client, Func<int, IKafkaRequest> make, short version, CancellationToken token)
    {
        // Many at a time: what has to be filled are the sockets between the two.
        var requests = new ArrayBufferWriter<byte>();
        for (var number = 0; !token.IsCancellationRequested;)
        {
            for (var end = number + 100; number < end && requests.WrittenCount < Mebibyte; number++)
                KafkaFrame.WriteRequest(requests, make(number), version, number, null);
            await client.SendAsync(requests.WrittenMemory, token);
            requests.ResetWrittenCount();
            Interlocked.Increment(ref _sentBatches);
        }
    }

    /// <summary>Waits until a number has not moved for half a second.</summary>
    private static Task SettledAsync(Func<int> read, string what)
    {
        var (value, since) = (read(), TimeProvider.System.GetTimestamp());
        return TestGuard.UntilAsync(
            () =>
            {
                if (read() is var now && now != value)
                    (value, since) = (now, TimeProvider.System.GetTimestamp());
                return TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromMilliseconds(500);
            },
            what);
    }

    private static void Bounded(long grownBytes, long allowedMebibytes) =>
        Assert.True(grownBytes < allowedMebibytes * Mebibyte, $"the heap grew by {grownBytes / (double)Mebibyte:F1} MiB, and {allowedMebibytes} are allowed");

    private static async Task<bool> IsClosedAsync(KafkaRawConnection connection, ReadOnlyMemory<byte> bytes = default)
    {
        try
        {
            await connection.SendAsync(bytes, Token);
            return await connection.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit) is null;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
