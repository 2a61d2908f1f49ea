using System.Buffers.Binary;
using Actors.Harness;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Kafka.Tests.Client;

public sealed class KafkaConnectionTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);
    private static readonly KafkaConnectionOptions Options = new() { ClientId = "tests" };

    [Fact]
    public async Task It_negotiates_and_uses_the_highest_common_version()
    {
        RequestHeader seen = default;
        await using var broker = new ScriptedBroker(async side =>
        {
            var (first, _) = await side.ReadAsync();
            Assert.Equal((ApiKey.ApiVersions, 4, "tests"), (first.ApiKey, first.Version, first.ClientId));
            await side.RespondAsync(first, new ApiVersionsResponse
            {
                ApiKeys =
                [
                    new() { ApiKey = (short)ApiKey.Metadata, MinVersion = 1, MaxVersion = 9 },
                    new() { ApiKey = (short)ApiKey.Fetch, MinVersion = 4, MaxVersion = 99 },
                    new() { ApiKey = (short)ApiKey.ListOffsets, MinVersion = 50, MaxVersion = 60 },
                    new() { ApiKey = 9999, MinVersion = 0, MaxVersion = 0 },
                ],
            });
            (seen, _) = await side.ReadAsync();
            await side.RespondAsync(seen, new MetadataResponse { ClusterId = "c" });
            await side.ReadToEndAsync();
        });
        await using var connection = await ConnectAsync(broker, Options);
        var response = await connection.SendAsync(new MetadataRequest { Topics = null }, default).WaitAsync(Guard);
        Assert.Equal("c", response.ClusterId);
        Assert.Equal(9, seen.Version);
        Assert.True(connection.Versions.TryChoose(ApiKey.Fetch, out var fetch));
        Assert.Equal(18, fetch);
        Assert.False(connection.Versions.TryChoose(ApiKey.ListOffsets, out _));
        Assert.True(connection.Versions.TryGetRange((ApiKey)9999, out _, out _));
        Assert.Equal(4, connection.Versions.Keys.Count);
        await FailsAsync(KafkaConnectionFailure.NoCommonVersion, connection.SendAsync(new ProduceRequest(), default), mayHaveBeenApplied: false);
        await FailsAsync(KafkaConnectionFailure.NoCommonVersion, connection.SendAsync(new ListOffsetsRequest(), default), mayHaveBeenApplied: false);
        Assert.Null(connection.Failure);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(-1, 0)]
    public async Task A_broker_that_does_not_know_the_version_is_asked_again(int offered, int expected)
    {
        var versions = new List<short>();
        await using var broker = new ScriptedBroker(async side =>
        {
            var (first, _) = await side.ReadAsync();
            versions.Add(first.Version);
            var refusal = new ApiVersionsResponse { ErrorCode = ErrorCode.UnsupportedVersion };
            if (offered >= 0)
            {
                refusal.ApiKeys.Add(new() { ApiKey = (short)ApiKey.ApiVersions, MinVersion = 0, MaxVersion = (short)offered });
            }

            await side.RespondAsync(first, refusal, version: 0);
            var (second, _) = await side.ReadAsync();
            versions.Add(second.Version);
            await side.RespondAsync(second, ScriptedBroker.BrokerSide.AllVersions());
            await side.ReadToEndAsync();
        });
        await using var connection = await ConnectAsync(broker, Options);
        Assert.Equal([4, (short)expected], versions);
        Assert.True(connection.Versions.TryChoose(ApiKey.Metadata, out _));
    }

    [Fact]
    public async Task Requests_are_pipelined_and_answered_in_order()
    {
        const int Count = 500;
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.NegotiateAsync();
            var headers = new List<(RequestHeader Header, IKafkaRequest Request)>();
            while (headers.Count < Count)
            {
                headers.Add(await side.ReadAsync());
            }

            foreach (var (header, request) in headers)
            {
                await side.RespondAsync(header, new FindCoordinatorResponse { Coordinators = [new() { Key = ((FindCoordinatorRequest)request).CoordinatorKeys[0] }] });
            }

            await side.ReadToEndAsync();
        });
        await using var connection = await ConnectAsync(broker, Options);
        var asked = await Task.WhenAll(Enumerable.Range(0, Count).Select(i => Task.Run(async () =>
        {
            var response = await connection.SendAsync(new FindCoordinatorRequest { CoordinatorKeys = [$"group-{i}"] }, default);
            return response.Coordinators[0].Key == $"group-{i}";
        }))).WaitAsync(Guard);
        Assert.All(asked, Assert.True);
    }

    [Fact]
    public async Task A_response_with_another_number_closes_the_connection()
    {
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.NegotiateAsync();
            var (header, _) = await side.ReadAsync();
            await side.RespondAsync(header with { CorrelationId = header.CorrelationId + 1 }, new HeartbeatResponse());
            await side.ReadToEndAsync();
        });
        await using var connection = await ConnectAsync(broker, Options);
        await FailsAsync(KafkaConnectionFailure.UnexpectedResponse, Heartbeat(connection), mayHaveBeenApplied: true);
        await FailsAsync(KafkaConnectionFailure.UnexpectedResponse, Heartbeat(connection), mayHaveBeenApplied: false);
    }

    [Fact]
    public async Task A_response_that_nobody_waits_for_closes_the_connection()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.NegotiateAsync();
            await side.SendAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 9 });
            await side.ReadToEndAsync();
            closed.SetResult();
        });
        await using var connection = await ConnectAsync(broker, Options);
        await closed.Task.WaitAsync(Guard); // a request before that would take it for its response
        await ClosedAsync(connection, KafkaConnectionFailure.UnexpectedResponse);
    }

    [Fact]
    public async Task A_malformed_response_closes_the_connection()
    {
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.NegotiateAsync();
            var (header, _) = await side.ReadAsync();
            var bytes = new byte[12];
            BinaryPrimitives.WriteInt32BigEndian(bytes, 8);
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), header.CorrelationId);
            bytes[8] = 200;
            await side.SendAsync(bytes);
            await side.ReadToEndAsync();
        });
        await using var connection = await ConnectAsync(broker, Options);
        await FailsAsync(KafkaConnectionFailure.MalformedResponse, Heartbeat(connection), mayHaveBeenApplied: true);
    }

    [Theory]
    [InlineData(0x7fffffff)]
    [InlineData(2001)]
    [InlineData(-1)]
    public async Task A_response_of_an_invalid_size_closes_the_connection(int size)
    {
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.NegotiateAsync();
            await side.ReadAsync();
            var prefix = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(prefix, size);
            await side.SendAsync(prefix);
            await side.ReadToEndAsync();
        });
        await using var connection = await ConnectAsync(broker, Options with { MaxResponseBytes = 2000 });
        await FailsAsync(KafkaConnectionFailure.InvalidResponseSize, Heartbeat(connection), mayHaveBeenApplied: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_broker_that_closes_fails_every_request_that_waits(bool withinFrame)
    {
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.NegotiateAsync();
            for (var i = 0; i < 5; i++)
            {
                await side.ReadAsync();
            }

            if (withinFrame)
            {
                await side.SendAsync(new byte[] { 0, 0, 0, 9, 1 });
            }
        });
        await using var connection = await ConnectAsync(broker, Options);
        var waiting = Enumerable.Range(0, 5).Select(_ => Heartbeat(connection)).ToArray();
        foreach (var request in waiting)
        {
            await FailsAsync(KafkaConnectionFailure.ClosedByBroker, request, mayHaveBeenApplied: true);
        }
    }

    [Fact]
    public async Task A_late_response_closes_the_connection()
    {
        var time = new ManualTime();
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.NegotiateAsync();
            await side.ReadAsync();
            await side.ReadAsync();
            read.SetResult();
            await side.ReadToEndAsync();
        });
        await using var connection = await ConnectAsync(broker, Options with { RequestTimeout = TimeSpan.FromSeconds(30) }, time);
        var patient = connection.SendAsync(new HeartbeatRequest(), 4, TimeSpan.FromSeconds(60), default);
        var late = Heartbeat(connection);
        await read.Task.WaitAsync(Guard);
        time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.False(late.IsCompleted);
        Assert.Null(connection.Failure);
        time.Advance(TimeSpan.FromSeconds(0.2));
        await FailsAsync(KafkaConnectionFailure.RequestTimedOut, late, mayHaveBeenApplied: true);
        await FailsAsync(KafkaConnectionFailure.RequestTimedOut, patient, mayHaveBeenApplied: true);
    }

    [Fact]
    public async Task A_deadline_passes_by_what_was_answered()
    {
        var time = new ManualTime();
        await using var broker = new ScriptedBroker(EchoHeartbeatsAsync);
        await using var connection = await ConnectAsync(broker, Options with { RequestTimeout = TimeSpan.FromSeconds(30) }, time);
        for (var i = 0; i < 10; i++)
        {
            await Heartbeat(connection).WaitAsync(Guard);
            time.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.Null(connection.Failure);
    }

    [Fact]
    public async Task A_caller_that_stops_waiting_leaves_the_order_intact()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.NegotiateAsync();
            await go.Task;
            await RespondToHeartbeatsAsync(side);
        });
        await using var connection = await ConnectAsync(broker, Options);
        using var token = new CancellationTokenSource();
        var abandoned = connection.SendAsync(new HeartbeatRequest(), token.Token);
        var other = Heartbeat(connection);
        await token.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned.WaitAsync(Guard));
        go.SetResult();
        await other.WaitAsync(Guard);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.SendAsync(new HeartbeatRequest(), token.Token));
        await Heartbeat(connection).WaitAsync(Guard);
    }

    [Fact]
    public async Task A_full_connection_says_busy_and_recovers()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.NegotiateAsync();
            await go.Task;
            await RespondToHeartbeatsAsync(side);
        });
        await using var connection = await ConnectAsync(broker, Options with { MaxRequestsInFlight = 3 });
        var waiting = Enumerable.Range(0, 3).Select(_ => Heartbeat(connection)).ToArray();
        await FailsAsync(KafkaConnectionFailure.Busy, Heartbeat(connection), mayHaveBeenApplied: false);
        Assert.Null(connection.Failure);
        go.SetResult();
        await Task.WhenAll(waiting).WaitAsync(Guard);

        // Whoever continues with a response finds its place free.
        for (var round = 0; round < 200; round++)
        {
            await Task.WhenAll(Heartbeat(connection), Heartbeat(connection), Heartbeat(connection)).WaitAsync(Guard);
        }
    }

    [Fact]
    public async Task Requests_without_answers_are_posted_in_order()
    {
        var indexes = new List<int>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.NegotiateAsync();
            for (var i = 0; i < 100; i++)
            {
                indexes.Add(((ProduceRequest)(await side.ReadAsync()).Request).TimeoutMs);
            }

            var (header, _) = await side.ReadAsync();
            await side.RespondAsync(header, new HeartbeatResponse());
            done.SetResult();
            await side.ReadToEndAsync();
        });
        await using var connection = await ConnectAsync(broker, Options);
        for (var i = 0; i < 100; i++)
        {
            await connection.PostAsync(new ProduceRequest { Acks = 0, TimeoutMs = i }, 9, default).WaitAsync(Guard);
        }

        await Heartbeat(connection).WaitAsync(Guard);
        await done.Task.WaitAsync(Guard);
        Assert.Equal(Enumerable.Range(0, 100), indexes);
    }

    [Fact]
    public async Task A_request_that_the_version_cannot_carry_fails_alone()
    {
        await using var broker = new ScriptedBroker(EchoHeartbeatsAsync);
        await using var connection = await ConnectAsync(broker, Options);
        await Assert.ThrowsAsync<MessageEncodingException>(() => connection.SendAsync(new HeartbeatRequest { GroupInstanceId = "i" }, 0, Guard, default));
        await Assert.ThrowsAsync<MessageEncodingException>(() => connection.PostAsync(new ProduceRequest { TransactionalId = "i" }, 0, default));
        await Assert.ThrowsAsync<UnsupportedVersionException>(() => connection.SendAsync(new HeartbeatRequest(), 77, Guard, default));
        await Heartbeat(connection).WaitAsync(Guard);
    }

    [Fact]
    public async Task Closing_fails_what_waits_and_refuses_what_comes()
    {
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.NegotiateAsync();
            await side.ReadToEndAsync();
        });
        var connection = await ConnectAsync(broker, Options);
        var waiting = Heartbeat(connection);
        await connection.DisposeAsync();
        await FailsAsync(KafkaConnectionFailure.ClosedHere, waiting, mayHaveBeenApplied: true);
        await FailsAsync(KafkaConnectionFailure.ClosedHere, Heartbeat(connection), mayHaveBeenApplied: false);
        await FailsAsync(KafkaConnectionFailure.ClosedHere, connection.PostAsync(new ProduceRequest(), 9, default), mayHaveBeenApplied: false);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_refused_connection_says_so()
    {
        var port = LoopbackPort.Next();
        var refused = await Assert.ThrowsAsync<KafkaConnectionException>(() => KafkaConnection.ConnectAsync("127.0.0.1", port, Options, TimeProvider.System, default).WaitAsync(Guard));
        Assert.Equal((KafkaConnectionFailure.ConnectFailed, $"127.0.0.1:{port}", false), (refused.Failure, refused.Broker, refused.MayHaveBeenApplied));
    }

    [Fact]
    public async Task A_broker_that_never_says_its_versions_is_given_up()
    {
        var time = new ManualTime();
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.ReadAsync();
            read.SetResult();
            await side.ReadToEndAsync();
        });
        var connecting = KafkaConnection.ConnectAsync("127.0.0.1", broker.Port, Options, time, default);
        await read.Task.WaitAsync(Guard);
        time.Advance(TimeSpan.FromSeconds(11));
        var late = await Assert.ThrowsAsync<KafkaConnectionException>(() => connecting.WaitAsync(Guard));
        Assert.True(late.Failure is KafkaConnectionFailure.ConnectTimedOut or KafkaConnectionFailure.RequestTimedOut, $"{late.Failure}");
    }

    [Fact]
    public async Task A_token_ends_connecting()
    {
        using var token = new CancellationTokenSource();
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.ReadAsync();
            read.SetResult();
            await side.ReadToEndAsync();
        });
        var connecting = KafkaConnection.ConnectAsync("127.0.0.1", broker.Port, Options, TimeProvider.System, token.Token);
        await read.Task.WaitAsync(Guard);
        await token.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(Guard));
    }

    [Fact]
    public async Task Large_responses_arrive_whole()
    {
        var records = new byte[5_000_000];
        new Random(1).NextBytes(records);
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.NegotiateAsync();
            while (true)
            {
                var (header, _) = await side.ReadAsync();
                await side.RespondAsync(header, new FetchResponse { Responses = [new() { Partitions = [new() { Records = records }] }] });
            }
        });
        await using var connection = await ConnectAsync(broker, Options);
        for (var i = 0; i < 5; i++)
        {
            var response = await connection.SendAsync(new FetchRequest(), default).WaitAsync(Guard);
            Assert.True(response.Responses[0].Partitions[0].Records!.Value.Span.SequenceEqual(records));
        }
    }

    [Fact]
    public async Task A_raw_connection_carries_any_bytes()
    {
        await using var broker = new ScriptedBroker(EchoHeartbeatsAsync);
        await using var raw = await KafkaRawConnection.ConnectAsync("127.0.0.1", broker.Port, 1_000_000, default);
        await raw.SendAsync(new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "b" }, 3, 11, default);
        var frame = await raw.ReadFrameAsync(default).AsTask().WaitAsync(Guard);
        Assert.Equal(11, BinaryPrimitives.ReadInt32BigEndian(frame));
        await raw.SendAsync(Convert.FromHexString("00000012" + "000c" + "0000" + "00000007"), default);
        await raw.SendAsync(Convert.FromHexString("ffff" + "0000" + "00000001" + "0000"), default);
        Assert.Equal("00000007" + "0000", Convert.ToHexStringLower((await raw.ReadFrameAsync(default).AsTask().WaitAsync(Guard))!));
        raw.EndSending();
        Assert.Null(await raw.ReadFrameAsync(default).AsTask().WaitAsync(Guard));
    }

    [Fact]
    public async Task A_raw_connection_can_be_reset()
    {
        var seen = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var broker = new ScriptedBroker(async side =>
        {
            await side.NegotiateAsync();
            try
            {
                await side.ReadToEndAsync();
                seen.SetResult(false);
            }
            catch (IOException)
            {
                seen.SetResult(true);
            }
        });
        var raw = await KafkaRawConnection.ConnectAsync("127.0.0.1", broker.Port, 1_000_000, default);
        await raw.SendAsync(new ApiVersionsRequest(), 0, 1, default);
        await raw.ReadFrameAsync(default).AsTask().WaitAsync(Guard);
        raw.Reset();
        Assert.True(await seen.Task.WaitAsync(Guard), "The broker saw an orderly end.");
    }

    private static Task<KafkaConnection> ConnectAsync(ScriptedBroker broker, KafkaConnectionOptions options, TimeProvider? time = null) =>
        KafkaConnection.ConnectAsync("127.0.0.1", broker.Port, options, time ?? TimeProvider.System, default).WaitAsync(Guard);

    private static Task<HeartbeatResponse> Heartbeat(KafkaConnection connection) => connection.SendAsync(new HeartbeatRequest(), default);

    private static async Task EchoHeartbeatsAsync(ScriptedBroker.BrokerSide side)
    {
        await side.NegotiateAsync();
        await RespondToHeartbeatsAsync(side);
    }

    private static async Task RespondToHeartbeatsAsync(ScriptedBroker.BrokerSide side)
    {
        while (true)
        {
            var (header, _) = await side.ReadAsync();
            await side.RespondAsync(header, new HeartbeatResponse());
        }
    }

    private static async Task FailsAsync(KafkaConnectionFailure expected, Task request, bool mayHaveBeenApplied)
    {
        var failed = await Assert.ThrowsAsync<KafkaConnectionException>(() => request.WaitAsync(Guard));
        Assert.Equal((expected, mayHaveBeenApplied), (failed.Failure, failed.MayHaveBeenApplied));
    }

    /// <summary>A request that is sent now fails, whether the close came before it or after.</summary>
    private static async Task ClosedAsync(KafkaConnection connection, KafkaConnectionFailure expected)
    {
        var failed = await Assert.ThrowsAsync<KafkaConnectionException>(() => Heartbeat(connection).WaitAsync(Guard));
        Assert.Equal(expected, failed.Failure);
    }
}
