using Actors.Kafka;
using Actors.Log;

namespace Actors.Grains.Partitions;

public sealed partial class Replica
{
    /// <summary>Bytes that go to the log at a time; a larger single batch goes alone.</summary>
    private int _maxBytesAtATime;

    /// <summary>Scratch for one call of <see cref="Append"/>; the monitor of one replica is held at a time per thread.</summary>
    [ThreadStatic]
    private static LogAppend[]? _scratch;

    private AppendQueue _durableQueue;
    private AppendQueue _committedQueue;

    /// <summary>
    /// Checks, orders and appends batches, and completes each when its answer is known: at once when it is refused, a durable
    /// duplicate or acks=0, later otherwise. Batches of one call get ascending offsets in the order of the span.
    /// </summary>
    /// <returns>
    /// How many were taken, from the front. Fewer than all means that the log is busy: the others were not touched; the caller
    /// waits for <see cref="LogStore.WaitForRoomAsync"/> and comes again with them.
    /// </returns>
    public int Append(ReadOnlySpan<PendingAppend> appends)
    {
        var done = default(AppendQueue);
        var taken = 0;
        var retention = false;
        EnterTimed();
        try
        {
            while (taken < appends.Length)
            {
                var next = appends.Slice(taken, CountAtATime(appends[taken..]));
                if (!TryAppend(next, ref done, ref retention))
                    break;
                taken += next.Length;
            }
        }
        finally
        {
            _gate.Exit();
        }

        Finish(ref done);
        if (retention)
            _retentionWanted?.Invoke();
        return taken;
    }

    /// <inheritdoc/>
    public void OnDurable(long durableEndOffset)
    {
        var done = default(AppendQueue);
        bool progress;
        lock (_gate)
        {
            if (_state != ReplicaState.Leading)
                return;
            var former = _highWatermark;
            AdvanceHighWatermark(durableEndOffset);
            progress = _highWatermark > former;
            var waited = IsAwaited;
            _durableQueue.TakeReached(durableEndOffset, ref done);
            _committedQueue.TakeReached(_highWatermark, ref done);
            if (waited && !IsAwaited)
                _metrics.ActivePartitions.Decrement();
        }

        Finish(ref done);
        if (progress)
            WakeAll();
    }

    /// <inheritdoc/>
    public void OnFailed(LogFailure failure)
    {
        var done = default(AppendQueue);
        lock (_gate)
        {
            Fail(failure);
            TakeAll(ErrorCode.KafkaStorageError, ref done);
        }

        Finish(ref done);
        WakeAll();
    }

    private bool IsAwaited => !_durableQueue.IsEmpty || !_committedQueue.IsEmpty;

    private int CountAtATime(ReadOnlySpan<PendingAppend> appends)
    {
        var bytes = 0L;
        for (var count = 0; count < appends.Length; count++)
        {
            bytes += appends[count].Batch.Length;
            if (bytes > _maxBytesAtATime)
                return Math.Max(1, count);
        }

        return appends.Length;
    }

    private bool TryAppend(ReadOnlySpan<PendingAppend> appends, ref AppendQueue done, ref bool retention)
    {
        if (_state != ReplicaState.Leading)
        {
            RefuseAll(appends, _state == ReplicaState.Failed ? ErrorCode.KafkaStorageError : ErrorCode.NotLeaderOrFollower, ref done);
            return true;
        }

        var batches = _scratch is { } scratch && scratch.Length >= appends.Length
            ? scratch
            : _scratch = new LogAppend[Math.Max(64, appends.Length * 2)];
        var endOffset = _log.EndOffset;
        var count = Judge(appends, batches, endOffset, out var bytes);
        var refusal = count == 0 ? AppendRefusal.None : _log.Append(batches.AsSpan(0, count), _leaderEpoch);
        Array.Clear(batches, 0, count);
        if (refusal == AppendRefusal.Busy)
            return false;
        if (refusal != AppendRefusal.None)
            _metrics.Refused(refusal);
        var waited = IsAwaited;
        foreach (var append in appends)
            Queue(append, endOffset, refusal, ref done);
        if (!waited && IsAwaited)
            _metrics.ActivePartitions.Increment();
        if (refusal == AppendRefusal.None && count > 0)
            retention |= NoteAppended(bytes);
        return true;
    }

