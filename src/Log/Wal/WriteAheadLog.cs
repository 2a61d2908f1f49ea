namespace Actors.Log;

/// <summary>The one write-ahead log of a data directory: appends fill flushes, one thread writes and syncs them one after the other.</summary>
/// <remarks>
/// <para>Everything on the append side happens under <see cref="Gate"/>, which is held for a copy and a checksum and never across a
/// system call. The order of records in the log is the order in which they were committed under it.</para>
/// <para>Idle, the first append wakes the flusher, which takes what is there. While a flush is on its way to the disk, appends
/// fill the next one. There is no timer.</para>
/// <para>The first failed write or sync is kept in <see cref="StoreHealth"/>; flushes that wait fail, and nothing is written again.</para>
/// </remarks>
internal sealed partial class WriteAheadLog
{
    /// <summary>Records of one append that <see cref="Reserve"/> must be told: the start of an epoch, a roll, and the batches.</summary>
    /// <remarks>Batches that do not fit into one record go on in the next flush; its room is counted with it.</remarks>
    public const int AppendRecords = 3;

    // Less than this at the end of a slab is not worth a flush of its own.
    private const int MinFlushRoom = 32 * 1024;

    private readonly WalFiles _files;
    private readonly SlabPool _slabs;
    private readonly FlushPool _flushes;
    private readonly Queue<Flush> _sealed = new();
    private readonly int _maxFlushBytes;

    private Flush? _filling;
    private Flush? _writing;
    private Slab? _slab;
    private int _slabUsed;
    private WalFile? _file;
    private long _endLsn;
    private long _syncedLsn;
    private long _nextFlushId = 1;
    private int _queuedAppends;

    /// <summary>The monitor of the append side.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Where the log ends, sealed or not, synced or not. Under <see cref="Gate"/> it is exact.</summary>
    public long EndLsn => Volatile.Read(ref _endLsn);

    /// <summary>Everything below is on the disk.</summary>
    public long SyncedLsn => Volatile.Read(ref _syncedLsn);

    /// <summary>Appends that no sync covers yet.</summary>
    public int QueuedAppends => Volatile.Read(ref _queuedAppends);

    /// <summary>Whether nothing waits to be flushed.</summary>
    public bool IsIdle
    {
        get
        {
            lock (Gate)
                return _filling is null && _sealed.Count == 0;
        }
    }

    /// <summary>Whether records with these payloads can be taken now. Under <see cref="Gate"/>; what it grants holds while the gate is.</summary>
    /// <param name="payloadBytes">All payloads together.</param>
    /// <param name="records">Number of records at most.</param>
    /// <returns>None, or Busy when memory or files are short.</returns>
    public AppendRefusal Reserve(long payloadBytes, int records)
    {
        long bytes = payloadBytes + ((long)records * WalRecord.HeaderBytes);
        if (_filling is { } filling && filling.Length + bytes <= filling.Limit)
            return AppendRefusal.None;

        (long slabBytes, long fileBytes) = Needs(bytes, _slabs.SlabBytes, _maxFlushBytes);
        if (_slabs.RoomBytes < slabBytes)
            return AppendRefusal.Busy;
        bool fits = _file is not null && WalFileHeader.AlignUp(_endLsn) + fileBytes <= _file.EndLsn;
        return fits || _files.ReadyCount > 0 ? AppendRefusal.None : AppendRefusal.Busy;
    }

    /// <summary>Memory and file space that records of <paramref name="bytes"/> may need at most, however they fall on slabs.</summary>
    /// <remarks>Each flush has a header and padding; each slab may stay partly empty at its end.</remarks>
    public static (long SlabBytes, long FileBytes) Needs(long bytes, int slabBytes, int maxFlushBytes)
    {
        long flushes = 2 + (2 * (bytes / Math.Min(slabBytes, maxFlushBytes)));
        long padded = bytes + (flushes * 2 * WalFileHeader.PageBytes);
        return ((2 * padded) + slabBytes, padded);
    }

    /// <summary>Size of the slab that holds the largest record alone.</summary>
    public static long LargestSlab(int maxAppendBytes, int slabBytes) =>
        Math.Max(slabBytes, WalFileHeader.AlignUp((2L * WalRecord.HeaderBytes) + maxAppendBytes));

