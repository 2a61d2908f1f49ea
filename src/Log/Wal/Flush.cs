namespace Actors.Log;

/// <summary>What one write and one fdatasync carry: a run of records in one slab, behind a flush header, padded to whole pages.</summary>
/// <remarks>
/// Filled under the write-ahead log's monitor, then sealed and never changed. Two users follow, the completion side and the segment
/// writer; when both have released it, it and its reference to the slab are given back.
/// </remarks>
internal sealed class Flush
{
    private readonly List<DurableWaiter> _waiters = [];
    private TouchedLog[] _touched = new TouchedLog[16];
    private int _users;

    /// <summary>Unlike any other flush's of this process.</summary>
    public long Id { get; private set; }

    public Slab Slab { get; private set; } = null!;

    public WalFile File { get; private set; } = null!;

    /// <summary>Index of the flush header in the slab's bytes; on a page boundary.</summary>
    public int Start { get; private set; }

    /// <summary>Bytes so far, without padding.</summary>
    public int Length { get; set; }

    /// <summary>Bytes that fit, given slab and file.</summary>
    public int Limit { get; private set; }

    /// <summary>LSN of the flush header; a multiple of a page.</summary>
    public long StartLsn { get; private set; }

    /// <summary>Where the flush before ended.</summary>
    public long PreviousEndLsn { get; private set; }

    public long EndLsn => StartLsn + Length;

    /// <summary>Bytes to be written.</summary>
    public int PaddedLength => (int)WalFileHeader.AlignUp(Length);

    /// <summary>Calls of append that it holds.</summary>
    public int Appends { get; set; }

    /// <summary>Record batches that it holds.</summary>
    public int Batches { get; set; }

    /// <summary>How long its write and its fdatasync took; known once it is durable.</summary>
    public TimeSpan CommitTime { get; set; }

    public ReadOnlySpan<TouchedLog> Touched => _touched.AsSpan(0, TouchedCount);

    public List<DurableWaiter> Waiters => _waiters;

    private int TouchedCount { get; set; }

    public void Begin(long id, Slab slab, WalFile file, int start, int limit, long startLsn, long previousEndLsn)
    {
        Id = id;
        Slab = slab;
        File = file;
        Start = start;
        Length = WalRecord.HeaderBytes;
        Limit = limit;
        StartLsn = startLsn;
        PreviousEndLsn = previousEndLsn;
        Appends = Batches = 0;
        _users = 2;
    }

    /// <summary>Notes that <paramref name="log"/> ends at <paramref name="endOffset"/> with this flush.</summary>
    public void Touch(StoredLog log, long endOffset)
    {
        if (log.TouchedFlush == Id)
        {
            _touched[log.TouchedIndex].EndOffset = endOffset;
            return;
        }

        if (TouchedCount == _touched.Length)
            Array.Resize(ref _touched, _touched.Length * 2);
        log.TouchedFlush = Id;
        log.TouchedIndex = TouchedCount;
        _touched[TouchedCount++] = new TouchedLog { Log = log, EndOffset = endOffset };
    }

    /// <summary>Writes the flush header and clears the padding; nothing is added afterwards.</summary>
    public void Seal()
    {
        Span<byte> bytes = Slab.Bytes.AsSpan(Start, PaddedLength);
        bytes[Length..].Clear();
        new WalRecord(WalRecordType.FlushHeader, 0, StartLsn, WalRecord.HeaderBytes, default, 0, PreviousEndLsn, EndLsn)
            .Write(bytes[..WalRecord.HeaderBytes], File.Header.Salt);
    }

    /// <summary>Fails everybody who waits for a flush that is not told as durable.</summary>
    public void FailWaiters(LogFailure failure)
    {
        foreach (DurableWaiter waiter in _waiters)
            waiter.Failed(failure);
    }

    /// <summary>One of the two users is done.</summary>
    /// <returns>Whether it was the last one: the flush may be used again.</returns>
    public bool Release()
    {
        if (Interlocked.Decrement(ref _users) > 0)
            return false;
        Slab.Release();
        _touched.AsSpan(0, TouchedCount).Clear();
        TouchedCount = 0;
        _waiters.Clear();
        Slab = null!;
        File = null!;
        return true;
    }
}
