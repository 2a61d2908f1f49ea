using System.Buffers;

namespace Actors.Log;

/// <summary>Sparse index of one segment, by offset and by time: one entry per so many bytes of batches.</summary>
/// <remarks>
/// <para>Whole blocks lie in a file, the newest entries in memory. The file is a hint and is never synced for its own sake: whoever
/// uses an entry finds the batch it names or lets the index be rebuilt, a block that is torn or of another life fails its
/// checksum, and entries that are missing only make a search start earlier.</para>
/// <para>Added to by the segment writer, searched from any thread.</para>
/// </remarks>
internal sealed class SegmentIndex(OpenFiles files, string path, long segmentBase)
{
    private readonly Lock _lock = new();
    private readonly List<IndexEntry> _pending = [];
    private int _blocks = -1;

    public FileSlot Slot { get; } = new(path);

    /// <summary>Whether the index has been rebuilt since the process started; once is enough.</summary>
    public bool WasRebuilt { get; private set; }

    /// <summary>Adds an entry behind all others.</summary>
    /// <returns>Bytes that were written to the file.</returns>
    public int Add(in IndexEntry entry)
    {
        lock (_lock)
        {
            _pending.Add(entry);
            return _pending.Count < IndexBlock.MaxEntries ? 0 : TryWriteBlock(IndexBlock.MaxEntries);
        }
    }

    /// <summary>Writes what is in memory; the segment gets no more batches.</summary>
    /// <returns>Bytes that were written to the file.</returns>
    public int Finish()
    {
        lock (_lock)
        {
            int written = 0;
            int step;
            while (_pending.Count > 0 && (step = TryWriteBlock(Math.Min(_pending.Count, IndexBlock.MaxEntries))) > 0)
                written += step;
            return written;
        }
    }

    /// <summary>The last entry at or before an offset, and the position of the entry after it (or the largest int).</summary>
    public (IndexEntry Entry, int NextPosition) FindOffset(int relativeOffset) => Find(relativeOffset, static (entry, wanted) => entry.RelativeOffset <= wanted);

    /// <summary>The last entry before which all timestamps are below the one wanted.</summary>
    public (IndexEntry Entry, int NextPosition) FindTimestamp(long timestampMs) => Find(timestampMs, static (entry, wanted) => entry.MaxTimestampBeforeMs < wanted);

    /// <summary>Forgets entries at or behind a position.</summary>
    public void Truncate(int position)
    {
        lock (_lock)
        {
            Load();
            _pending.RemoveAll(e => e.Position >= position);
            int kept = _blocks;
            byte[] block = ArrayPool<byte>.Shared.Rent(IndexBlock.Bytes);
            while (kept > 0)
            {
                int count = ReadBlock(kept - 1, block);
                if (count == IndexBlock.MaxEntries && IndexBlock.Read(block, count - 1).Position < position)
                    break;
                var entries = new List<IndexEntry>();
                for (int i = 0; i < count && IndexBlock.Read(block, i).Position < position; i++)
                    entries.Add(IndexBlock.Read(block, i));
                _pending.InsertRange(0, entries);
                kept--;
            }

            ArrayPool<byte>.Shared.Return(block);
            Cut(kept);
        }
    }

    /// <summary>Replaces everything by what a scan of the segment has found.</summary>
    public void Rebuild(IEnumerable<IndexEntry> entries)
    {
        lock (_lock)
        {
            Load();
            Cut(0);
            _pending.Clear();
            foreach (IndexEntry entry in entries)
            {
                _pending.Add(entry);
                if (_pending.Count >= IndexBlock.MaxEntries)
                    TryWriteBlock(IndexBlock.MaxEntries);
            }

            WasRebuilt = true;
        }
    }

    private (IndexEntry Entry, int NextPosition) Find<T>(T wanted, Func<IndexEntry, T, bool> isBefore)
    {
        lock (_lock)
        {
            Load();
            int low = LastBefore(_pending.Count, i => isBefore(_pending[i], wanted));
            if (low >= 0)
                return (_pending[low], low + 1 < _pending.Count ? _pending[low + 1].Position : int.MaxValue);

            int after = _pending.Count > 0 ? _pending[0].Position : int.MaxValue;
            byte[] block = ArrayPool<byte>.Shared.Rent(IndexBlock.Bytes);
            try
            {
                int index = LastBefore(_blocks, i => ReadBlock(i, block) > 0 && isBefore(IndexBlock.Read(block, 0), wanted));
                if (index < 0)
                    return (IndexEntry.First, after);
                int count = ReadBlock(index, block);
                int found = LastBefore(count, i => isBefore(IndexBlock.Read(block, i), wanted));
                IndexEntry entry = IndexBlock.Read(block, found);
                if (found + 1 < count)
                    return (entry, IndexBlock.Read(block, found + 1).Position);
                return (entry, index + 1 < _blocks && ReadBlock(index + 1, block) > 0 ? IndexBlock.Read(block, 0).Position : after);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(block);
            }
        }
    }

    private static int LastBefore(int count, Func<int, bool> isBefore)
    {
        int low = 0;
        int high = count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (isBefore(middle))
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }

    private void Load()
    {
        if (_blocks >= 0)
            return;
        _blocks = 0;
        if (Slot.File is not null || files.Exists(Slot.Path, out long length) && length >= IndexBlock.Bytes)
        {
            using FileLease lease = files.Use(Slot);
            _blocks = (int)(lease.File.Length / IndexBlock.Bytes);
        }
    }

    private int ReadBlock(int index, byte[] block)
    {
        using FileLease lease = files.Use(Slot);
        int read = lease.File.ReadAll(block.AsSpan(0, IndexBlock.Bytes), (long)index * IndexBlock.Bytes);
        return IndexBlock.Count(block.AsSpan(0, read), segmentBase);
    }

    /// <summary>A full disk leaves entries in memory: they are written with a later one, or found again by a scan.</summary>
    private int TryWriteBlock(int count)
    {
        try
        {
            return WriteBlock(count);
        }
        catch (IOException e) when (Shortage.IsOne(e))
        {
            return 0;
        }
    }

    private int WriteBlock(int count)
    {
        Load();
        byte[] block = ArrayPool<byte>.Shared.Rent(IndexBlock.Bytes);
        try
        {
            IndexBlock.Write(block.AsSpan(0, IndexBlock.Bytes), System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending)[..count], segmentBase);
            using FileLease lease = files.Use(Slot, FileOpening.CreateIfMissing);
            lease.File.WriteAll(block.AsSpan(0, IndexBlock.Bytes), (long)_blocks * IndexBlock.Bytes);
            Slot.Wrote();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        _blocks++;
        _pending.RemoveRange(0, count);
        return IndexBlock.Bytes;
    }

    private void Cut(int blocks)
    {
        if (_blocks == blocks)
            return;
        using FileLease lease = files.Use(Slot, FileOpening.CreateIfMissing);
        lease.File.SetLength((long)blocks * IndexBlock.Bytes);
        Slot.Wrote();
        _blocks = blocks;
    }
}
