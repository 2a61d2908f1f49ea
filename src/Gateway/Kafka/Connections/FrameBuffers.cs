using System.Buffers;
using System.Runtime.InteropServices;

namespace Actors.Gateway.Kafka;

/// <summary>Gives every frame as contiguous memory: the pipe's own where the frame lies in one piece, else a rented copy.</summary>
/// <remarks>Used by one reader; everything that was given is valid until <see cref="ReturnAll"/>.</remarks>
internal sealed class FrameBuffers
{
    private readonly List<byte[]> _rented = [];

    /// <summary>The frame in one piece.</summary>
    public ReadOnlyMemory<byte> Contiguous(in ReadOnlySequence<byte> frame)
    {
        if (frame.IsSingleSegment)
        {
            return frame.First;
        }

        var size = (int)frame.Length;
        var copy = ArrayPool<byte>.Shared.Rent(size);
        _rented.Add(copy);
        frame.CopyTo(copy);
        return copy.AsMemory(0, size);
    }

    /// <summary>Nobody reads the frames any more.</summary>
    public void ReturnAll()
    {
        foreach (var copy in CollectionsMarshal.AsSpan(_rented))
        {
            ArrayPool<byte>.Shared.Return(copy);
        }

        _rented.Clear();
    }
}
