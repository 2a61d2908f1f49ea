namespace Actors.Log;

/// <summary>What a batch says about itself beside its records. The default is what a plain producer writes.</summary>
public sealed record RecordBatchOptions
{
    /// <summary>How the records are compressed.</summary>
    public CompressionCodec Codec { get; init; }

    /// <summary>The codec's own level, or null for its default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>Offset of the first record; a broker sets its own.</summary>
    public long BaseOffset { get; init; }

    /// <summary>Epoch of the leader that appends; a broker sets its own.</summary>
    public int PartitionLeaderEpoch { get; init; } = RecordBatch.NoLeaderEpoch;

    /// <summary>Whose clock the timestamps come from.</summary>
    public TimestampType TimestampType { get; init; }

    /// <summary>Id of the idempotent producer, or -1.</summary>
    public long ProducerId { get; init; } = RecordBatch.NoProducerId;

    /// <summary>Epoch of the idempotent producer, or -1.</summary>
    public short ProducerEpoch { get; init; } = RecordBatch.NoProducerEpoch;

    /// <summary>Sequence of the first record, or -1.</summary>
    public int BaseSequence { get; init; } = RecordBatch.NoSequence;

    /// <summary>Whether the batch is part of a transaction.</summary>
    public bool IsTransactional { get; init; }

    /// <summary>Whether the batch holds a transaction marker.</summary>
    public bool IsControl { get; init; }

    /// <summary>The attribute bits that say all this.</summary>
    internal short Attributes => (short)((int)Codec
        | (TimestampType == TimestampType.LogAppendTime ? RecordBatch.TimestampTypeMask : 0)
        | (IsTransactional ? RecordBatch.TransactionalMask : 0)
        | (IsControl ? RecordBatch.ControlMask : 0));
}
