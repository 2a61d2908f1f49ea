namespace Actors.Log;

/// <remarks>Appends: a check, a copy, a checksum.</remarks>
public sealed partial class PartitionLog
{
    /// <summary>Appends batches: all of them or none. Never waits; <see cref="ILogObserver.OnDurable"/> tells when they are synced.</summary>
    /// <param name="batches">Validated batches with their base offsets; bytes are copied before the call returns.</param>
    /// <param name="leaderEpoch">Stamped on every batch; a higher one than the last starts an epoch at the log's end.</param>
    /// <exception cref="ArgumentException">Offsets are not in order, a batch's length is not its header's, or the epoch is lower than the last one.</exception>
    public AppendRefusal Append(ReadOnlySpan<LogAppend> batches, int leaderEpoch)
    {
        AppendRefusal refusal = AppendRefusal.None;
        if (!batches.IsEmpty)
        {
            ThrowIfBusyTruncating();
            long bytes = Check(batches, leaderEpoch);
            refusal = bytes > _store.Options.MaxAppendBytes ? AppendRefusal.TooLarge : Write(batches, bytes, leaderEpoch);
        }

        ProducerStates producers = _log.Producers!;
        if (refusal == AppendRefusal.None)
        {
            producers.Commit();
            return AppendRefusal.None;
        }

        producers.Rollback();
        _store.Metrics.Refused();
        if (refusal == AppendRefusal.Busy)
            _store.MakeRoom();
        return refusal;
    }

    private static void StampBatch(Span<byte> stored, in LogAppend append, int leaderEpoch)
    {
        append.Batch.Span.CopyTo(stored);
        if (append.LogAppendTimeMs >= 0)
            RecordBatch.SetLogAppendTime(stored, append.LogAppendTimeMs);
        RecordBatch.PatchOffsetAndEpoch(stored, append.BaseOffset, leaderEpoch);
    }

    private long Check(ReadOnlySpan<LogAppend> batches, int leaderEpoch)
    {
        long bytes = 0;
        long end = _log.EndOffset;
        foreach (ref readonly LogAppend append in batches)
        {
            if (append.BaseOffset < end || append.Header.LastOffsetDelta < 0)
                throw new ArgumentException($"A batch starts at offset {append.BaseOffset} and spans {append.Header.LastOffsetDelta}; the log ends at {end}.", nameof(batches));
            if (append.Header.SizeBytes != append.Batch.Length || append.Batch.Length < RecordBatch.HeaderBytes)
                throw new ArgumentException($"A batch has {append.Batch.Length} bytes; its header says {append.Header.SizeBytes}.", nameof(batches));
            bytes += append.Batch.Length;
            end = append.NextOffset;
        }

        if (leaderEpoch < _log.Epochs.LatestEpoch || leaderEpoch < 0)
            throw new ArgumentException($"Leader epoch {leaderEpoch} is below {_log.Epochs.LatestEpoch}, the last one in this log.", nameof(leaderEpoch));
        return bytes;
    }

    private AppendRefusal Write(ReadOnlySpan<LogAppend> batches, long bytes, int leaderEpoch)
    {
        long nowMs = _store.Time.GetUtcNow().ToUnixTimeMilliseconds();
        WriteAheadLog wal = _store.Wal;
        long startOffset = _log.EndOffset;
        bool startsEpoch = leaderEpoch > _log.Epochs.LatestEpoch;
        lock (wal.Gate)
        {
            AppendRefusal refusal = Refusal();
            if (refusal == AppendRefusal.None)
                refusal = wal.Reserve(bytes, WriteAheadLog.AppendRecords);
            if (refusal != AppendRefusal.None)
                return refusal;

            if (startsEpoch)
                wal.Write(WalRecordType.EpochStart, _log.Id, startOffset, epoch: leaderEpoch);
            RollIfDue(wal, bytes, batches[^1].NextOffset, nowMs);
            Flush flush = WriteBatches(wal, batches, leaderEpoch);
            flush.Touch(_log, _log.EndOffset);
            wal.Count(flush, batches.Length);
        }

        if (startsEpoch)
            AssignEpoch(leaderEpoch, startOffset);
        wal.Wake();
        return AppendRefusal.None;
    }

    private Flush WriteBatches(WriteAheadLog wal, ReadOnlySpan<LogAppend> batches, int leaderEpoch)
    {
        Flush? flush = null;
        for (int next = 0; next < batches.Length;)
        {
            WalPlace place = wal.Place(batches[next].Batch.Length);
            long baseOffset = _log.EndOffset;
            long maxTimestampMs = RecordBatch.NoTimestamp;
            int used = 0;
            do
            {
                ref readonly LogAppend append = ref batches[next++];
                StampBatch(place.Bytes.AsSpan(place.Start + used, append.Batch.Length), append, leaderEpoch);
                used += append.Batch.Length;
                maxTimestampMs = Math.Max(maxTimestampMs, append.LogAppendTimeMs >= 0 ? append.LogAppendTimeMs : append.Header.MaxTimestampMs);
            }
            while (next < batches.Length && used + batches[next].Batch.Length <= place.Room);

            long nextOffset = batches[next - 1].NextOffset;
            flush = wal.Commit(WalRecordType.Append, 0, _log.Id, leaderEpoch, baseOffset, nextOffset, used);
            _log.OpenSegmentBytes += used;
            lock (_log.Sync)
            {
                _log.Tail.Add(new TailEntry
                {
                    BaseOffset = baseOffset,
                    NextOffset = nextOffset,
                    MaxTimestampMs = maxTimestampMs,
                    Slab = flush.Slab,
                    Start = place.Start,
                    Length = used,
                });
            }

            _log.EndOffset = nextOffset;
        }

        return flush!;
    }

    /// <summary>Begins a segment when the open one would grow too large or has become too old.</summary>
    private void RollIfDue(WriteAheadLog wal, long bytes, long nextOffset, long nowMs)
    {
        bool fits = _log.OpenSegmentBytes >= 0
            && (_log.OpenSegmentBytes == 0 || _log.OpenSegmentBytes + bytes <= _config.SegmentBytes)
            && nowMs - _log.OpenSegmentMs < _config.SegmentMs
            && nextOffset - _log.OpenSegmentBase <= int.MaxValue;
        if (!fits)
            Roll(wal, nowMs);
    }

    private Flush Roll(WriteAheadLog wal, long nowMs)
    {
        _log.OpenSegmentBytes = 0;
        _log.OpenSegmentBase = _log.EndOffset;
        _log.OpenSegmentMs = nowMs;
        return wal.Write(WalRecordType.Roll, _log.Id, _log.EndOffset, nowMs);
    }

    private void AssignEpoch(int epoch, long startOffset)
    {
        _log.Epochs.Assign(epoch, startOffset);
        _log.SeeEpoch(epoch);
    }

    private AppendRefusal Refusal()
    {
        AppendRefusal refusal = _store.Refusal;
        if (refusal != AppendRefusal.None)
            return refusal;
        return _log.IsDeleted || _isDisposed ? AppendRefusal.Closed : _log.Damage is not null ? AppendRefusal.Damaged : AppendRefusal.None;
    }

    private void ThrowIfBusyTruncating()
    {
        if (_log.Truncation is not null)
            throw new InvalidOperationException($"{Description} is being truncated; nothing may be appended before that is done.");
    }
}
