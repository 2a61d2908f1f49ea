using Actors.Kafka;
using Actors.Log;

namespace Actors.Grains.Partitions;

public sealed partial class Replica
{
    private long _retentionCheckAtBytes = 1;

    /// <summary>Finds an offset by time or by one of the special timestamps of <see cref="OffsetAnswer"/>. May read from the disk.</summary>
    /// <param name="timestampMs">Milliseconds since 1970, or a special value.</param>
    /// <param name="currentLeaderEpoch">What the client believes; -1 when it does not say.</param>
    /// <param name="committedOnly">Whether the client reads committed records only, so that the latest is the last stable offset.</param>
    /// <returns>UNSUPPORTED_VERSION for a special timestamp that this broker does not know; KAFKA_STORAGE_ERROR when a file cannot be read.</returns>
    public OffsetAnswer FindOffset(long timestampMs, int currentLeaderEpoch, bool committedOnly)
    {
        long startOffset, upToOffset, durableEndOffset;
        lock (_gate)
        {
            if (_state == ReplicaState.Closed)
                return new OffsetAnswer(ErrorCode.NotLeaderOrFollower);
            if (EpochError(currentLeaderEpoch) is var epochError and not ErrorCode.None)
                return new OffsetAnswer(epochError);
            startOffset = _log.StartOffset;
            upToOffset = committedOnly ? LastStableOffset : _highWatermark;
            durableEndOffset = _log.DurableEndOffset;
        }

        try
        {
            return FindOffset(timestampMs, startOffset, upToOffset, durableEndOffset);
        }
        catch (IOException)
        {
            return new OffsetAnswer(ErrorCode.KafkaStorageError);
        }
    }

    private OffsetAnswer FindOffset(long timestampMs, long startOffset, long upToOffset, long durableEndOffset) =>
        timestampMs switch
        {
            OffsetAnswer.Latest => new OffsetAnswer(ErrorCode.None, upToOffset, LeaderEpoch: EpochBefore(upToOffset)),
            OffsetAnswer.Earliest or OffsetAnswer.EarliestLocal =>
                new OffsetAnswer(ErrorCode.None, startOffset, LeaderEpoch: startOffset < durableEndOffset ? _log.Epochs.EpochAt(startOffset) : EpochBefore(startOffset)),
            // The record that has it is not acknowledged yet: the client asks again.
            OffsetAnswer.MaxTimestamp when _log.MaxTimestamp is { } max && max.Offset >= upToOffset => new OffsetAnswer(ErrorCode.OffsetNotAvailable),
            OffsetAnswer.MaxTimestamp => Found(_log.MaxTimestamp, upToOffset),

            // Nothing is ever moved to another tier.
            OffsetAnswer.LatestTiered => new OffsetAnswer(ErrorCode.None),
            < 0 => new OffsetAnswer(ErrorCode.UnsupportedVersion),
            _ => Found(_log.FindTimestamp(timestampMs), upToOffset),
        };

    /// <summary>
    /// Deletes the records below an offset. They are gone for readers, and stay gone after a crash, when the task completes.
    /// </summary>
    /// <param name="offset">At most the high watermark; -1 means the high watermark.</param>
    /// <returns>The new first offset, or an error.</returns>
    public async Task<(ErrorCode Error, long LogStartOffset)> DeleteRecordsAsync(long offset)
    {
        Task deletion;
        lock (_gate)
        {
            if (_state != ReplicaState.Leading)
                return (_state == ReplicaState.Failed ? ErrorCode.KafkaStorageError : ErrorCode.NotLeaderOrFollower, -1);
            if (offset == -1)
                offset = _highWatermark;
            if (offset < 0 || offset > _highWatermark)
                return (ErrorCode.OffsetOutOfRange, -1);
            deletion = _log.SetStartOffsetAsync(offset);
        }

        try
        {
            await deletion;
        }
        catch (IOException failure) when (failure is LogFailedException or LogRefusedException)
        {
            return (ErrorCode.KafkaStorageError, -1);
        }

        return (ErrorCode.None, _log.StartOffset);
    }

    /// <summary>Nothing will expire by itself: the next append asks for another look.</summary>
    public void AskForRetentionAtNextAppend()
    {
        lock (_gate)
            _retentionCheckAtBytes = 0;
    }

    /// <summary>What retention.ms and retention.bytes let go of, in whole segments, and when to look again.</summary>
    /// <param name="dueInMs">Time until the oldest segment that is left may expire; null when time alone deletes nothing.</param>
    /// <returns>The offset up to which records may be deleted; the present start when there is nothing.</returns>
    public long FindRetention(out long? dueInMs)
    {
        dueInMs = null;
        var config = _config;
        long startOffset, highWatermark;
        lock (_gate)
        {
            if (_state != ReplicaState.Leading)
                return -1;
            startOffset = _log.StartOffset;
            highWatermark = _highWatermark;
        }

        if (!config.Deletes)
            return startOffset;
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var keepFrom = startOffset;
        var size = _log.SizeBytes;
        foreach (var segment in _log.Segments)
        {
            if (segment.EndOffset <= segment.BaseOffset)
                break;

            // A record that is not acknowledged is not deleted; it soon is.
            if (segment.EndOffset > highWatermark)
            {
                dueInMs = config.RetentionMs >= 0 ? 0 : null;
                break;
            }

            // Records without a timestamp never expire by time.
            var expiresInMs = config.RetentionMs >= 0 && segment.MaxTimestampMs >= 0
                ? segment.MaxTimestampMs - (nowMs - config.RetentionMs)
                : long.MaxValue;
            var tooMuch = config.RetentionBytes >= 0 && !segment.IsActive && size - segment.Bytes >= config.RetentionBytes;
            if (expiresInMs >= 0 && !tooMuch)
            {
                dueInMs = expiresInMs == long.MaxValue ? null : expiresInMs + 1;
                break;
            }

            keepFrom = Math.Max(keepFrom, segment.EndOffset);
            size -= segment.Bytes;
        }

        return keepFrom;
    }

    private OffsetAnswer Found(TimestampedOffset? found, long upToOffset) => found is { } at && at.Offset < upToOffset
        ? new OffsetAnswer(ErrorCode.None, at.Offset, at.TimestampMs, _log.Epochs.EpochAt(at.Offset))
        : new OffsetAnswer(ErrorCode.None);

    private int EpochBefore(long offset) => offset > 0 ? _log.Epochs.EpochAt(offset - 1) : RecordBatch.NoLeaderEpoch;
}
