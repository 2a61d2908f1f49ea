using System.Buffers;
using System.Buffers.Binary;
using Actors.Grains.Partitions;
using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <content>From bytes to requests.</content>
internal sealed partial class ClientSession
{
    /// <summary>A smaller request arrives whole in the pipe's own memory.</summary>
    private const int LargeFrameBytes = 64 << 10;

    private readonly ArrivalShare _arriving;
    private long _parsingBytes;

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

            var readTimestamp = _services.Time.GetTimestamp();
            var goesOn = _frameHasBegun;
            Volatile.Write(ref _lastReadTimestamp, readTimestamp);
            Volatile.Write(ref _frameHasBegun, false);
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

            goesOn &= buffer.Length == result.Buffer.Length;
            await _blocking.WaitAsync(_gone);
            if (!goesOn)
            {
                _arriving.Release();
            }

            await TakeMemoryAsync(buffer);
            // What is complete but was left, for want of room or behind a request that others wait for, counts as not looked at, so the next read returns at once.
            _input.AdvanceTo(buffer.Start, status == OperationStatus.DestinationTooSmall ? buffer.Start : buffer.End);
            if (result.IsCompleted && status == OperationStatus.NeedMoreData)
            {
                return;
            }

            await WaitOrMakeWayAsync(token => _ring.WaitForRoomAsync(token));
            if (status == OperationStatus.NeedMoreData && !buffer.IsEmpty)
            {
                ExpectMore(goesOn, readTimestamp);
            }
        }
    }

    /// <summary>
    /// A whole frame is due within the read time-out of its first bytes, however it is doled out; the time that the connection was
    /// not read for the broker's own reasons does not count.
    /// </summary>
    private void ExpectMore(bool goesOn, long readTimestamp)
    {
        var now = _services.Time.GetTimestamp();
        _frameDueTimestamp = goesOn ? _frameDueTimestamp + (now - readTimestamp) : now + _readTicks;
        Volatile.Write(ref _lastReadTimestamp, now);
        Volatile.Write(ref _frameHasBegun, true);
        _clock.LookAt(_frameDueTimestamp);
    }

    /// <summary>Takes every whole frame off the buffer.</summary>
    /// <returns>
    /// NeedMoreData; DestinationTooSmall when there is no room or a request must end, or be appended, before the next one starts;
    /// InvalidData when the connection must end.
    /// </returns>
    private OperationStatus AcceptAll(ref ReadOnlySequence<byte> buffer)
    {
        var batch = default(CompletionBatch);
        _produce.BeginRead();
        try
        {
            for (var room = _ring.Room; room > 0 && _blocking.IsCompleted && _ring.HasRoomForBytes; room--)
            {
                var rest = buffer;
                var status = KafkaFrame.TryRead(ref rest, _services.Options.MaxRequestBytes, out var frame);
                if (status == OperationStatus.InvalidData)
                {
                    RefuseSize(buffer);
                    return status;
                }

                if (status != OperationStatus.Done)
                {
                    return OperationStatus.NeedMoreData;
                }

                if (MustWaitForAppend(frame) || !TryReserve(frame, out var reservedBytes))
                {
                    return OperationStatus.DestinationTooSmall;
                }

                buffer = rest;
                var isAccepted = TryAccept(frame, ref reservedBytes, ref batch);
                GiveBack(ref reservedBytes);
                if (!isAccepted)
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

    /// <summary>Whoever produces and then looks at the partition finds it as it is after the append.</summary>
    private bool MustWaitForAppend(in ReadOnlySequence<byte> frame) => _produce.HasWork && frame.Length >= sizeof(short) && KeyOf(frame) != ApiKey.Produce;

    /// <summary>
    /// A large request that is not a produce request keeps its share of the memory until its answer is written, so it is not taken
    /// before those in front of it are; the reader waits for that, and for the share.
    /// </summary>
    private bool TryReserve(in ReadOnlySequence<byte> frame, out long reservedBytes)
    {
        reservedBytes = 0;
        if (frame.Length <= LargeFrameBytes || KeyOf(frame) == ApiKey.Produce)
        {
            return true;
        }

        if (_parsingBytes > 0)
        {
            (reservedBytes, _parsingBytes) = (_parsingBytes, 0);
            return true;
        }

        if (_ring.InFlight == 0)
        {
            var wanted = ParsedBytes(frame.Length);
            reservedBytes = _services.Parsing.TryTake(wanted) ? wanted : 0;
        }

        return reservedBytes > 0;
    }

    /// <summary>A large request reserves twice what has arrived before more of it is read, and what it costs in memory before it is parsed.</summary>
    private async ValueTask TakeMemoryAsync(ReadOnlySequence<byte> rest)
    {
        if (!TryLookAhead(rest, out var sizeBytes, out var key))
        {
            return;
        }

        var arrivedBytes = rest.Length - KafkaFrame.PrefixBytes;
        if (arrivedBytes < sizeBytes)
        {
            await _arriving.GrowToAsync(Math.Min(sizeBytes, arrivedBytes * 2), _ending.Token);
        }
        else if (key != ApiKey.Produce && _parsingBytes == 0)
        {
            await WaitOrMakeWayAsync(token => ReserveAsync(sizeBytes, token));
        }
    }

    private async ValueTask ReserveAsync(int sizeBytes, CancellationToken token)
    {
        await _ring.WaitUntilEmptyAsync(token);
        _parsingBytes = await _services.Parsing.TakeAsync(ParsedBytes(sizeBytes), token);
    }

    /// <summary>
    /// Waits for what the broker itself makes the connection wait for, as long as that takes; but whoever holds memory meanwhile
    /// that others wait for ends after the read time-out.
    /// </summary>
    private async ValueTask WaitOrMakeWayAsync(Func<CancellationToken, ValueTask> wait)
    {
        if (!_arriving.IsHeld)
        {
            await wait(_ending.Token);
            return;
        }

        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        await using var look = _services.Time.CreateTimer(
            _ => { if (_services.Arriving.IsWaitedFor) giveUp.Cancel(); }, null, _services.Options.ReadTimeout, _services.Options.ReadTimeout);
        try
        {
            await wait(giveUp.Token);
        }
        catch (OperationCanceledException) when (!_ending.IsCancellationRequested)
        {
            Abort("a large request could not be taken in time, and others wait for its memory: requests before it, or the large ones of others, are not answered");
            throw;
        }
    }

    private long ParsedBytes(long frameBytes) => _services.Parsing.Cap(frameBytes * BodyExchange.ParsedBytesPerByte);

    private void GiveBack(ref long reservedBytes)
    {
        if (reservedBytes > 0)
        {
            _services.Parsing.Return(reservedBytes);
            reservedBytes = 0;
        }
    }

    /// <returns>Whether the frame at the front is a large one; not for one of which nothing is known yet.</returns>
    private static bool TryLookAhead(in ReadOnlySequence<byte> rest, out int sizeBytes, out ApiKey key)
    {
        (sizeBytes, key) = (0, default);
        if (rest.Length < KafkaFrame.PrefixBytes + sizeof(short))
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[KafkaFrame.PrefixBytes];
        rest.Slice(0, prefix.Length).CopyTo(prefix);
        sizeBytes = BinaryPrimitives.ReadInt32BigEndian(prefix);
        key = KeyOf(rest.Slice(prefix.Length));
        return sizeBytes > LargeFrameBytes;
    }

    private static ApiKey KeyOf(in ReadOnlySequence<byte> frame)
    {
        Span<byte> key = stackalloc byte[sizeof(short)];
        frame.Slice(0, key.Length).CopyTo(key);
        return (ApiKey)BinaryPrimitives.ReadInt16BigEndian(key);
    }

    private void RefuseSize(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> first = stackalloc byte[KafkaFrame.PrefixBytes];
        buffer.Slice(0, first.Length).CopyTo(first);
        GatewayLog.NotKafka(_services.Logger, _client.Remote, ForeignProtocol.Guess(first), _services.Options.MaxRequestBytes);
    }
}
