using System.Globalization;

namespace Actors.Log;

/// <summary>One file of a log's record batches, with its index.</summary>
/// <remarks>
/// Written by the segment writer alone, which publishes <see cref="Length"/>, <see cref="NextOffset"/> and
/// <see cref="MaxTimestampMs"/> under the log's lock once the bytes are in the file; read from any thread up to a length that was
/// taken under that lock.
/// </remarks>
internal sealed partial class Segment
{
    /// <summary>More bytes than this between an index entry and the batch searched for: entries are missing, so the index is rebuilt.</summary>
    private const int RebuildGapBytes = 4 << 20;

    private readonly OpenFiles _files;
    private readonly int _indexIntervalBytes;

    public Segment(OpenFiles files, string directory, long baseOffset, long createdMs, int indexIntervalBytes)
    {
        _files = files;
        _indexIntervalBytes = indexIntervalBytes;
        BaseOffset = NextOffset = baseOffset;
        CreatedMs = createdMs;
        Data = new FileSlot($"{directory}/{FileName(baseOffset)}");
        Index = new SegmentIndex(files, $"{directory}/{baseOffset.ToString("D20", CultureInfo.InvariantCulture)}.index", baseOffset);
        ProducersPath = $"{directory}/{baseOffset.ToString("D20", CultureInfo.InvariantCulture)}.producers";
    }

    public long BaseOffset { get; }

    /// <summary>When the segment was begun, in milliseconds since 1970 by the broker's clock.</summary>
    public long CreatedMs { get; }

    public FileSlot Data { get; }

    public SegmentIndex Index { get; }

    /// <summary>Snapshot of the producer states at the base offset, if there were any.</summary>
    public string ProducersPath { get; }

    /// <summary>Bytes of batches in the file.</summary>
    public int Length { get; set; }

    /// <summary>Offset after the last batch.</summary>
    public long NextOffset { get; set; }

    /// <summary>Largest timestamp of its batches, or -1.</summary>
    public long MaxTimestampMs { get; set; } = RecordBatch.NoTimestamp;

    /// <summary>Whether no batch will be added.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Position of the newest index entry; the segment writer's.</summary>
    public int IndexedPosition { get; set; }

    /// <summary>Where write-back was last begun; the segment writer's.</summary>
    public int WrittenBack { get; set; }

    public static string FileName(long baseOffset) => $"{baseOffset.ToString("D20", CultureInfo.InvariantCulture)}.log";

    /// <summary>Notes a batch that has been written at <paramref name="position"/>, for the index.</summary>
    /// <param name="maxTimestampBeforeMs">Largest timestamp of the batches before it.</param>
    /// <returns>Bytes that were written to the index file.</returns>
    public int Note(long batchBaseOffset, int position, long maxTimestampBeforeMs)
    {
        if (position - IndexedPosition < _indexIntervalBytes)
            return 0;
        IndexedPosition = position;
        return Index.Add(new IndexEntry((int)(batchBaseOffset - BaseOffset), position, maxTimestampBeforeMs));
    }

    /// <summary>Where the batch ends whose next offset is <paramref name="boundary"/>. What lies behind it is not looked at.</summary>
    /// <param name="length">Bytes of the file that count.</param>
    /// <exception cref="LogDamagedException">No batch ends there.</exception>
    public int PositionBehind(long boundary, int length)
    {
        using FileLease lease = _files.Use(Data);
        int start = StartFor(boundary - 1, length, lease.File);
        using var scan = new BatchScan(lease.File, start, length, BaseOffset);
        while (scan.MoveNext())
        {
            if (scan.Current.NextOffset == boundary)
                return scan.NextPosition;
            if (scan.Current.NextOffset > boundary)
                break;
        }

        throw new LogDamagedException(Data.Path, scan.NextPosition);
    }

