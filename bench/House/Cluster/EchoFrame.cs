using System.Buffers;
using System.Buffers.Binary;

namespace Actors.Bench.Cluster;

/// <summary>The floor's frame: length of the payload, the caller's slot, payload; numbers of four bytes, little-endian.</summary>
internal static class EchoFrame
{
    public const int HeaderBytes = 8;

    public static void WriteHeader(Span<byte> header, int bytes, int slot)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, bytes);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], slot);
    }

    /// <summary>Takes a whole frame off the front.</summary>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out int slot, out ReadOnlySequence<byte> frame)
    {
        slot = 0;
        frame = default;
        if (buffer.Length < HeaderBytes)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        buffer.Slice(0, HeaderBytes).CopyTo(header);
        int length = HeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(header);
        if (buffer.Length < length)
        {
            return false;
        }

        slot = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        frame = buffer.Slice(0, length);
        buffer = buffer.Slice(length);
        return true;
    }
}
