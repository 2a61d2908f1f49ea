namespace Actors.Log;

/// <remarks>Records that are no appends, and the room that all records need.</remarks>
public sealed partial class LogStore
{
    private static readonly Dictionary<string, string> NoConfigs = [];

    /// <summary>What the store was opened with.</summary>
    public LogOptions Options => _options;

    internal TimeProvider Time => _time;

    internal WriteAheadLog Wal => _wal;

    internal LogMetrics Metrics => _metrics;

    /// <summary>Writes control records, waiting for room if need be.</summary>
    /// <param name="payloadBytes">All payloads together.</param>
    /// <param name="records">Records at most.</param>
    /// <param name="isAllowedWhenFull">Whether they free space, so that a full disk must not refuse them.</param>
    /// <param name="write">Runs under the write-ahead log's monitor, perhaps not at all.</param>
    /// <returns>When the records are durable.</returns>
    internal async Task WriteAsync(long payloadBytes, int records, bool isAllowedWhenFull, Func<WriteAheadLog, ControlWrite> write, CancellationToken token)
    {
        while (true)
        {
            token.ThrowIfCancellationRequested();
            AppendRefusal refusal = TryWrite(payloadBytes, records, isAllowedWhenFull, write, out Task durable);
            if (refusal == AppendRefusal.None)
            {
                await durable;
                return;
            }

            if (refusal == AppendRefusal.Failed)
                throw new LogFailedException(_health.Failure!);
            if (refusal != AppendRefusal.Busy)
                throw new LogRefusedException(refusal);
            await WaitUntilRoomAsync(isAllowedWhenFull, token);
        }
    }

    /// <param name="isAllowedWhenFull">A full disk is no answer, so that the wait goes on.</param>
    private async Task WaitUntilRoomAsync(bool isAllowedWhenFull, CancellationToken token)
    {
        while (true)
        {
            // Asked for before the look: whatever makes room after it completes this task.
            Task next = _room.Next();
            AppendRefusal refusal = _health.Refusal;
            bool isAnswered = refusal != AppendRefusal.None && !(isAllowedWhenFull && refusal == AppendRefusal.DiskFull);
            if (isAnswered || HasRoom)
                return;
            MakeRoom();
            await next.WaitAsync(token);
        }
    }

    /// <summary>Writes control records now or not at all.</summary>
    internal AppendRefusal TryWrite(long payloadBytes, int records, bool isAllowedWhenFull, Func<WriteAheadLog, ControlWrite> write, out Task durable)
    {
        durable = Task.CompletedTask;
        lock (_wal.Gate)
        {
            AppendRefusal refusal = _health.Refusal;
            if (refusal == AppendRefusal.DiskFull && isAllowedWhenFull)
                refusal = AppendRefusal.None;
            if (refusal == AppendRefusal.None)
                refusal = _wal.Reserve(payloadBytes, records);
            if (refusal != AppendRefusal.None)
                return refusal;
            ControlWrite written = write(_wal);
            if (written.Flush is null)
                return AppendRefusal.None;
            var waiter = new DurableWaiter(written.OnSynced);
            written.Flush.Waiters.Add(waiter);
            durable = waiter.Task;
        }

        _wal.Wake();
        return AppendRefusal.None;
    }

    /// <summary>Gets going what frees memory and write-ahead files.</summary>
    internal void MakeRoom()
    {
        _writer.Hurry(_wal.EndLsn);
        _checkpointer.Consider();
        _checkpointer.Wake();
    }

    /// <summary>Has everything up to here written to segments as soon as it is synced.</summary>
    internal void Hurry() => _writer.Hurry(_wal.EndLsn);

    internal static Flush WritePayload(WriteAheadLog wal, WalRecordType type, LogId log, ReadOnlySpan<byte> payload)
    {
        WalPlace place = wal.Place(payload.Length);
        payload.CopyTo(place.Bytes.AsSpan(place.Start));
        return wal.Commit(type, 0, log, 0, 0, 0, payload.Length);
    }

    internal static void ThrowIfDeleted(StoredLog log)
    {
        if (log.IsDeleted)
            throw new LogNotFoundException(log.Id);
    }

    private ControlWrite WriteCreations(WriteAheadLog wal, IReadOnlyList<NewLog> logs, byte[][] payloads, StoredLog[] created, int first, int count)
    {
        Flush? flush = null;
        for (int i = first; i < first + count; i++)
        {
            NewLog wanted = logs[i];
            var configs = new Dictionary<string, string>(wanted.Configs ?? NoConfigs, StringComparer.Ordinal);
            var description = new LogDescription(_registry.TakeId(), wanted.Topic, wanted.TopicId, wanted.Partition, configs);
            created[i] = new StoredLog(description, _applier.DirectoryOf(description));
            _registry.Add(created[i]);
            flush = WritePayload(wal, WalRecordType.LogCreated, description.Id, payloads[i]);
        }

        return new ControlWrite(flush, () =>
        {
            for (int i = first; i < first + count; i++)
                created[i].IsListed = true;
        });
    }

    private ControlWrite WriteDeletions(WriteAheadLog wal, LogId[] ids, List<StoredLog> deleted)
    {
        Flush? flush = null;
        foreach (LogId id in ids)
        {
            if (_registry.Find(id) is not { IsListed: true, IsDeleted: false } log)
                continue;
            log.IsDeleted = true;
            deleted.Add(log);
            flush = wal.Write(WalRecordType.LogDeleted, id, 0);
        }

        return new ControlWrite(flush, () =>
        {
            foreach (StoredLog log in deleted)
                _writer.Post(applier => applier.RemoveFiles(log));
            _writer.Hurry(_wal.EndLsn);
        });
    }
}
