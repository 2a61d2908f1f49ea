using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Actors.AgentLoad.Wire;

/// <summary>One frame of the WebSocket protocol (RFC 6455, 5.2), as a hub sends it and as a client does.</summary>
/// <param name="Opcode">What it is.</param>
/// <param name="IsLast">Whether a message ends with it.</param>
/// <param name="PayloadStart">Where its payload begins, in bytes from the frame's first.</param>
/// <param name="PayloadLength">Bytes of its payload.</param>
internal readonly record struct SocketFrame(int Opcode, bool IsLast, int PayloadStart, int PayloadLength)
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    /// <summary>Bytes of the payload of a ping, a pong or a close, at most (RFC 6455, 5.5).</summary>
    public const int MaxControlBytes = 125;

    /// <summary>Bytes in front of a client's payload, at most.</summary>
    public const int MaxClientHeaderBytes = 14;

    /// <summary>Bytes of the whole frame.</summary>
    public int Bytes => PayloadStart + PayloadLength;

    /// <summary>Reads the head of a frame that was sent to a client.</summary>
    /// <returns>Done when the whole frame is there; NeedMoreData; InvalidData for a masked or longer one.</returns>
    public static OperationStatus TryRead(ReadOnlySpan<byte> bytes, int maxPayloadBytes, out SocketFrame frame)
    {
        frame = default;
        if (bytes.Length < 2)
            return OperationStatus.NeedMoreData;
        long length = bytes[1] & 0x7F;
        var head = length switch { 126 => 4, 127 => 10, _ => 2 };
        if ((bytes[1] & 0x80) != 0 || (bytes[0] & 0x70) != 0)
            return OperationStatus.InvalidData;
        if (bytes.Length < head)
            return OperationStatus.NeedMoreData;
        length = head switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            10 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => length,
        };
        if (length < 0 || length > maxPayloadBytes)
            return OperationStatus.InvalidData;
        frame = new SocketFrame(bytes[0] & 0x0F, (bytes[0] & 0x80) != 0, head, (int)length);
        return bytes.Length < frame.Bytes ? OperationStatus.NeedMoreData : OperationStatus.Done;
    }

    /// <summary>Writes a client's frame: its head, and its payload masked.</summary>
    /// <returns>Bytes that were written.</returns>
    public static int Write(Span<byte> target, int opcode, ReadOnlySpan<byte> payload, uint mask)
    {
        target[0] = (byte)(0x80 | opcode);
        var head = 2;
        if (payload.Length < 126)
        {
            target[1] = (byte)(0x80 | payload.Length);
        }
        else
        {
            target[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(target[2..], checked((ushort)payload.Length));
            head = 4;
        }

        MemoryMarshal.Write(target[head..], in mask);
        head += sizeof(uint);
        Mask(payload, target.Slice(head, payload.Length), mask);
        return head + payload.Length;
    }

    /// <summary>Copies a payload with its mask on; the mask's bytes are those that it has in memory.</summary>
    private static void Mask(ReadOnlySpan<byte> from, Span<byte> to, uint mask)
    {
        var at = 0;
        var wide = new Vector<byte>(MemoryMarshal.AsBytes<uint>([mask, mask, mask, mask, mask, mask, mask, mask, mask, mask, mask, mask, mask, mask, mask, mask]));
        for (; at <= from.Length - Vector<byte>.Count; at += Vector<byte>.Count)
            (new Vector<byte>(from[at..]) ^ wide).CopyTo(to[at..]);
        var narrow = MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in mask));
        for (; at < from.Length; at++)
            to[at] = (byte)(from[at] ^ narrow[at & 3]);
    }
}
