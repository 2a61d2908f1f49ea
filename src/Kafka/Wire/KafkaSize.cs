using System.Numerics;
using System.Text;

namespace Actors.Kafka;

/// <summary>How many bytes values take on the wire.</summary>
public static class KafkaSize
{
    /// <summary>1 to 5 bytes, 7 bits each.</summary>
    public static int UnsignedVarint(uint value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>A string with its length.</summary>
    /// <exception cref="MessageEncodingException">The string has more than 32,767 bytes.</exception>
    public static int String(string value, bool compact)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        if (bytes > KafkaReader.MaxStringBytes)
        {
            MessageEncodingException.ThrowTooLong("string", "", -1);
        }

        return Utf8(bytes, compact);
    }

    /// <summary>A string with its length, or null.</summary>
    /// <inheritdoc cref="String" path="/exception"/>
    public static int NullableString(string? value, bool compact) =>
        value is null ? (compact ? 1 : 2) : String(value, compact);

    /// <summary>A string of <paramref name="byteCount"/> bytes, with its length.</summary>
    public static int Utf8(int byteCount, bool compact) =>
        byteCount + (compact ? UnsignedVarint((uint)byteCount + 1) : 2);

    /// <summary>Bytes with their length.</summary>
    public static long Bytes(ReadOnlyMemory<byte> value, bool compact) => Bytes(value.Length, compact);

    /// <summary>As many bytes as <paramref name="byteCount"/> says, with their length.</summary>
    public static long Bytes(int byteCount, bool compact) =>
        byteCount + (compact ? UnsignedVarint((uint)byteCount + 1) : 4L);

    /// <summary>Bytes with their length, or null.</summary>
    public static long NullableBytes(ReadOnlyMemory<byte>? value, bool compact) =>
        value is { } bytes ? Bytes(bytes.Length, compact) : (compact ? 1 : 4);

    /// <summary>The count in front of an array; -1 for null.</summary>
    public static int ArrayCount(int count, bool compact) => compact ? UnsignedVarint((uint)(count + 1)) : 4;

    /// <summary>A tagged field: tag, size and value.</summary>
    public static long TaggedField(uint tag, long valueSize) =>
        UnsignedVarint(tag) + UnsignedVarint((uint)valueSize) + valueSize;

    internal static int Checked(long size, string messageName, short version)
    {
        if (size > int.MaxValue)
        {
            MessageEncodingException.ThrowTooLong(messageName, "", version);
        }

        return (int)size;
    }
}
