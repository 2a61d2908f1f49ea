using System.Buffers.Binary;

namespace Actors.Log;

/// <summary>The header of one record in the write-ahead log.</summary>
/// <remarks>
/// Layout, little-endian: 0 uint32 CRC-32C of all bytes after it, seeded with the file's salt; 4 int32 length of header and payload;
/// 8 int64 LSN, its own position in the log; 16 byte type; 17 byte flags; 18 uint16 zero; 20 int32 leader epoch; 24 int64 log id;
/// 32 int64 base; 40 int64 next; 48 payload. A record counts only when LSN and salted checksum are the ones expected, so what a
/// recycled file held in its former life, and payloads that look like records, do not.
/// </remarks>
internal readonly record struct WalRecord(
    WalRecordType Type, byte Flags, long Lsn, int Length, LogId Log, int Epoch, long BaseOffset, long NextOffset)
{
    /// <summary>Bytes of a record before its payload.</summary>
    public const int HeaderBytes = 48;

    /// <summary>Of a truncation: the log is emptied.</summary>
    public const byte ResetFlag = 1;

    /// <summary>Bytes after the header.</summary>
    public int PayloadBytes => Length - HeaderBytes;

    /// <summary>LSN of what follows.</summary>
    public long EndLsn => Lsn + Length;

    /// <summary>Writes the header in front of a payload that is in place, and the checksum over both.</summary>
    /// <param name="record">Exactly header and payload.</param>
    public void Write(Span<byte> record, uint salt)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], Lsn);
        record[16] = (byte)Type;
        record[17] = Flags;
        BinaryPrimitives.WriteUInt16LittleEndian(record[18..], 0);
        BinaryPrimitives.WriteInt32LittleEndian(record[20..], Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(record[24..], Log.Value);
        BinaryPrimitives.WriteInt64LittleEndian(record[32..], BaseOffset);
        BinaryPrimitives.WriteInt64LittleEndian(record[40..], NextOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(record, Crc32C.Append(salt, record[4..Length]));
    }

    /// <summary>Length that the bytes at <paramref name="lsn"/> claim, when they may be a record; to be read whole before <see cref="TryRead"/>.</summary>
    /// <param name="bytes">At least a header.</param>
    /// <param name="maxBytes">Most bytes that a record may have here.</param>
    public static bool TryPeekLength(ReadOnlySpan<byte> bytes, long lsn, long maxBytes, out int length)
    {
        length = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        return length >= HeaderBytes && length <= maxBytes && BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]) == lsn;
    }

    /// <summary>Reads a record that must be at <paramref name="lsn"/> of a file with <paramref name="salt"/>.</summary>
    /// <param name="bytes">The record, and perhaps more behind it.</param>
    /// <returns>False when the bytes are not a whole sound record of that place.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, uint salt, long lsn, out WalRecord record)
    {
        record = default;
        if (bytes.Length < HeaderBytes || !TryPeekLength(bytes, lsn, bytes.Length, out int length))
            return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Crc32C.Append(salt, bytes[4..length]))
            return false;
        record = Parse(bytes, length);
        return record.Type is >= WalRecordType.FlushHeader and <= WalRecordType.LogDeleted;
    }

    /// <summary>Reads the header of a record that this process has written and holds in memory.</summary>
    public static WalRecord ReadTrusted(ReadOnlySpan<byte> bytes) => Parse(bytes, BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]));

    private static WalRecord Parse(ReadOnlySpan<byte> bytes, int length) => new(
        (WalRecordType)bytes[16], bytes[17], BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), length,
        new LogId(BinaryPrimitives.ReadInt64LittleEndian(bytes[24..])), BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]));
}
