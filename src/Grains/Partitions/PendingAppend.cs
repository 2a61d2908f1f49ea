using Actors.Kafka;
using Actors.Log;

namespace Actors.Grains.Partitions;

/// <summary>
/// One batch on its way into a partition, and its answer. The caller derives its response slot from it and may use it again
/// once <see cref="Complete"/> has been called; between <see cref="Replica.Append"/> and that call it belongs to the replica.
/// </summary>
public abstract class PendingAppend
{
    /// <summary>Exactly one batch as the client sent it, checked by <see cref="RecordBatchValidator"/>. Read only during <see cref="Replica.Append"/>.</summary>
    public ReadOnlyMemory<byte> Batch { get; set; }

    /// <summary>The header of <see cref="Batch"/>.</summary>
    public RecordBatchHeader Header { get; set; }

    /// <summary>0: answered when appended; 1: when durable here; -1: when durable on every in-sync replica.</summary>
    public short Acks { get; set; }

    /// <summary>Epoch that the appender believes in, for the broker's own writers; -1 takes any.</summary>
    public int ExpectedLeaderEpoch { get; set; } = RecordBatch.NoLeaderEpoch;

    /// <summary>Set by the replica before <see cref="Complete"/>; None means as durable as <see cref="Acks"/> asks.</summary>
    public ErrorCode Error { get; internal set; }

    /// <summary>Offset of the first record, for a duplicate that of the original; -1 on an error.</summary>
    public long BaseOffset { get; internal set; }

    /// <summary>Broker's time in milliseconds since 1970 when the topic stamps it; else -1.</summary>
    public long LogAppendTimeMs { get; internal set; }

    /// <summary>First offset that the partition still has; -1 when this silo does not have the partition.</summary>
    public long LogStartOffset { get; internal set; }

    /// <summary>The end offset that must be durable before the answer.</summary>
    internal long AwaitedOffset { get; set; }

    /// <summary>The next one in the queue that this one is in.</summary>
    internal PendingAppend? Next { get; set; }

    /// <summary>
    /// Called exactly once, when the answer is known: on the appender's thread inside <see cref="Replica.Append"/>, or on the
    /// log's completion thread. Must not block or throw; what takes time is put into <paramref name="batch"/>, which runs
    /// each of its drains once when everything that is ready has been completed.
    /// </summary>
    public abstract void Complete(ref CompletionBatch batch);

    /// <summary>Sets an answer that is not success.</summary>
    internal void Refuse(ErrorCode error, long logStartOffset)
    {
        Error = error;
        BaseOffset = -1;
        LogAppendTimeMs = RecordBatch.NoTimestamp;
        LogStartOffset = logStartOffset;
    }
}
