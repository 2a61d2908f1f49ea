using System.Buffers.Binary;
using System.Numerics;

namespace Actors.Cli.Records;

/// <summary>Writes the one kind of record batch that a load generator needs: equal records, no keys, no compression.</summary>
/// <remarks>
/// The command line speaks public protocols only and shares no code with the log that it measures
/// (docs/decisions/0002). Source: Kafka's RecordBatch v2.
/// </remarks>
internal static class BatchWriter
{
    /// <summary>Bytes in front of the records.</summary>
    public const int HeaderBytes = 61;

    /// <summary>First byte that the CRC covers.</summary>
    public const int CrcStart = 21;

    private const int LengthOverheadBytes = 12;
    private const int CrcAt = 17;
    private const int MaxVarintBytes = 5;

    /// <summary>Builds a batch.</summary>
    /// <param name="count">Number of records, 1 or more.</param>
    /// <param name="value">The value of each.</param>
    /// <param name="timestampMs">The time of each, in milliseconds since 1970.</param>
    public static byte[] Build(int count, ReadOnlySpan<byte> value, long timestampMs)
    {
        var buffer = new byte[checked(HeaderBytes + (count * (value.Length + (4 * MaxVarintBytes))))];
        var at = HeaderBytes;
        for (var index = 0; index < count; index++)
        {
            // Attributes, timestamp delta, offset delta, null key, value, no headers.
            var length = 1 + 1 + VarintBytes(index) + 1 + VarintBytes(value.Length) + value.Length + 1;
            at += WriteVarint(buffer.AsSpan(at), length);
            buffer[at++] = 0;
            at += WriteVarint(buffer.AsSpan(at), 0);
            at += WriteVarint(buffer.AsSpan(at), index);
            at += WriteVarint(buffer.AsSpan(at), -1);
            at += WriteVarint(buffer.AsSpan(at), value.Length);
            value.CopyTo(buffer.AsSpan(at));
            at += value.Length;
            at += WriteVarint(buffer.AsSpan(at), 0);
        }

        var batch = buffer.AsSpan(0, at);
        BinaryPrimitives.WriteInt32BigEndian(batch[8..], at - LengthOverheadBytes);
        BinaryPrimitives.WriteInt32BigEndian(batch[12..], -1); // leader epoch: the broker's
        batch[16] = 2; // the format's version
        BinaryPrimitives.WriteInt32BigEndian(batch[23..], count - 1);
        BinaryPrimitives.WriteInt64BigEndian(batch[27..], timestampMs);
        BinaryPrimitives.WriteInt64BigEndian(batch[35..], timestampMs);
        batch.Slice(43, 14).Fill(0xFF); // no producer id, epoch and sequence
        BinaryPrimitives.WriteInt32BigEndian(batch[57..], count);
        BinaryPrimitives.WriteUInt32BigEndian(batch[CrcAt..], ComputeCrc(batch[CrcStart..]));
        return batch.ToArray();
    }

    /// <summary>CRC-32C.</summary>
    public static uint ComputeCrc(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }

    private static int VarintBytes(int value)
    {
        Span<byte> scratch = stackalloc byte[MaxVarintBytes];
        return WriteVarint(scratch, value);
    }

    private static int WriteVarint(Span<byte> target, int value)
    {
        var rest = (uint)((value << 1) ^ (value >> 31));
        var at = 0;
        for (; rest >= 0x80; rest >>= 7)
        {
            target[at++] = (byte)(rest | 0x80);
        }

        target[at++] = (byte)rest;
        return at;
    }
}
