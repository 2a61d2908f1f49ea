namespace Actors.Log;

/// <remarks>The flusher: one thread, one write and one fdatasync at a time.</remarks>
internal sealed partial class WriteAheadLog
{
    private readonly WorkSignal _signal;
    private readonly StoreHealth _health;
    private readonly LogMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly byte[] _headerPages;
    private readonly int _headerStart;

    public WriteAheadLog(LogOptions options, WalFiles files, SlabPool slabs, FlushPool flushes, StoreHealth health, LogMetrics metrics, TimeProvider time, WorkSignal signal)
    {
        _files = files;
        _slabs = slabs;
        _flushes = flushes;
        _health = health;
        _metrics = metrics;
        _time = time;
        _signal = signal;
        _maxFlushBytes = options.MaxFlushBytes;
        var headerSlab = new Slab(slabs, WalFileHeader.DataStart);
        _headerPages = headerSlab.Bytes;
        _headerStart = headerSlab.Origin;
    }

    /// <summary>Begins behind what recovery found.</summary>
    /// <param name="endLsn">Where the last sound record ends; the next flush starts a new file behind it.</param>
    public void Start(long endLsn)
    {
        lock (Gate)
        {
            _endLsn = endLsn;
            _syncedLsn = endLsn;
            _file = null;
        }
    }

    /// <summary>Writes and syncs one flush.</summary>
    /// <returns>The flush, now durable; null when there is none, or when the log has failed.</returns>
    public Flush? FlushOne()
    {
        if (_health.Failure is { } earlier)
        {
            FailQueued(earlier);
            return null;
        }

        Flush? flush;
        lock (Gate)
        {
            if (!_sealed.TryDequeue(out flush))
            {
                if (_filling is null)
                    return null;
                SealFilling();
                flush = _sealed.Dequeue();
            }

            _writing = flush;
        }

        string operation = "write";
        try
        {
            long began = _time.GetTimestamp();
            BeginFileUse(flush.File, ref operation);
            flush.File.File.WriteAll(flush.Slab.Bytes.AsSpan(flush.Start, flush.PaddedLength), flush.File.PositionOf(flush.StartLsn));
            _metrics.WalWritten(flush.PaddedLength);
            operation = "fdatasync";
            flush.File.File.Sync();
            _metrics.WalSynced();
            flush.CommitTime = _time.GetElapsedTime(began);
            _metrics.WalCommitted(flush.Batches, flush.CommitTime.TotalMilliseconds);
        }
        catch (Exception e)
        {
            var failure = new LogFailure(operation, flush.File.Path, e);
            _health.Fail(failure);
            FailQueued(_health.Failure ?? failure);
            return null;
        }

        Volatile.Write(ref _syncedLsn, flush.EndLsn);
        lock (Gate)
        {
            _queuedAppends -= flush.Appends;
            _writing = null;
        }

        return flush;
    }

    /// <summary>Fails everybody who waits for a flush that will not come.</summary>
    public void FailQueued(LogFailure failure)
    {
        lock (Gate)
        {
            if (_writing is not null)
                _writing.FailWaiters(failure);
            _writing = null;
            SealFilling();
            while (_sealed.TryDequeue(out Flush? flush))
                flush.FailWaiters(failure);
            _queuedAppends = 0;
        }
    }

    /// <summary>Before a file is used again, its new header is synced: from then on nothing of its former life counts.</summary>
    private void BeginFileUse(WalFile file, ref string operation)
    {
        if (file.IsHeaderSynced)
            return;
        Span<byte> pages = _headerPages.AsSpan(_headerStart, WalFileHeader.DataStart);
        file.Header.Write(pages);
        file.File.WriteAll(pages, 0);
        operation = "fdatasync";
        file.File.Sync();
        operation = "write";
        file.IsHeaderSynced = true;
        _files.HeaderSynced(file);
        _metrics.WalSynced();
        _metrics.WalWritten(pages.Length);
    }
}
