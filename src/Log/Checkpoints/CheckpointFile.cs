using System.Buffers.Binary;

namespace Actors.Log;

/// <summary>Two slots that checkpoints are written to in turn: while one is being written, the other one holds the checkpoint before.</summary>
/// <remarks>
/// Slot, little-endian: 0 "ACTRCKP\0"; 8 int32 format; 12 int32 logs; 16 storage id; 32 int64 sequence; 40 int64 LSN; 48 int64
/// write-ahead sequence; 56 int64 next log id; 64 int64 bytes of logs; 72 uint32 CRC-32C of the logs; 76 uint32 CRC-32C of 0 to 76; logs.
/// The slot with the higher sequence counts.
/// </remarks>
/// <param name="maxBytes">Largest slot that is written or read.</param>
internal sealed class CheckpointFile(IFileSystem files, string directory, Guid storageId, int maxBytes = 1 << 30)
{
    public const int Format = 1;

    private const int HeaderBytes = 80;

    private static readonly string[] Names = ["checkpoint-0", "checkpoint-1"];

    private readonly bool[] _isNameSynced = new bool[Names.Length];
    private long _bytes;

    private static ReadOnlySpan<byte> Magic => "ACTRCKP\0"u8;

    /// <summary>Most bytes that the logs of a checkpoint may take.</summary>
    public int MaxLogBytes => maxBytes - HeaderBytes;

    /// <summary>Sequence of the newest checkpoint.</summary>
    public long Sequence { get; private set; }

    /// <summary>Bytes that the logs of the newest checkpoint take. Any thread.</summary>
    public long Bytes
    {
        get => Volatile.Read(ref _bytes);
        private set => Volatile.Write(ref _bytes, value);
    }

    /// <summary>Reads the newest sound slot.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="StorageFormatException">A slot is of a newer format or of another data directory.</exception>
    public bool TryRead(out CheckpointHeader header, out byte[] logs)
    {
        header = default;
        logs = [];
        bool found = false;
        foreach (string name in Names)
        {
            string path = $"{directory}/{name}";
            if (!files.TryGetLength(path, out long length) || length < HeaderBytes)
                continue;
            byte[] bytes = files.ReadWhole(path, maxBytes);
            if (TryParse(bytes, path, out CheckpointHeader candidate) && (!found || candidate.Sequence > header.Sequence))
            {
                found = true;
                header = candidate;
                logs = bytes[HeaderBytes..(HeaderBytes + (int)candidate.LogBytes)];
            }
        }

        Sequence = header.Sequence;
        Bytes = logs.Length;
        return found;
    }

    /// <summary>Syncs the slot that was read, before anything is done for it: a process that was killed may have left it in the page cache only.</summary>
    /// <remarks>Its name is durable: whoever opens a data directory syncs the folder first.</remarks>
    public void SyncFound()
    {
        int slot = (int)(Sequence % Names.Length);
        using IFile file = files.Open($"{directory}/{Names[slot]}", FileOpening.Existing);
        file.Sync();
        _isNameSynced[slot] = true;
    }

    /// <summary>Writes and syncs the next slot. When it returns, the checkpoint counts.</summary>
    /// <exception cref="CheckpointTooLargeException">No slot could be read that holds the image; nothing was written.</exception>
    public void Write(CheckpointImage image)
    {
        long sequence = Sequence + 1;
        ReadOnlySpan<byte> logs = image.Logs.WrittenSpan;
        if (logs.Length > MaxLogBytes)
            throw new CheckpointTooLargeException(logs.Length, MaxLogBytes);
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Format);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), image.LogCount);
        storageId.TryWriteBytes(header.AsSpan(16));
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), sequence);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(40), image.Lsn);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(48), image.WalSequence);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(56), image.NextLogId);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(64), logs.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(72), Crc32C.Compute(logs));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(76), Crc32C.Compute(header.AsSpan(0, 76)));

        int slot = (int)(sequence % Names.Length);
        string path = $"{directory}/{Names[slot]}";
        using IFile file = files.Open(path, FileOpening.CreateIfMissing);
        file.WriteAll(logs, HeaderBytes);
        file.WriteAll(header, 0);
        file.Sync();
        if (!_isNameSynced[slot])
            files.SyncDirectory(directory);
        _isNameSynced[slot] = true;
        Sequence = sequence;
        Bytes = logs.Length;
    }

    private bool TryParse(ReadOnlySpan<byte> bytes, string path, out CheckpointHeader header)
    {
        header = default;
        if (!bytes.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(bytes[76..]) != Crc32C.Compute(bytes[..76]))
            return false;
        int format = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (format > Format)
            throw new StorageFormatException(path, $"the checkpoint has format {format}; this version reads up to {Format}. Start the version that wrote it.");
        var owner = new Guid(bytes[16..32]);
        if (owner != storageId)
            throw new StorageFormatException(path, $"the checkpoint belongs to storage {owner}, this data directory is {storageId}. Put the right files in place.");
        header = new CheckpointHeader(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[56..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[64..]));
        return header.LogBytes >= 0 && header.LogBytes <= bytes.Length - HeaderBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[72..]) == Crc32C.Compute(bytes.Slice(HeaderBytes, (int)header.LogBytes));
    }
}
