using System.Buffers;

namespace Actors.Kafka.Client;

/// <summary>Cuts what a stream delivers into frames. One reader at a time.</summary>
internal sealed class FrameSource(Stream stream, int maxFrameBytes)
{
    private const int BufferBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    /// <summary>Reads the next frame into memory of its own.</summary>
    /// <returns>The frame without its prefix, or null when the stream ended between two frames.</returns>
    /// <exception cref="InvalidDataException">The size is negative or above the limit; nothing was allocated for it.</exception>
    /// <exception cref="EndOfStreamException">The stream ended within a frame.</exception>
    /// <exception cref="IOException">The stream broke.</exception>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken token)
    {
        int frameBytes;
        OperationStatus status;
        while ((status = KafkaFrame.TryScan(_buffer.AsSpan(_start.._end), maxFrameBytes, out frameBytes)) == OperationStatus.NeedMoreData
            && _end - _start < KafkaFrame.PrefixBytes)
        {
            MakeRoom();
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), token).ConfigureAwait(false);
            if (read == 0)
            {
                return _end == _start ? null : throw new EndOfStreamException();
            }

            _end += read;
        }

        if (status == OperationStatus.InvalidData)
        {
            throw new InvalidDataException("The frame's size is negative or above the limit.");
        }

        _start += KafkaFrame.PrefixBytes;
        var frame = GC.AllocateUninitializedArray<byte>(frameBytes);
        var buffered = Math.Min(frameBytes, _end - _start);
        _buffer.AsSpan(_start, buffered).CopyTo(frame);
        _start += buffered;
        await stream.ReadExactlyAsync(frame.AsMemory(buffered), token).ConfigureAwait(false);
        return frame;
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
    }
}
