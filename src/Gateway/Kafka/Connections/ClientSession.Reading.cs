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

    private long _arrivingBytes;

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

            Volatile.Write(ref _lastReadTimestamp, _services.Time.GetTimestamp());
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

            await _blocking.WaitAsync(_gone);
            await TakeArrivalBytesAsync(buffer);
            // What is complete but was left, for want of room or behind a request that others wait for, counts as not looked at, so the next read returns at once.
            _input.AdvanceTo(buffer.Start, status == OperationStatus.DestinationTooSmall ? buffer.Start : buffer.End);
            if (result.IsCompleted && status == OperationStatus.NeedMoreData)
            {
                return;
            }

            await _ring.WaitForRoomAsync(_ending.Token);
            if (status == OperationStatus.NeedMoreData && !buffer.IsEmpty)
            {
                ExpectMore();
            }
        }
    }

    /// <summary>The rest of a frame is due within the read time-out, counted from when the connection is read again.</summary>
    private void ExpectMore()
    {
        var now = _services.Time.GetTimestamp();
        Volatile.Write(ref _lastReadTimestamp, now);
        Volatile.Write(ref _frameHasBegun, true);
        _clock.LookAt(now + _readTicks);
    }

    /// <summary>Takes every whole frame off the buffer.</summary>
    /// <returns>
    /// NeedMoreData; DestinationTooSmall when there is no room or a request must end before the next one starts; InvalidData when
    /// the connection must end.
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

                if (!TryReserve(frame, out var reservedBytes))
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

    /// <summary>
    /// A large request that is not a produce request keeps its share of the memory until it is answered; where it does not have
    /// it yet, the reader waits for it.
    /// </summary>
    private bool TryReserve(in ReadOnlySequence<byte> frame, out long reservedBytes)
    {
        reservedBytes = 0;
        if (frame.Length <= LargeFrameBytes || KeyOf(frame) == ApiKey.Produce)
        {
            return true;
        }

        var wanted = _services.Arriving.Cap(frame.Length * BodyExchange.ParsedBytesPerByte);
        if (_arrivingBytes >= wanted)
        {
            (reservedBytes, _arrivingBytes) = (_arrivingBytes, 0);
            return true;
        }

        if (!_services.Arriving.TryTake(wanted))
        {
            return false;
        }

        reservedBytes = wanted;
        return true;
    }

    /// <summary>A large request reserves its size before the rest of it is read.</summary>
    private async ValueTask TakeArrivalBytesAsync(ReadOnlySequence<byte> rest)
    {
        var wanted = WantedBytes(rest);
        if (wanted <= _arrivingBytes && wanted > 0)
        {
            return;
        }

        GiveBack(ref _arrivingBytes);
        if (wanted > 0)
        {
            _arrivingBytes = await _services.Arriving.TakeAsync(wanted, _ending.Token);
        }
    }

    private void GiveBack(ref long reservedBytes)
    {
        if (reservedBytes > 0)
        {
            _services.Arriving.Return(reservedBytes);
            reservedBytes = 0;
        }
    }

    /// <summary>What the frame at the front must have reserved before it goes on; 0 for a small one, or one of which nothing is known yet.</summary>
    private long WantedBytes(in ReadOnlySequence<byte> rest)
    {
        if (rest.Length < KafkaFrame.PrefixBytes + sizeof(short))
        {
            return 0;
        }

        Span<byte> prefix = stackalloc byte[KafkaFrame.PrefixBytes];
        rest.Slice(0, prefix.Length).CopyTo(prefix);
        var size = BinaryPrimitives.ReadInt32BigEndian(prefix);
        return size <= LargeFrameBytes ? 0
            : _services.Arriving.Cap(KeyOf(rest.Slice(prefix.Length)) == ApiKey.Produce ? size : (long)size * BodyExchange.ParsedBytesPerByte);
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