    /// <summary>Sets every append's verdict and offset, and stages what is to be written.</summary>
    private int Judge(ReadOnlySpan<PendingAppend> appends, LogAppend[] batches, long endOffset, out long bytes)
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var stampMs = _config.UsesLogAppendTime ? nowMs : RecordBatch.NoTimestamp;
        var startOffset = _log.StartOffset;
        var count = 0;
        bytes = 0;
        foreach (var append in appends)
        {
            append.LogStartOffset = startOffset;
            append.LogAppendTimeMs = stampMs;
            append.Error = ErrorCode.None;
            if (append.ExpectedLeaderEpoch >= 0 && append.ExpectedLeaderEpoch != _leaderEpoch)
            {
                append.Refuse(ErrorCode.FencedLeaderEpoch, startOffset);
                continue;
            }

            if (append.Acks == -1 && !HasEnoughInSync)
            {
                append.Refuse(ErrorCode.NotEnoughReplicas, startOffset);
                continue;
            }

            var header = append.Header;
            var check = _log.Producers.Stage(header, endOffset, nowMs);
            switch (check.Verdict)
            {
                case ProducerVerdict.Ok:
                    batches[count++] = new LogAppend { Batch = append.Batch, Header = header, BaseOffset = endOffset, LogAppendTimeMs = stampMs };
                    append.BaseOffset = endOffset;
                    endOffset += header.LastOffsetDelta + 1;
                    append.AwaitedOffset = endOffset;
                    bytes += append.Batch.Length;
                    break;
                case ProducerVerdict.Duplicate:
                    // The original's place: its answer is only as good as the original is durable.
                    append.BaseOffset = check.BaseOffset;
                    append.AwaitedOffset = check.BaseOffset + header.LastOffsetDelta + 1;
                    if (stampMs != RecordBatch.NoTimestamp)
                        append.LogAppendTimeMs = check.TimestampMs;
                    break;
                case ProducerVerdict.OutOfOrder:
                    append.Refuse(ErrorCode.OutOfOrderSequenceNumber, startOffset);
                    break;
                case ProducerVerdict.InvalidEpoch:
                    append.Refuse(ErrorCode.InvalidProducerEpoch, startOffset);
                    break;
                default:
                    append.Refuse(ErrorCode.UnknownServerError, startOffset);
                    break;
            }
        }

        return count;
    }

    private void Queue(PendingAppend append, long formerEndOffset, AppendRefusal refusal, ref AppendQueue done)
    {
        // A duplicate of a batch that the log has just refused is refused with it.
        if (append.Error == ErrorCode.None && refusal != AppendRefusal.None && append.AwaitedOffset > formerEndOffset)
            append.Refuse(ErrorOf(refusal), append.LogStartOffset);
        if (append.Error != ErrorCode.None || append.Acks == 0)
            done.Add(append);
        else if (append.Acks == 1)
            Await(ref _durableQueue, append, _log.DurableEndOffset, ref done);
        else
            Await(ref _committedQueue, append, _highWatermark, ref done);
    }

    private static void Await(ref AppendQueue queue, PendingAppend append, long reachedOffset, ref AppendQueue done)
    {
        if (append.AwaitedOffset <= reachedOffset)
            done.Add(append);
        else
            queue.Add(append);
    }

    private bool NoteAppended(long bytes)
    {
        _appendedBytes += bytes;
        if (_appendedBytes < _retentionCheckAtBytes)
            return false;
        _retentionCheckAtBytes = _appendedBytes + _config.SegmentBytes;
        return true;
    }

    private static void RefuseAll(ReadOnlySpan<PendingAppend> appends, ErrorCode error, ref AppendQueue done)
    {
        foreach (var append in appends)
        {
            append.Refuse(error, -1);
            done.Add(append);
        }
    }

    private void TakeAll(ErrorCode error, ref AppendQueue done)
    {
        if (IsAwaited)
            _metrics.ActivePartitions.Decrement();
        _durableQueue.TakeAll(error, -1, ref done);
        _committedQueue.TakeAll(error, -1, ref done);
    }

    private static void Finish(ref AppendQueue done)
    {
        if (done.IsEmpty)
            return;
        var batch = default(CompletionBatch);
        done.Complete(ref batch);
        batch.Run();
    }

    private static ErrorCode ErrorOf(AppendRefusal refusal) => refusal switch
    {
        AppendRefusal.None => ErrorCode.None,
        AppendRefusal.TooLarge => ErrorCode.MessageTooLarge,
        AppendRefusal.Closed => ErrorCode.NotLeaderOrFollower,
        _ => ErrorCode.KafkaStorageError,
    };

    /// <summary>Takes the monitor; the time that it takes is measured, and a wait is counted.</summary>
    private void EnterTimed()
    {
        if (_gate.TryEnter())
        {
            _metrics.LockTaken();
            return;
        }

        var since = _time.GetTimestamp();
        _gate.Enter();
        _metrics.LockTakenAfter(_time.GetElapsedTime(since));
    }
}