    /// <summary>The highest offset not above <paramref name="offset"/> at which a batch ends, or the segment begins.</summary>
    /// <param name="length">Bytes of the file that count.</param>
    public long BoundaryAtOrBelow(long offset, int length)
    {
        using FileLease lease = _files.Use(Data);
        for (long from = offset; ;)
        {
            int relative = (int)Math.Min(from - BaseOffset, int.MaxValue);
            IndexEntry entry = Checked(Index.FindOffset(relative), length, lease.File);
            long boundary = -1;
            using var scan = new BatchScan(lease.File, entry.Position, length, BaseOffset);
            while (scan.MoveNext() && scan.Current.NextOffset <= offset)
                boundary = scan.Current.NextOffset;
            if (scan.IsDamaged)
                throw new LogDamagedException(Data.Path, scan.NextPosition);
            if (boundary >= 0)
                return boundary;
            if (entry.Position == 0)
                return BaseOffset;
            from = BaseOffset + entry.RelativeOffset - 1;
        }
    }

    /// <summary>Largest timestamp of the batches before a position, and the offset after the last of them.</summary>
    public (long MaxTimestampMs, long NextOffset) Summarize(int length)
    {
        if (length == 0)
            return (RecordBatch.NoTimestamp, BaseOffset);
        using FileLease lease = _files.Use(Data);
        IndexEntry entry = Checked(Index.FindOffset(int.MaxValue), length, lease.File);
        if (entry.Position >= length)
            entry = IndexEntry.First;
        long maxTimestampMs = entry.MaxTimestampBeforeMs;
        long nextOffset = BaseOffset;
        using var scan = new BatchScan(lease.File, entry.Position, length, BaseOffset);
        while (scan.MoveNext())
        {
            maxTimestampMs = Math.Max(maxTimestampMs, scan.Current.MaxTimestampMs);
            nextOffset = scan.Current.NextOffset;
        }

        return scan.IsDamaged ? throw new LogDamagedException(Data.Path, scan.NextPosition) : (maxTimestampMs, nextOffset);
    }

    /// <summary>How far the file is sound: for a file that is shorter than it should be.</summary>
    public (int Length, long NextOffset) SoundPrefix(int length)
    {
        if (length == 0)
            return (0, BaseOffset);
        using FileLease lease = _files.Use(Data);
        using var scan = new BatchScan(lease.File, 0, length, BaseOffset);
        long nextOffset = BaseOffset;
        while (scan.MoveNext())
            nextOffset = scan.Current.NextOffset;
        return (scan.NextPosition, nextOffset);
    }

    private int StartFor(long offset, int length, IFile file)
    {
        int relative = (int)Math.Min(offset - BaseOffset, int.MaxValue);
        (IndexEntry Entry, int NextPosition) found = Index.FindOffset(relative);
        return Checked(found, length, file).Position;
    }

    /// <summary>An index entry counts when the batch that it names is there and no stretch of entries is missing; else the index is rebuilt.</summary>
    private IndexEntry Checked((IndexEntry Entry, int NextPosition) found, int length, IFile file)
    {
        if (IsSound(found.Entry, length, file) && Math.Min(found.NextPosition, length) - found.Entry.Position <= RebuildGapBytes)
            return found.Entry;
        if (Index.WasRebuilt && IsSound(found.Entry, length, file))
            return found.Entry;
        if (!Index.WasRebuilt)
            Index.Rebuild(ScanEntries(length, file));
        return IndexEntry.First;
    }

    private bool IsSound(in IndexEntry entry, int length, IFile file)
    {
        if (entry == IndexEntry.First)
            return true;
        if (entry.RelativeOffset < 0 || entry.Position < 0 || entry.Position > length - RecordBatch.HeaderBytes)
            return false;
        Span<byte> header = stackalloc byte[RecordBatch.HeaderBytes];
        if (file.ReadAll(header, entry.Position) < header.Length)
            return false;
        var batch = new BatchPeek(header);
        return batch.IsPlausible(BaseOffset) && batch.BaseOffset == BaseOffset + entry.RelativeOffset;
    }

    private List<IndexEntry> ScanEntries(int length, IFile file)
    {
        var entries = new List<IndexEntry>();
        int indexed = 0;
        long maxTimestampMs = RecordBatch.NoTimestamp;
        using var scan = new BatchScan(file, 0, length, BaseOffset);
        while (scan.MoveNext())
        {
            if (scan.Position - indexed >= _indexIntervalBytes)
            {
                entries.Add(new IndexEntry((int)(scan.Current.BaseOffset - BaseOffset), scan.Position, maxTimestampMs));
                indexed = scan.Position;
            }

            maxTimestampMs = Math.Max(maxTimestampMs, scan.Current.MaxTimestampMs);
        }

        return entries;
    }
}
