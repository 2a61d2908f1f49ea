using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <content>The way into the log.</content>
public sealed partial class GroupPartition
{
    /// <summary>Most bytes of several writes that share a batch; one write alone may be larger, and the log decides.</summary>
    private const int MaxSharedBytes = 512 * 1024;

    private readonly Queue<QueuedWrite> _queue = new();
    private int _queuedBytes;
    private bool _isPumping;
    private bool _isStalled;

    /// <summary>
    /// Appends records of one group as one atomic part of a batch. Writes end in the order of the calls, refused ones apart.
    /// </summary>
    /// <returns>
    /// Durable; or the log's error; REQUEST_TIMED_OUT after <see cref="GroupOptions.AppendTimeoutMs"/> (nobody knows);
    /// COORDINATOR_LOAD_IN_PROGRESS when too much waits or the partition is not loaded; NOT_COORDINATOR when it is closed.
    /// </returns>
    public Task<GroupAppendResult> AppendAsync(GroupRecord[] records)
    {
        ArgumentNullException.ThrowIfNull(records);
        var entries = new GroupLogEntry[records.Length];
        try
        {
            for (var index = 0; index < records.Length; index++)
                entries[index] = GroupRecordCodec.Encode(records[index]);
        }
        catch (MessageEncodingException)
        {
            return Task.FromResult(GroupAppendResult.Failed(ErrorCode.MessageTooLarge));
        }

        return Enqueue(new QueuedWrite(records, entries));
    }

    private Task<GroupAppendResult> Enqueue(QueuedWrite write)
    {
        lock (_gate)
        {
            var refusal = RefusalOf(write);
            if (refusal != ErrorCode.None)
                return Task.FromResult(GroupAppendResult.Failed(refusal));
            _queue.Enqueue(write);
            _queuedBytes += write.Bytes;
            if (_isPumping)
                return write.Ended;
            _isPumping = true;
        }

        _ = PumpAsync();
        return write.Ended;
    }

    private ErrorCode RefusalOf(QueuedWrite write)
    {
        if (_closed != ErrorCode.None)
            return _closed;
        if (_log is null)
            return ErrorCode.CoordinatorLoadInProgress;
        if (_isStalled)
            return ErrorCode.RequestTimedOut;
        return _queuedBytes + write.Bytes > _options.MaxQueuedBytes ? ErrorCode.CoordinatorLoadInProgress : ErrorCode.None;
    }

    /// <summary>Appends until nothing waits. Its first part runs on the thread of the write that found the log idle.</summary>
    private async Task PumpAsync()
    {
        while (TakeBatch() is { } batch)
        {
            var entries = batch.SelectMany(write => write.Entries).ToArray();
            var result = entries.Length == 0
                ? new GroupAppendResult(ErrorCode.None, -1)
                : await AppendAsync(entries, batch).ConfigureAwait(false);
            End(batch, result);
        }
    }

    private async Task<GroupAppendResult> AppendAsync(GroupLogEntry[] entries, List<QueuedWrite> batch)
    {
        var append = AppendToLogAsync(entries);
        try
        {
            return await append.WaitAsync(TimeSpan.FromMilliseconds(_options.AppendTimeoutMs), _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            GroupLog.AppendStalled(_logger, Index, _options.AppendTimeoutMs);
        }

        List<QueuedWrite> waiting;
        lock (_gate)
        {
            _isStalled = true;
            waiting = TakeQueue();
        }

        foreach (var write in batch.Concat(waiting))
            write.End(GroupAppendResult.Failed(ErrorCode.RequestTimedOut));

        // The log answers in the end, or is closed and answers then: its contract. Nobody waits for it here but the pump.
        return await append.ConfigureAwait(false);
    }

    /// <summary>Whatever the log throws is an answer: a pump that ends early would leave every later commit waiting.</summary>
    private async Task<GroupAppendResult> AppendToLogAsync(GroupLogEntry[] entries)
    {
        try
        {
            return await _log!.AppendAsync(entries).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            GroupLog.AppendThrew(_logger, e, Index);
            return GroupAppendResult.Failed(ErrorCode.UnknownServerError);
        }
    }

    private void End(List<QueuedWrite> batch, GroupAppendResult result)
    {
        lock (_gate)
        {
            _isStalled = false;
            if (result.Error == ErrorCode.None && _closed == ErrorCode.None)
            {
                foreach (var record in batch.SelectMany(write => write.Records))
                    Apply(record, result.BaseOffset);
            }
        }

        _metrics.Appended(batch.Count, result.Error);
        foreach (var write in batch)
            write.End(result);
    }

    /// <summary>What goes next, or null: then nobody pumps any more.</summary>
    private List<QueuedWrite>? TakeBatch()
    {
        lock (_gate)
        {
            if (_queue.Count == 0)
            {
                _isPumping = false;
                return null;
            }

            var batch = new List<QueuedWrite>();
            var bytes = 0;
            while (_queue.TryPeek(out var next) && (batch.Count == 0 || bytes + next.Bytes <= MaxSharedBytes))
            {
                batch.Add(_queue.Dequeue());
                bytes += next.Bytes;
            }

            _queuedBytes -= bytes;
            return batch;
        }
    }

    private List<QueuedWrite> TakeQueue()
    {
        var taken = _queue.ToList();
        _queue.Clear();
        _queuedBytes = 0;
        return taken;
    }

    /// <summary>One write and the one who waits for it. Without entries it is a mark in the order of the writes.</summary>
    private sealed class QueuedWrite
    {
        private readonly TaskCompletionSource<GroupAppendResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public QueuedWrite(GroupRecord[] records, GroupLogEntry[] entries)
        {
            Records = records;
            Entries = entries;
            foreach (var entry in entries)
                Bytes += entry.Bytes;
        }

        public GroupRecord[] Records { get; }

        public GroupLogEntry[] Entries { get; }

        public int Bytes { get; }

        public Task<GroupAppendResult> Ended => _ended.Task;

        /// <summary>The first answer counts: a log that answers late is not heard by those who have gone.</summary>
        public void End(GroupAppendResult result) => _ended.TrySetResult(result);
    }
}
