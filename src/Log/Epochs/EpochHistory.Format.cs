using System.Buffers;
using System.Buffers.Binary;

namespace Actors.Log;

/// <remarks>
/// Binary form, big-endian: int16 version = 1, int32 count, count times (int32 epoch, int64 start offset), uint32 CRC-32C of all before.
/// </remarks>
public sealed partial class EpochHistory
{
    /// <summary>Version of the binary form.</summary>
    public const short FormatVersion = 1;

    private const int PrefixBytes = sizeof(short) + sizeof(int);
    private const int EntryBytes = sizeof(int) + sizeof(long);
    private const int CrcBytes = sizeof(uint);

    /// <summary>Bytes that <see cref="WriteTo"/> writes now.</summary>
    public int SerializedBytes => PrefixBytes + (_entries.Length * EntryBytes) + CrcBytes;

    /// <summary>Writes the binary form of the history.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        EpochStart[] entries = _entries;
        int size = PrefixBytes + (entries.Length * EntryBytes) + CrcBytes;
        Span<byte> bytes = output.GetSpan(size)[..size];
        BinaryPrimitives.WriteInt16BigEndian(bytes, FormatVersion);
        BinaryPrimitives.WriteInt32BigEndian(bytes[sizeof(short)..], entries.Length);
        Span<byte> at = bytes[PrefixBytes..];
        foreach (EpochStart entry in entries)
        {
            BinaryPrimitives.WriteInt32BigEndian(at, entry.Epoch);
            BinaryPrimitives.WriteInt64BigEndian(at[sizeof(int)..], entry.StartOffset);
            at = at[EntryBytes..];
        }

        BinaryPrimitives.WriteUInt32BigEndian(at, Crc32C.Compute(bytes[..^CrcBytes]));
        output.Advance(size);
    }

    /// <summary>Reads what <see cref="WriteTo"/> wrote.</summary>
    /// <param name="bytes">Exactly one history.</param>
    /// <returns>False when the bytes are cut, damaged, of another version, or not in rising order.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out EpochHistory history)
    {
        history = new EpochHistory();
        if (bytes.Length < PrefixBytes + CrcBytes || BinaryPrimitives.ReadInt16BigEndian(bytes) != FormatVersion)
            return false;
        int count = BinaryPrimitives.ReadInt32BigEndian(bytes[sizeof(short)..]);
        if (count < 0 || bytes.Length != PrefixBytes + ((long)count * EntryBytes) + CrcBytes)
            return false;
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[^CrcBytes..]) != Crc32C.Compute(bytes[..^CrcBytes]))
            return false;

        var entries = new EpochStart[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> at = bytes[(PrefixBytes + (i * EntryBytes))..];
            entries[i] = new EpochStart(BinaryPrimitives.ReadInt32BigEndian(at), BinaryPrimitives.ReadInt64BigEndian(at[sizeof(int)..]));
            bool rises = i == 0 || (entries[i].Epoch > entries[i - 1].Epoch && entries[i].StartOffset > entries[i - 1].StartOffset);
            if (!rises || entries[i].Epoch < 0 || entries[i].StartOffset < 0)
                return false;
        }

        history = new EpochHistory(entries);
        return true;
    }
}
