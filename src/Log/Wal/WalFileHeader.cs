using System.Buffers.Binary;

namespace Actors.Log;

/// <summary>What a write-ahead file says of itself: one use of the file, from its header's sync until the file is recycled.</summary>
/// <remarks>
/// Layout, little-endian: 0 "ACTRWAL\0"; 8 int32 format; 12 uint32 salt; 16 storage id; 32 int64 sequence of the use; 40 int64 first LSN;
/// 48 uint32 CRC-32C of 0 to 48. Two copies, in the first two pages of the file; either will do.
/// </remarks>
/// <param name="Salt">Seeds the checksums of this use; random.</param>
/// <param name="StorageId">The data directory that it belongs to.</param>
/// <param name="Sequence">Rises with every use of any file.</param>
/// <param name="FirstLsn">LSN of the first byte behind the header; a multiple of <see cref="PageBytes"/>.</param>
internal readonly record struct WalFileHeader(uint Salt, Guid StorageId, long Sequence, long FirstLsn)
{
    /// <summary>What a flush is aligned to: a page that was acknowledged is never written again.</summary>
    public const int PageBytes = 4_096;

    /// <summary>Where the first flush starts in a file.</summary>
    public const int DataStart = 2 * PageBytes;

    /// <summary>Version of file header and records.</summary>
    public const int Format = 1;

    private const int Bytes = 52;

    private static ReadOnlySpan<byte> Magic => "ACTRWAL\0"u8;

    /// <summary>Writes both copies.</summary>
    /// <param name="pages">The first two pages.</param>
    public void Write(Span<byte> pages)
    {
        pages[..DataStart].Clear();
        Magic.CopyTo(pages);
        BinaryPrimitives.WriteInt32LittleEndian(pages[8..], Format);
        BinaryPrimitives.WriteUInt32LittleEndian(pages[12..], Salt);
        StorageId.TryWriteBytes(pages[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(pages[32..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(pages[40..], FirstLsn);
        BinaryPrimitives.WriteUInt32LittleEndian(pages[48..], Crc32C.Compute(pages[..48]));
        pages[..Bytes].CopyTo(pages[PageBytes..]);
    }

    /// <summary>Reads the first sound copy.</summary>
    /// <param name="format">The format that a sound copy names; other than <see cref="Format"/> the rest is not understood.</param>
    /// <returns>False when neither copy is sound: the file has never been used, or its next use has not begun.</returns>
    public static bool TryRead(ReadOnlySpan<byte> pages, out WalFileHeader header, out int format)
    {
        header = default;
        format = 0;
        for (int start = 0; start + Bytes <= pages.Length && start < DataStart; start += PageBytes)
        {
            ReadOnlySpan<byte> copy = pages[start..];
            if (!copy.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(copy[48..]) != Crc32C.Compute(copy[..48]))
                continue;
            format = BinaryPrimitives.ReadInt32LittleEndian(copy[8..]);
            header = new WalFileHeader(
                BinaryPrimitives.ReadUInt32LittleEndian(copy[12..]), new Guid(copy[16..32]),
                BinaryPrimitives.ReadInt64LittleEndian(copy[32..]), BinaryPrimitives.ReadInt64LittleEndian(copy[40..]));
            return true;
        }

        return false;
    }

    /// <summary>The start of the page at or after <paramref name="lsn"/>.</summary>
    public static long AlignUp(long lsn) => (lsn + PageBytes - 1) & ~(long)(PageBytes - 1);
}
