using System.Buffers;
using System.IO.Pipelines;
using Actors.Grains.Partitions;
using Actors.Kafka;
using Microsoft.AspNetCore.Connections;

namespace Actors.Gateway.Kafka;

/// <summary>
/// One client connection: reads frames, hands produce requests to the intake and others to their handlers, and lets the ring
/// answer in order.
/// </summary>
/// <remarks>
/// <para>One loop owns the input. Every read is dealt with as a whole: all frames are taken, then every partition gets one append,
/// then the memory goes back to the pipe. The loop waits when too many requests are unanswered, so a client that does not read
/// its answers stops being read itself.</para>
/// <para>Malformed bytes, an unknown API and a handler that fails end this connection and no other.</para>
/// </remarks>
internal sealed class ClientSession : IAsyncDisposable
{
    private const int LargeFrameBytes = 64 << 10;
    private readonly SessionServices _services;
    private readonly ConnectionContext _connection;
    private readonly PipeReader _input;
    private readonly ResponseRing _ring;
    private readonly ProduceIntake _produce;
    private readonly SessionClock _clock;
    private readonly FrameBuffers _frames = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationToken _gone;
    private readonly ClientFacts _client;
    private readonly long _idleTicks;
    private readonly long _readTicks;
    private long _lastReadTimestamp;
    private long _finishByTimestamp = long.MaxValue;
    private bool _frameHasBegun;
    private long _arrivingBytes;
    private int _aborted;
    private Task _blocking = Task.CompletedTask;

    /// <summary>Takes over a connection that Kestrel has accepted.</summary>
    public ClientSession(ConnectionContext connection, SessionServices services)
    {
        _services = services;
        _connection = connection;
        _input = connection.Transport.Input;
        _client = new ClientFacts(connection.ConnectionId, connection.RemoteEndPoint);
        _gone = connection.ConnectionClosed;
        _ring = new ResponseRing(connection.Transport.Output, services.Options, services.Time, Abort, _gone) { Written = CountWritten };
        _produce = new ProduceIntake(services.Produce, _ring, ProducedWithoutAnswer);
        _clock = new SessionClock(Look, services.Time);
        _idleTicks = Ticks(services.Options.IdleTimeout);
        _readTicks = Ticks(services.Options.ReadTimeout);
        _lastReadTimestamp = services.Time.GetTimestamp();
    }

    /// <summary>Serves the client until it leaves, misbehaves, or the silo stops; then answers what was accepted.</summary>
    public async Task RunAsync()
    {
        using var closed = _gone.UnsafeRegister(static state => ((ClientSession)state!).EndWaits(), this);
        _clock.LookAt(_lastReadTimestamp + _idleTicks);
        try
        {
            await ReadUntilEndAsync();
            Hurry();
            await _ring.WaitUntilBelowAsync(1, _gone);
        }
        catch (OperationCanceledException)
        {
            // The connection has ended before its requests were answered.
        }
        catch (Exception failure) when (failure is ConnectionResetException or ConnectionAbortedException or IOException)
        {
            // The client has gone.
        }
    }

    /// <summary>The silo stops: no more is read, what was accepted is answered. Any thread.</summary>
    public void Stop()
    {
        Hurry();
        _input.CancelPendingRead();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndWaitsAsync();
        _ring.Close();
        _clock.Dispose();
        _frames.ReturnAll();
        _services.Arriving.Return(_arrivingBytes);
    }

