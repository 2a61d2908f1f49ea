namespace Actors.Log;

/// <remarks>Epochs, truncation and the start of the log.</remarks>
public sealed partial class PartitionLog
{
    /// <summary>Whether a truncation is on its way.</summary>
    internal bool IsTruncating => _log.Truncation is { Task.IsCompleted: false };

    /// <summary>Notes that <paramref name="epoch"/> starts at the end of the log; precedes the epoch's first append and needs no sync of its own.</summary>
    /// <exception cref="ArgumentException">The epoch is lower than the last one.</exception>
    public AppendRefusal StartEpoch(int epoch)
    {
        ThrowIfBusyTruncating();
        if (epoch < _log.Epochs.LatestEpoch || epoch < 0)
            throw new ArgumentException($"Leader epoch {epoch} is below {_log.Epochs.LatestEpoch}, the last one in this log.", nameof(epoch));
        if (epoch == _log.Epochs.LatestEpoch)
            return AppendRefusal.None;
        long startOffset = _log.EndOffset;
        WriteAheadLog wal = _store.Wal;
        lock (wal.Gate)
        {
            AppendRefusal refusal = Refusal();
            if (refusal == AppendRefusal.None)
                refusal = wal.Reserve(0, 1);
            if (refusal != AppendRefusal.None)
                return refusal;
            wal.Write(WalRecordType.EpochStart, _log.Id, startOffset, epoch: epoch);
        }

        AssignEpoch(epoch, startOffset);
        wal.Wake();
        return AppendRefusal.None;
    }

    /// <summary>Notes that a leader epoch has been seen; a lower one is then to be refused.</summary>
    /// <returns>When that is durable.</returns>
    /// <exception cref="LogRefusedException">Refused; nothing was written.</exception>
    /// <exception cref="LogFailedException">The write failed; whether it took effect shows after a restart.</exception>
    public async Task SeeEpochAsync(int epoch)
    {
        if (epoch <= _log.SeenEpoch)
            return;
        await _store.WriteAsync(
            0, 1, isAllowedWhenFull: true,
            wal =>
            {
                LogStore.ThrowIfDeleted(_log);
                return new ControlWrite(wal.Write(WalRecordType.EpochSeen, _log.Id, 0, epoch: epoch), () => _log.SeeEpoch(epoch));
            },
            CancellationToken.None);
    }

    /// <summary>Removes every batch that holds <paramref name="offset"/> or a higher one, with what indexes, epochs and producer states know of them.</summary>
    /// <returns>The new end offset, when the truncation is durable and done. No append may be made before.</returns>
    /// <exception cref="LogRefusedException">Refused; nothing was written.</exception>
    /// <exception cref="LogFailedException">The write failed; whether it took effect shows after a restart.</exception>
    public Task<long> TruncateAsync(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ThrowIfBusyTruncating();
        return offset >= _log.EndOffset ? Task.FromResult(_log.EndOffset) : RunTruncationAsync(BoundaryAtOrBelow(offset), flags: 0);
    }

    /// <summary>Removes everything and lets the log begin at <paramref name="startOffset"/>, as a follower does that is too far behind.</summary>
    /// <returns>When that is durable and done. No append may be made before.</returns>
    /// <inheritdoc cref="TruncateAsync"/>
    public Task ResetAsync(long startOffset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(startOffset);
        return RunTruncationAsync(startOffset, WalRecord.ResetFlag);
    }

    /// <summary>Moves the start of the log up, to at most <see cref="DurableEndOffset"/>; segments wholly below it are unlinked after the next checkpoint.</summary>
    /// <returns>When that is durable. Nothing happens when the log starts there or above.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset is above the durable end.</exception>
    /// <inheritdoc cref="TruncateAsync"/>
    public async Task SetStartOffsetAsync(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, _log.DurableEndOffset);
        ThrowIfBusyTruncating();
        if (offset <= _log.StartOffset)
            return;
        long nowMs = _store.Time.GetUtcNow().ToUnixTimeMilliseconds();
        await _store.WriteAsync(
            0, 2, isAllowedWhenFull: true,
            wal =>
            {
                LogStore.ThrowIfDeleted(_log);

                // With nothing left to keep, the open segment must end here, or its file could not be unlinked.
                if (offset == _log.EndOffset && _log.OpenSegmentBytes > 0)
                    Roll(wal, nowMs);
                Flush flush = wal.Write(WalRecordType.LogStart, _log.Id, offset);
                long endLsn = flush.EndLsn;
                return new ControlWrite(flush, () => _log.MoveStart(offset, endLsn));
            },
            CancellationToken.None);

        // Out of the owner's order: appends may have begun epochs meanwhile, or a truncation replaced start and epochs.
        _log.Epochs.TruncateFromStart(_log.StartOffset);
    }

    /// <summary>The highest offset not above <paramref name="offset"/> at which a batch ends, or a segment begins.</summary>
    private long BoundaryAtOrBelow(long offset)
    {
        while (true)
        {
            Segment? segment;
            int length;
            int truncations;
            lock (_log.Sync)
            {
                if (_log.Tail.Count > 0 && offset >= _log.Tail[0].BaseOffset)
                    return TailReader.BoundaryAtOrBelow(_log.Tail, offset);
                segment = FindSegment(offset);
                if (segment is null)
                    return _log.Segments.Length == 0 ? Math.Min(offset, _log.StartOffset) : _log.Segments[^1].NextOffset;
                if (offset <= segment.BaseOffset)
                    return Math.Min(offset, segment.BaseOffset);
                length = segment.Length;
                truncations = _log.Truncations;
            }

            long boundary = segment.BoundaryAtOrBelow(offset, length);
            if (IsUnchanged(truncations))
                return boundary;
        }
    }

    private async Task<long> RunTruncationAsync(long offset, byte flags)
    {
        ThrowIfBusyTruncating();
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _log.Truncation = done;
        try
        {
            await _store.WriteAsync(
                0, 1, isAllowedWhenFull: true,
                wal =>
                {
                    LogStore.ThrowIfDeleted(_log);
                    return new ControlWrite(wal.Write(WalRecordType.Truncate, _log.Id, offset, flags: flags), _store.Hurry);
                },
                CancellationToken.None);
            return await done.Task;
        }
        finally
        {
            _log.Truncation = null;
        }
    }
}
