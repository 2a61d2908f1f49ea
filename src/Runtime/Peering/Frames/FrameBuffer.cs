using System.Buffers;
using System.Runtime.InteropServices;
using Actors.Runtime.Serialization;

namespace Actors.Runtime.Peering;

/// <summary>
/// A message in rented memory, from writing it until it has been sent, or while its frames arrive. One owner, who disposes it once;
/// not for use by two threads at a time.
/// </summary>
internal sealed class FrameBuffer : IBufferWriter<byte>, IDisposable
{
    private const int FirstBytes = 512;
    private const int MinNextBytes = 4 * 1024;

    /// <summary>Each piece is as long as all before it: a long message has few, each of another size class of the pool, which keeps few of each.</summary>
    private const int MaxNextBytes = 1024 * 1024;

    private readonly int _maxBytes;
    private List<ArraySegment<byte>>? _full;
    private int _fullBytes;
    private byte[] _last = [];
    private int _used;

    /// <param name="maxBytes">The longest message, in bytes.</param>
    public FrameBuffer(int maxBytes) => _maxBytes = maxBytes;

    /// <summary>Bytes in it.</summary>
    public int Length => _fullBytes + _used;

    /// <inheritdoc/>
    /// <exception cref="WireFormatException">The message is longer than it may be.</exception>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_last.Length - _used), nameof(count));
        _used += count;
        if (Length > _maxBytes)
        {
            throw TooLong();
        }
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _last.AsMemory(_used);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _last.AsSpan(_used);
    }

    /// <summary>Copies <paramref name="destination"/>'s length of bytes, from the one at <paramref name="offset"/>.</summary>
    public void CopyTo(int offset, Span<byte> destination)
    {
        foreach (ArraySegment<byte> part in CollectionsMarshal.AsSpan(_full))
        {
            if (destination.IsEmpty)
            {
                return;
            }

            if (offset < part.Count)
            {
                int count = Math.Min(part.Count - offset, destination.Length);
                part.AsSpan(offset, count).CopyTo(destination);
                destination = destination[count..];
                offset = 0;
            }
            else
            {
                offset -= part.Count;
            }
        }

        _last.AsSpan(offset, destination.Length).CopyTo(destination);
    }

    /// <summary>All bytes; valid until the buffer is disposed.</summary>
    public ReadOnlySequence<byte> AsSequence()
    {
        if (_full is null)
        {
            return new ReadOnlySequence<byte>(_last, 0, _used);
        }

        var first = new Piece(_full[0], before: null);
        Piece last = first;
        foreach (ArraySegment<byte> part in _full.Skip(1).Append(new ArraySegment<byte>(_last, 0, _used)))
        {
            last = new Piece(part, last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ArraySegment<byte> part in CollectionsMarshal.AsSpan(_full))
        {
            ArrayPool<byte>.Shared.Return(part.Array!);
        }

        if (_last.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_last);
        }

        _full = null;
        _last = [];
        _fullBytes = _used = 0;
    }

    private void Reserve(int sizeHint)
    {
        if (_last.Length - _used >= Math.Max(sizeHint, 1))
        {
            return;
        }

        if (sizeHint > _maxBytes - Length && sizeHint > MinNextBytes)
        {
            throw TooLong();
        }

        int nextBytes = _last.Length == 0 ? FirstBytes : Math.Clamp(Length, MinNextBytes, MaxNextBytes);
        byte[] next = ArrayPool<byte>.Shared.Rent(Math.Max(nextBytes, sizeHint));
        if (_used > 0)
        {
            (_full ??= []).Add(new ArraySegment<byte>(_last, 0, _used));
            _fullBytes += _used;
        }
        else if (_last.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_last);
        }

        _last = next;
        _used = 0;
    }

    private WireFormatException TooLong() =>
        new(WireProblem.LengthAboveLimit, Length, $"The message is longer than the {_maxBytes} bytes that one between silos may have.");

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ArraySegment<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
