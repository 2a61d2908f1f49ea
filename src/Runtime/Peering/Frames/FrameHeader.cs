using System.Buffers;
using System.Buffers.Binary;

namespace Actors.Runtime.Peering;

/// <summary>The six bytes before each frame's body: its length (four bytes, little-endian), its kind, its flags.</summary>
/// <remarks>
/// A long message is several frames of one kind, all but the last with the flag <see cref="More"/>. The two lanes, control and
/// calls, may alternate frame by frame; within a lane a message is complete before the next begins.
/// </remarks>
internal static class FrameHeader
{
    /// <summary>Bytes of a header.</summary>
    public const int Bytes = 6;

    /// <summary>The largest body of one frame, in bytes: what a control message waits for at most once a frame has begun.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>The flag of a frame whose message goes on in the lane's next frame.</summary>
    public const byte More = 1;

    /// <summary>True when frames of this kind take the lane of calls.</summary>
    public static bool IsCall(FrameKind kind) => kind >= FrameKind.Request;

    /// <summary>Writes a header into the first <see cref="Bytes"/> bytes of <paramref name="destination"/>.</summary>
    public static void Write(Span<byte> destination, FrameKind kind, int bodyBytes, bool more)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, bodyBytes);
        destination[4] = (byte)kind;
        destination[5] = more ? More : (byte)0;
    }

    /// <summary>Takes one frame off the front of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">What has arrived; moves behind the frame when there is one.</param>
    /// <param name="maxBodyBytes">The largest body that is accepted; checked before anything waits for it.</param>
    /// <param name="kind">What the frame is; its number may be unknown.</param>
    /// <param name="more">True when the message goes on.</param>
    /// <param name="body">The body; valid until the caller advances its PipeReader.</param>
    /// <returns>Done, NeedMoreData, or InvalidData when the length is negative or above the limit, or a flag is unknown.</returns>
    public static OperationStatus TryRead(
        ref ReadOnlySequence<byte> buffer, int maxBodyBytes, out FrameKind kind, out bool more, out ReadOnlySequence<byte> body)
    {
        kind = default;
        more = false;
        body = default;
        if (buffer.Length < Bytes)
        {
            return OperationStatus.NeedMoreData;
        }

        Span<byte> copy = stackalloc byte[Bytes];
        scoped ReadOnlySpan<byte> header = buffer.FirstSpan;
        if (header.Length < Bytes)
        {
            buffer.Slice(0, Bytes).CopyTo(copy);
            header = copy;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if ((uint)length > (uint)maxBodyBytes || header[5] > More)
        {
            return OperationStatus.InvalidData;
        }

        if (buffer.Length < Bytes + length)
        {
            return OperationStatus.NeedMoreData;
        }

        kind = (FrameKind)header[4];
        more = header[5] == More;
        body = buffer.Slice(Bytes, length);
        buffer = buffer.Slice(Bytes + length);
        return OperationStatus.Done;
    }
}