    /// <summary>Finds the place of the next record. Under <see cref="Gate"/>, after <see cref="Reserve"/>.</summary>
    /// <param name="payloadBytes">Bytes that the record needs at least.</param>
    public WalPlace Place(int payloadBytes)
    {
        int needed = WalRecord.HeaderBytes + payloadBytes;
        if (_filling is null || _filling.Length + needed > _filling.Limit)
        {
            SealFilling();
            BeginFlush(needed);
        }

        Flush flush = _filling!;
        return new WalPlace(flush.Slab.Bytes, flush.Start + flush.Length + WalRecord.HeaderBytes, flush.Limit - flush.Length - WalRecord.HeaderBytes);
    }

    /// <summary>Makes a record of the payload that is in its place. Under <see cref="Gate"/>.</summary>
    /// <returns>The flush that carries it.</returns>
    public Flush Commit(WalRecordType type, byte flags, LogId log, int epoch, long baseOffset, long nextOffset, int payloadBytes)
    {
        Flush flush = _filling!;
        int length = WalRecord.HeaderBytes + payloadBytes;
        var record = new WalRecord(type, flags, flush.EndLsn, length, log, epoch, baseOffset, nextOffset);
        record.Write(flush.Slab.Bytes.AsSpan(flush.Start + flush.Length, length), flush.File.Header.Salt);
        flush.Length += length;
        Volatile.Write(ref _endLsn, flush.EndLsn);
        return flush;
    }

    /// <summary>A record without payload. Under <see cref="Gate"/>, after <see cref="Reserve"/>.</summary>
    public Flush Write(WalRecordType type, LogId log, long baseOffset, long nextOffset = 0, int epoch = 0, byte flags = 0)
    {
        Place(0);
        return Commit(type, flags, log, epoch, baseOffset, nextOffset, 0);
    }

    /// <summary>Counts an append as waiting. Under <see cref="Gate"/>.</summary>
    public void Count(Flush flush, int batches)
    {
        flush.Appends++;
        flush.Batches += batches;
        _queuedAppends++;
    }

    /// <summary>Completes when everything that was committed is durable. Under <see cref="Gate"/>.</summary>
    public Task WaitForLast()
    {
        Flush? last = _filling ?? _sealed.LastOrDefault() ?? _writing;
        if (last is null)
            return Task.CompletedTask;
        var waiter = new DurableWaiter();
        last.Waiters.Add(waiter);
        return waiter.Task;
    }

    /// <summary>Wakes the flusher. Outside <see cref="Gate"/>, after records were committed.</summary>
    public void Wake() => _signal.Set();

    private void SealFilling()
    {
        if (_filling is not { } flush)
            return;
        flush.Seal();
        _slabUsed = flush.Start - flush.Slab.Origin + flush.PaddedLength;
        _sealed.Enqueue(flush);
        Volatile.Write(ref _filling, null);
    }

    private void BeginFlush(int firstRecordBytes)
    {
        int needed = (int)WalFileHeader.AlignUp(WalRecord.HeaderBytes + firstRecordBytes);
        if (_slab is null || _slab.Capacity - _slabUsed < Math.Max(needed, Math.Min(MinFlushRoom, _slabs.SlabBytes / 4)))
        {
            Slab fresh = _slabs.Rent(needed);
            _slab?.Release();
            _slab = fresh;
            _slabUsed = 0;
        }

        long startLsn = WalFileHeader.AlignUp(_endLsn);
        if (_file is null || startLsn + needed > _file.EndLsn)
            _file = _files.Begin(startLsn);

        int limit = (int)Math.Min(_slab.Capacity - _slabUsed, _file.EndLsn - startLsn);
        limit = Math.Min(limit, Math.Max(_maxFlushBytes, needed));
        _slab.Retain();
        Flush flush = _flushes.Rent();
        flush.Begin(_nextFlushId++, _slab, _file, _slab.Origin + _slabUsed, limit, startLsn, _endLsn);
        Volatile.Write(ref _endLsn, flush.EndLsn);
        Volatile.Write(ref _filling, flush);
    }
}