    private async Task ReadUntilEndAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (OperationCanceledException) when (!_gone.IsCancellationRequested)
        {
            // The silo stops while the connection waits for room to read on; what it has not read, it has not accepted.
        }
    }

    private async Task ReadAsync()
    {
        while (true)
        {
            var result = await _input.ReadAsync();
            if (result.IsCanceled)
            {
                return;
            }

            _lastReadTimestamp = _services.Time.GetTimestamp();
            _frameHasBegun = false;
            var buffer = result.Buffer;
            var status = AcceptAll(ref buffer);
            if (_produce.HasWork)
            {
                await _produce.AppendAsync(_gone);
            }

            _frames.ReturnAll();
            if (status == OperationStatus.InvalidData)
            {
                return;
            }

            await _blocking.WaitAsync(_gone);
            await TakeArrivalBytesAsync(buffer);
            _frameHasBegun = status == OperationStatus.NeedMoreData && !buffer.IsEmpty;
            // What is complete but was left, for want of room or behind a request that others wait for, counts as not looked at, so the next read returns at once.
            _input.AdvanceTo(buffer.Start, status == OperationStatus.DestinationTooSmall ? buffer.Start : buffer.End);
            if (result.IsCompleted && status == OperationStatus.NeedMoreData)
            {
                return;
            }

            if (_frameHasBegun)
            {
                _clock.LookAt(_lastReadTimestamp + _readTicks);
            }

            await _ring.WaitUntilBelowAsync(_services.Options.MaxRequestsInFlight, _ending.Token);
        }
    }

    /// <summary>Takes every whole frame off the buffer.</summary>
    /// <returns>
    /// NeedMoreData; DestinationTooSmall when the ring is full or a request must end before the next one starts; InvalidData when
    /// the connection must end.
    /// </returns>
    private OperationStatus AcceptAll(ref ReadOnlySequence<byte> buffer)
    {
        var batch = default(CompletionBatch);
        var room = _services.Options.MaxRequestsInFlight - _ring.InFlight;
        _produce.BeginRead();
        try
        {
            for (; room > 0 && _blocking.IsCompleted; room--)
            {
                var status = KafkaFrame.TryRead(ref buffer, _services.Options.MaxRequestBytes, out var frame);
                if (status == OperationStatus.InvalidData)
                {
                    RefuseSize(buffer);
                    return status;
                }

                if (status != OperationStatus.Done)
                {
                    return OperationStatus.NeedMoreData;
                }

                if (!TryAccept(frame, ref batch))
                {
                    return OperationStatus.InvalidData;
                }
            }

            return OperationStatus.DestinationTooSmall;
        }
        finally
        {
            batch.Run();
        }
    }

    private bool TryAccept(in ReadOnlySequence<byte> frame, ref CompletionBatch batch)
    {
        var bytes = _frames.Contiguous(frame);
        var reader = new KafkaReader(bytes);
        if (!RequestHeader.TryRead(ref reader, out var header))
        {
            GatewayLog.MalformedHeader(_services.Logger, _client.Remote, bytes.Length);
            return false;
        }

        if (!_services.Served.TryGet(header.ApiKey, out var handler))
        {
            GatewayLog.UnknownApi(_services.Logger, _client.Remote, (short)header.ApiKey, header.Version);
            return false;
        }

        if (header.Version < handler.MinVersion || header.Version > handler.MaxVersion)
        {
            return TryRefuseVersion(header, handler, ref batch);
        }

        var body = bytes[reader.Position..];
        if (header.ApiKey == ApiKey.Produce)
        {
            return TryAcceptProduce(header, body, ref batch);
        }

        var exchange = new BodyExchange(header.CorrelationId, header.Version, _lastReadTimestamp);
        // The client id is a slice of the frame too, so the request keeps a copy of the whole.
        var copy = bytes.ToArray();
        var kept = header with { ClientIdUtf8 = header.ClientIdUtf8?.ToArray() };
        _ring.Enqueue(exchange);
        Start(handler, new KafkaRequest(kept, copy.AsMemory(reader.Position), _client, exchange, Answered) { Hurry = _ending.Token });
        return true;
    }

    private bool TryAcceptProduce(in RequestHeader header, ReadOnlyMemory<byte> body, ref CompletionBatch batch)
    {
        if (!_produce.TryAccept(header, body, _lastReadTimestamp, ref batch, out var expiresAtTimestamp))
        {
            GatewayLog.MalformedRequest(_services.Logger, _client.Remote, header.ApiKey, header.Version, body.Length);
            return false;
        }

        _clock.LookAt(expiresAtTimestamp);
        return true;
    }

    /// <summary>Only ApiVersions has an answer to a version that is not known (KIP-511); like Kafka, the connection ends otherwise.</summary>
    private bool TryRefuseVersion(in RequestHeader header, IKafkaHandler handler, ref CompletionBatch batch)
    {
        if (header.ApiKey != ApiKey.ApiVersions)
        {
            GatewayLog.UnsupportedVersion(_services.Logger, _client.Remote, header.ApiKey, header.Version, handler.MinVersion, handler.MaxVersion);
            return false;
        }

        var exchange = new BodyExchange(header.CorrelationId, version: 0, _lastReadTimestamp);
        _ring.Enqueue(exchange);
        exchange.Answer(new MessageBody(_services.ApiVersions.UnsupportedVersion()));
        _services.Metrics.Answered(ApiKey.ApiVersions, ErrorCode.UnsupportedVersion);
        _ring.JoinBatch(ref batch);
        return true;
    }

    private void Start(IKafkaHandler handler, KafkaRequest request)
    {
        var handling = HandleAsync(handler, request);
        if (!handler.Overlaps)
        {
            _blocking = handling;
        }
    }

    private async Task HandleAsync(IKafkaHandler handler, KafkaRequest request)
    {
        try
        {
            using var activity = GatewayMetrics.StartRequest(request);
            await handler.HandleAsync(request, _gone);
        }
        catch (MalformedMessageException malformed)
        {
            GatewayLog.MalformedRequest(_services.Logger, _client.Remote, request.Header.ApiKey, request.Version, request.Body.Length);
            Abort(malformed.Message);
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // Nobody waits for the answer.
        }
        catch (Exception failure)
        {
            // Not every API can say "unknown error", and silence would look like a hang: the client sees a closed connection and retries.
            GatewayLog.HandlerFailed(_services.Logger, _client.Remote, request.Header.ApiKey, request.Version, failure);
            _services.Metrics.Answered(request.Header.ApiKey, ErrorCode.UnknownServerError);
            Abort("a request has failed");
        }
    }

    private void Answered(KafkaRequest request, ErrorCode error)
    {
        _services.Metrics.Answered(request.Header.ApiKey, error);
        _ring.Drain();
    }

    private void CountWritten(Exchange exchange)
    {
        if (exchange is ProduceExchange produce)
        {
            _services.Metrics.Answered(ApiKey.Produce, produce.FirstError);
            _services.Metrics.ProduceWritten(produce.Acks, _services.Time.GetElapsedTime(produce.ReceivedAtTimestamp));
        }
    }

    /// <summary>With acks=0 there is no answer, so an error can only be told by closing the connection.</summary>
    private void ProducedWithoutAnswer(ProduceExchange produce)
    {
        var error = produce.FirstError;
        _services.Metrics.Answered(ApiKey.Produce, error);
        if (error != ErrorCode.None)
        {
            Abort($"a produce request with acks=0 was refused: {error}");
        }
    }

    /// <summary>A large request reserves its size before the rest of it is read.</summary>
    private async ValueTask TakeArrivalBytesAsync(ReadOnlySequence<byte> rest)
    {
        var wanted = WantedBytes(rest);
        if (wanted <= _arrivingBytes && wanted > 0)
        {
            return;
        }

        _services.Arriving.Return(_arrivingBytes);
        _arrivingBytes = 0;
        if (wanted > LargeFrameBytes)
        {
            _arrivingBytes = await _services.Arriving.TakeAsync(wanted, _ending.Token);
        }
    }

    private static long WantedBytes(in ReadOnlySequence<byte> rest)
    {
        var reader = new SequenceReader<byte>(rest);
        return reader.TryReadBigEndian(out int size) ? size : 0;
    }

    /// <summary>Nothing more is accepted: what waits for events answers now, and everything has a bounded time to leave.</summary>
    private void Hurry()
    {
        Interlocked.CompareExchange(ref _finishByTimestamp, _services.Time.GetTimestamp() + Ticks(_services.Options.StopTimeout), long.MaxValue);
        _clock.LookAt(Volatile.Read(ref _finishByTimestamp));
        EndWaits();
    }

    private long Look(long nowTimestamp)
    {
        var finishBy = Volatile.Read(ref _finishByTimestamp);
        if (nowTimestamp >= finishBy)
        {
            Abort("its last requests could not be answered in time");
            return long.MaxValue;
        }

        var next = Math.Min(finishBy, _ring.Expire(nowTimestamp));
        var inFlight = _ring.InFlight;
        var quietUntil = _lastReadTimestamp + (_frameHasBegun ? _readTicks : _idleTicks);
        if (finishBy == long.MaxValue && nowTimestamp >= quietUntil && (inFlight == 0 || _frameHasBegun))
        {
            Abort(_frameHasBegun ? "a request has not arrived in time" : "nothing was sent for too long");
            return long.MaxValue;
        }

        return Math.Min(next, nowTimestamp >= quietUntil ? nowTimestamp + _idleTicks : quietUntil);
    }

    private void Abort(string reason)
    {
        if (Interlocked.Exchange(ref _aborted, 1) == 0)
        {
            GatewayLog.Closing(_services.Logger, _client.Remote, reason);
            _connection.Abort(new ConnectionAbortedException(reason));
        }
    }

    private void EndWaits() => _ = EndWaitsAsync();

    private Task EndWaitsAsync() => _ending.CancelAsync();

    private void RefuseSize(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> first = stackalloc byte[KafkaFrame.PrefixBytes];
        buffer.Slice(0, first.Length).CopyTo(first);
        GatewayLog.NotKafka(_services.Logger, _client.Remote, ForeignProtocol.Guess(first), _services.Options.MaxRequestBytes);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _services.Time.TimestampFrequency);
}
