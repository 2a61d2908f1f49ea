using System.Buffers.Binary;

namespace Actors.Log;

/// <summary>The 61 bytes in front of a batch's records, parsed; offsets, sizes and meanings as in Kafka's RecordBatch v2.</summary>
/// <remarks>A value that parses is not yet sound: <see cref="RecordBatchValidator"/> says whether it is.</remarks>
public readonly struct RecordBatchHeader
{
    /// <summary>Offset of the first record; 0 in what a client sends, set by the broker at append.</summary>
    public long BaseOffset { get; init; }

    /// <summary>Bytes after this field, so the whole batch has 12 more.</summary>
    public int BatchLength { get; init; }

    /// <summary>Epoch of the leader that appended the batch; set by the broker, outside the CRC.</summary>
    public int PartitionLeaderEpoch { get; init; }

    /// <summary>Version of the format; 2 is the only one that this log knows.</summary>
    public byte Magic { get; init; }

    /// <summary>CRC-32C over everything from the attributes to the end of the batch.</summary>
    public uint Crc { get; init; }

    /// <summary>Bits: 0-2 codec, 3 timestamp type, 4 transactional, 5 control, 6 delete horizon.</summary>
    public short Attributes { get; init; }

    /// <summary>Offset of the last record minus <see cref="BaseOffset"/>.</summary>
    public int LastOffsetDelta { get; init; }

    /// <summary>Timestamp of the first record in milliseconds since 1970, to which the records' deltas are relative; -1 for none.</summary>
    public long BaseTimestampMs { get; init; }

    /// <summary>Largest timestamp in milliseconds since 1970; -1 for none.</summary>
    public long MaxTimestampMs { get; init; }

    /// <summary>Id of the idempotent producer, or -1.</summary>
    public long ProducerId { get; init; }

    /// <summary>Epoch of the idempotent producer, or -1.</summary>
    public short ProducerEpoch { get; init; }

    /// <summary>Sequence of the first record, or -1.</summary>
    public int BaseSequence { get; init; }

    /// <summary>Number of records.</summary>
    public int RecordCount { get; init; }

    /// <summary>Bytes of the whole batch with its header, as its length field says.</summary>
    public long SizeBytes => (long)BatchLength + RecordBatch.LengthOverheadBytes;

    /// <summary>Offset of the last record.</summary>
    public long LastOffset => BaseOffset + LastOffsetDelta;

    /// <summary>Offset of the record after the last one.</summary>
    public long NextOffset => BaseOffset + LastOffsetDelta + 1;

    /// <summary>How the records are compressed; a value outside the enumeration is possible in an unchecked header.</summary>
    public CompressionCodec Codec => (CompressionCodec)(Attributes & RecordBatch.CodecMask);

    /// <summary>Whose clock the timestamps come from.</summary>
    public TimestampType TimestampType => (Attributes & RecordBatch.TimestampTypeMask) != 0 ? TimestampType.LogAppendTime : TimestampType.CreateTime;

    /// <summary>Whether the batch is part of a transaction.</summary>
    public bool IsTransactional => (Attributes & RecordBatch.TransactionalMask) != 0;

    /// <summary>Whether the batch holds a transaction marker instead of a user's records.</summary>
    public bool IsControl => (Attributes & RecordBatch.ControlMask) != 0;

    /// <summary>Whether <see cref="BaseTimestampMs"/> is the time after which compaction removes tombstones.</summary>
    public bool HasDeleteHorizon => (Attributes & RecordBatch.DeleteHorizonMask) != 0;

    /// <summary>Whether an idempotent producer wrote the batch.</summary>
    public bool HasProducerId => ProducerId != RecordBatch.NoProducerId;

    /// <summary>Sequence of the last record; sequences go from 2^31-1 on to 0. -1 when the batch has none.</summary>
    public int LastSequence => BaseSequence == RecordBatch.NoSequence ? RecordBatch.NoSequence : Sequence.Add(BaseSequence, LastOffsetDelta);

    /// <summary>Reads the header at the front of <paramref name="batch"/> without looking at its meaning.</summary>
    /// <returns>False when there are fewer than 61 bytes.</returns>
    public static bool TryParse(ReadOnlySpan<byte> batch, out RecordBatchHeader header)
    {
        if (batch.Length < RecordBatch.HeaderBytes)
        {
            header = default;
            return false;
        }

        header = new RecordBatchHeader
        {
            BaseOffset = BinaryPrimitives.ReadInt64BigEndian(batch[RecordBatch.BaseOffsetAt..]),
            BatchLength = BinaryPrimitives.ReadInt32BigEndian(batch[RecordBatch.LengthAt..]),
            PartitionLeaderEpoch = BinaryPrimitives.ReadInt32BigEndian(batch[RecordBatch.LeaderEpochAt..]),
            Magic = batch[RecordBatch.MagicAt],
            Crc = BinaryPrimitives.ReadUInt32BigEndian(batch[RecordBatch.CrcAt..]),
            Attributes = BinaryPrimitives.ReadInt16BigEndian(batch[RecordBatch.AttributesAt..]),
            LastOffsetDelta = BinaryPrimitives.ReadInt32BigEndian(batch[RecordBatch.LastOffsetDeltaAt..]),
            BaseTimestampMs = BinaryPrimitives.ReadInt64BigEndian(batch[RecordBatch.BaseTimestampAt..]),
            MaxTimestampMs = BinaryPrimitives.ReadInt64BigEndian(batch[RecordBatch.MaxTimestampAt..]),
            ProducerId = BinaryPrimitives.ReadInt64BigEndian(batch[RecordBatch.ProducerIdAt..]),
            ProducerEpoch = BinaryPrimitives.ReadInt16BigEndian(batch[RecordBatch.ProducerEpochAt..]),
            BaseSequence = BinaryPrimitives.ReadInt32BigEndian(batch[RecordBatch.BaseSequenceAt..]),
            RecordCount = BinaryPrimitives.ReadInt32BigEndian(batch[RecordBatch.RecordCountAt..]),
        };
        return true;
    }
}
