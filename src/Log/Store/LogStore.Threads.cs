namespace Actors.Log;

/// <remarks>Four threads, or a pump that does their steps on the caller's.</remarks>
public sealed partial class LogStore
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly List<Worker> _workers = [];
    private int _isDisposed;

    /// <summary>Syncs what was appended, makes a checkpoint and closes all files. The next start has nothing to recover.</summary>
    /// <remarks>When that takes more than five seconds, or the disk is full or has failed, the checkpoint is left out; the next start replays.</remarks>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        bool wasFull = _health.Refusal == AppendRefusal.DiskFull;
        bool isDamaged = _health.Refusal == AppendRefusal.Damaged;
        _health.SetClosed();
        _room.Pulse();
        Task last;
        lock (_wal.Gate)
            last = _wal.WaitForLast();
        try
        {
            if (_workers.Count == 0)
                PumpAll();
            await last.WaitAsync(CloseTimeout, _time);
            if (!wasFull && !isDamaged && _health.Failure is null)
            {
                var waiter = new DurableWaiter();
                _checkpointer.Request(waiter);
                if (_workers.Count == 0)
                    PumpAll();
                await waiter.Task.WaitAsync(CloseTimeout, _time);
            }
        }
        catch (Exception e) when (e is TimeoutException or LogFailedException)
        {
            // What is durable is in the write-ahead log; the next start applies it.
        }

        foreach (Worker worker in _workers)
            worker.Stop();
        EndWaits();
        CloseFiles();
    }

    /// <summary>The id that the next log gets.</summary>
    internal long NextLogId => _registry.NextId;

    /// <summary>Whether any append that is allowed would be taken now.</summary>
    internal bool HasRoom
    {
        get
        {
            lock (_wal.Gate)
                return _wal.Reserve(_options.MaxAppendBytes, WriteAheadLog.AppendRecords) == AppendRefusal.None;
        }
    }

    /// <summary>Writes and syncs one flush, and tells of it. For tests, in a store without threads.</summary>
    internal bool PumpFlush() => StepFlush();

    /// <summary>Tells of one flush.</summary>
    internal bool PumpCompletion() => _completions.Step();

    /// <summary>Applies one window to segments.</summary>
    internal bool PumpSegments(bool everything) => _writer.Step(everything);

    /// <summary>Does one phase of a checkpoint.</summary>
    internal bool PumpCheckpoint() => _checkpointer.Step();

    /// <summary>Does everything that there is to do.</summary>
    internal void PumpAll()
    {
        while (PumpFlush() | PumpCompletion() | PumpSegments(everything: false) | PumpCheckpoint())
        {
        }
    }

    /// <summary>Ends the threads and closes the files without writing anything more, as a process that is killed does.</summary>
    internal void Abandon()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        _health.SetClosed();
        foreach (Worker worker in _workers)
            worker.Stop();
        CloseFiles();
    }

    private void StartThreads()
    {
        _workers.Add(new Worker("log-wal", _flushSignal, StepFlush, e => OnFault("log-wal", e)));
        _workers.Add(new Worker("log-completion", _completionSignal, _completions.Step, e => OnFault("log-completion", e)));
        _workers.Add(new Worker("log-segments", _segmentSignal, () => _writer.Step(), e => OnFault("log-segments", e)));
        _workers.Add(new Worker("log-checkpoint", _checkpointSignal, _checkpointer.Step, e => OnFault("log-checkpoint", e)));
    }

    private bool StepFlush()
    {
        if (_wal.FlushOne() is not { } flush)
            return false;
        long bytes = flush.PaddedLength;
        _completions.Post(flush, mayTellHere: _wal.IsIdle);
        _writer.Post(flush);
        _space.Wrote(bytes);
        return true;
    }

    /// <summary>A thread has ended by an exception that no step may throw: nothing is trusted any more.</summary>
    private void OnFault(string thread, Exception e)
    {
        _health.Fail(new LogFailure(thread, _options.Directory, e));
        _wal.FailQueued(_health.Failure!);
    }

    /// <summary>What is durable is told; whoever waits for more learns that it will not come.</summary>
    private void EndWaits()
    {
        while (_completions.Step())
        {
        }

        var closed = new LogFailure("close", _options.Directory, new ObjectDisposedException(nameof(LogStore)));
        _wal.FailQueued(closed);
        _checkpointer.FailWaiting(closed);
    }

    private void CloseFiles()
    {
        _metrics.Observe(null);
        _space.Dispose();
        _open.Dispose();
        _walFiles.Dispose();
        _whole.Dispose();
    }
}
