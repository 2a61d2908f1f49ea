using System.Buffers.Binary;
using System.Buffers.Text;

namespace Actors.AgentLoad.Wire;

/// <summary>What the key of a node record says in a scale test: the hub hands it on byte for byte.</summary>
/// <param name="Run">The run that it belongs to.</param>
/// <param name="Peer">Who announces it.</param>
/// <param name="Sequence">The number of the peer's update.</param>
/// <param name="SentAt">When, in nanoseconds of this machine's monotonic clock.</param>
public readonly record struct NodeStamp(ulong Run, int Peer, long Sequence, long SentAt)
{
    private const int Bytes = 32;

    /// <summary>Characters of the key.</summary>
    public const int TextBytes = 44;

    /// <summary>Writes the key's <see cref="TextBytes"/> characters, without quotes.</summary>
    public void Write(Span<byte> text)
    {
        Span<byte> key = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(key, Run);
        BinaryPrimitives.WriteInt32LittleEndian(key[8..], Peer);
        BinaryPrimitives.WriteInt64LittleEndian(key[12..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(key[20..], SentAt);
        BinaryPrimitives.WriteInt32LittleEndian(key[28..], Check(key[..28]));
        Base64.EncodeToUtf8(key, text, out _, out _);
    }

    /// <summary>Reads a key.</summary>
    /// <returns>False for one that nobody wrote here, or that has changed on its way.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, out NodeStamp stamp)
    {
        stamp = default;
        Span<byte> key = stackalloc byte[Bytes + 1];
        if (text.Length != TextBytes || Base64.DecodeFromUtf8(text, key, out _, out var length) != System.Buffers.OperationStatus.Done
            || length != Bytes || BinaryPrimitives.ReadInt32LittleEndian(key[28..]) != Check(key[..28]))
        {
            return false;
        }

        stamp = new NodeStamp(
            BinaryPrimitives.ReadUInt64LittleEndian(key),
            BinaryPrimitives.ReadInt32LittleEndian(key[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(key[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(key[20..]));
        return true;
    }

    private static int Check(ReadOnlySpan<byte> bytes)
    {
        var sum = 17;
        for (var at = 0; at < bytes.Length; at += sizeof(int))
            sum = unchecked((sum * 31) + BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]));
        return sum;
    }
}
