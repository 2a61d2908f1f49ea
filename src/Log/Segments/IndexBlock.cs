using System.Buffers.Binary;

namespace Actors.Log;

/// <summary>One page of an index file: up to 255 entries, and a checksum that ties them to their segment.</summary>
/// <remarks>
/// Layout, little-endian: entries of 16 bytes (int32 relative offset, int32 position, int64 timestamp before); at 4,080 int64 base
/// offset of the segment; 4,088 int32 number of entries; 4,092 uint32 CRC-32C of all before.
/// </remarks>
internal static class IndexBlock
{
    public const int Bytes = 4_096;
    public const int MaxEntries = 255;

    private const int EntryBytes = 16;
    private const int TrailerAt = MaxEntries * EntryBytes;

    public static void Write(Span<byte> block, ReadOnlySpan<IndexEntry> entries, long segmentBase)
    {
        block.Clear();
        for (int i = 0; i < entries.Length; i++)
        {
            Span<byte> at = block[(i * EntryBytes)..];
            BinaryPrimitives.WriteInt32LittleEndian(at, entries[i].RelativeOffset);
            BinaryPrimitives.WriteInt32LittleEndian(at[4..], entries[i].Position);
            BinaryPrimitives.WriteInt64LittleEndian(at[8..], entries[i].MaxTimestampBeforeMs);
        }

        BinaryPrimitives.WriteInt64LittleEndian(block[TrailerAt..], segmentBase);
        BinaryPrimitives.WriteInt32LittleEndian(block[(TrailerAt + 8)..], entries.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(block[(TrailerAt + 12)..], Crc32C.Compute(block[..(TrailerAt + 12)]));
    }

    /// <returns>Number of entries; 0 when the block is not sound or belongs to another segment.</returns>
    public static int Count(ReadOnlySpan<byte> block, long segmentBase)
    {
        if (block.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(block[(TrailerAt + 12)..]) != Crc32C.Compute(block[..(TrailerAt + 12)]))
            return 0;
        int count = BinaryPrimitives.ReadInt32LittleEndian(block[(TrailerAt + 8)..]);
        return BinaryPrimitives.ReadInt64LittleEndian(block[TrailerAt..]) == segmentBase && count is > 0 and <= MaxEntries ? count : 0;
    }

    public static IndexEntry Read(ReadOnlySpan<byte> block, int index)
    {
        ReadOnlySpan<byte> at = block[(index * EntryBytes)..];
        return new IndexEntry(
            BinaryPrimitives.ReadInt32LittleEndian(at), BinaryPrimitives.ReadInt32LittleEndian(at[4..]), BinaryPrimitives.ReadInt64LittleEndian(at[8..]));
    }
}
