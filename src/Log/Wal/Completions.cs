using Microsoft.Extensions.Logging;

namespace Actors.Log;

/// <summary>Tells waiters and observers that a flush is durable, one flush after the other.</summary>
/// <remarks>
/// <para>With nothing else to flush, the flusher tells them itself: that spares a change of threads, which costs about as much as
/// the sync of a fast disk. While more waits to be flushed, the completion thread does, beside the next write. Either way one
/// flush is told at a time, in order.</para>
/// </remarks>
internal sealed partial class Completions(FlushPool flushes, WorkSignal signal, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Queue<Flush> _queue = new();
    private bool _isTelling;
    private LogFailure? _failure;
    private LogFailure? _toldFailure;
    private Func<IEnumerable<StoredLog>>? _failedLogs;

    /// <summary>Tells of a flush that is durable: here and now if nobody else is telling, else on the completion thread.</summary>
    /// <remarks>Once a failure has been told, nothing is told as durable any more.</remarks>
    /// <param name="mayTellHere">Whether the caller has nothing better to do.</param>
    public void Post(Flush flush, bool mayTellHere)
    {
        lock (_lock)
        {
            if (_toldFailure is { } failure)
            {
                flush.FailWaiters(failure);
                return;
            }

            if (!mayTellHere || _isTelling || _queue.Count > 0)
            {
                _queue.Enqueue(flush);
                mayTellHere = false;
            }
            else
            {
                _isTelling = true;
            }
        }

        if (!mayTellHere)
        {
            signal.Set();
            return;
        }

        Tell(flush);
        lock (_lock)
        {
            _isTelling = false;
            mayTellHere = _queue.Count > 0 || _failure is not null;
        }

        if (mayTellHere)
            signal.Set();
    }

    /// <summary>Tells all owners, after the flushes before, that the data directory has failed.</summary>
    public void PostFailure(LogFailure failure, Func<IEnumerable<StoredLog>> logs)
    {
        lock (_lock)
        {
            _failure = failure;
            _failedLogs = logs;
        }

        signal.Set();
    }

    /// <summary>Tells of one flush.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Step()
    {
        Flush? flush;
        LogFailure? failure = null;
        lock (_lock)
        {
            if (_isTelling)
                return false;
            if (!_queue.TryDequeue(out flush))
            {
                failure = _failure;
                _failure = null;
                if (failure is null)
                    return false;
                _toldFailure = failure;
            }

            _isTelling = true;
        }

        if (flush is not null)
            Tell(flush);
        else
            TellFailure(failure!);
        lock (_lock)
            _isTelling = false;
        return true;
    }

    private void Tell(Flush flush)
    {
        if (logger.IsEnabled(LogLevel.Debug))
            TellCommit(flush);
        foreach (ref readonly TouchedLog touched in flush.Touched)
        {
            if (!Publish(flush, touched) || touched.Log.Owner is not { } owner)
                continue;
            try
            {
                owner.Observer.OnDurable(touched.EndOffset);
            }
            catch (Exception e)
            {
                LogObserverFailed(e, touched.Log.Description);
            }
        }

        foreach (DurableWaiter waiter in flush.Waiters)
            waiter.Synced();
        flushes.Release(flush);
    }

    /// <summary>One event for each log that the flush touched. Batches and bytes are those of the whole flush: one fdatasync covers them all.</summary>
    private void TellCommit(Flush flush)
    {
        foreach (ref readonly TouchedLog touched in flush.Touched)
        {
            LogDescription log = touched.Log.Description;
            LogCommit(log.Topic, log.Partition, touched.EndOffset, flush.Batches, flush.PaddedLength, (long)flush.CommitTime.TotalMicroseconds);
        }
    }

    /// <summary>Publishes how far a log is durable.</summary>
    /// <returns>False when a truncation has been carried out since: the segment writer may be ahead, and has published where the log ends now.</returns>
    private static bool Publish(Flush flush, in TouchedLog touched)
    {
        lock (touched.Log.Sync)
        {
            if (flush.StartLsn < touched.Log.TruncatedLsn)
                return false;
            touched.Log.DurableEndOffset = touched.EndOffset;
            return true;
        }
    }

    private void TellFailure(LogFailure failure)
    {
        foreach (StoredLog log in _failedLogs!())
        {
            try
            {
                log.Owner?.Observer.OnFailed(failure);
            }
            catch (Exception e)
            {
                LogObserverFailed(e, log.Description);
            }

            log.Truncation?.TrySetException(new LogFailedException(failure));
        }
    }

    [LoggerMessage(
        EventId = 3102, EventName = "WAL_COMMIT", Level = LogLevel.Debug, SkipEnabledCheck = true,
        Message = "WAL_COMMIT {Topic}-{Partition} offset {Offset}: {BatchSize} batches, {Bytes} bytes in {Microseconds} us")]
    private partial void LogCommit(string topic, int partition, long offset, long batchSize, long bytes, long microseconds);

    [LoggerMessage(EventId = 3101, Level = LogLevel.Error, Message = "The owner of {Log} failed when it was told of the log's state.")]
    private partial void LogObserverFailed(Exception exception, LogDescription log);
}
