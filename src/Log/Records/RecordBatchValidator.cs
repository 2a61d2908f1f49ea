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

        if (batch.IsEmpty)
        {
            header = default;
            return BatchError.InvalidRecord; // nothing to produce
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
        return header.Codec == CompressionCodec.None || limits.InspectCompressed
            ? WalkRecords(batch, header, limits, ref inspection)
            : BatchError.None;
    }

    private static BatchError CheckHeader(in RecordBatchHeader header, in BatchLimits limits)
    {
        if (limits.FromClient)
        {
            if (header.RecordCount <= 0 || header.LastOffsetDelta != header.RecordCount - 1)
                return BatchError.InvalidRecord;
            if (header.BaseOffset != 0 || header.IsControl || header.HasDeleteHorizon)
                return BatchError.InvalidRecord;
        }
        else if (header.RecordCount < 0 || header.LastOffsetDelta < header.RecordCount - 1 || header.LastOffsetDelta < 0)
        {
            return BatchError.InvalidRecord; // compaction leaves gaps, and batches without records
        }

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

    /// <summary>Checks every record: its lengths, its offset, its time and, for a compacted topic, its key.</summary>
    private static unsafe BatchError WalkRecords(ReadOnlySpan<byte> batch, in RecordBatchHeader header, in BatchLimits limits, ref BatchInspection inspection)
    {
        fixed (byte* pinned = batch)
        {
            RecordWalker walker;
            try
            {
                walker = RecordWalker.Start(header.Codec, batch[RecordBatch.HeaderBytes..], pinned + RecordBatch.HeaderBytes, limits.MaxDecompressedBytes);
            }
            catch (CodecUnavailableException)
            {
                return BatchError.UnsupportedCodec;
            }

            using (walker)
            {
                long maxTimestampMs = RecordBatch.NoTimestamp;
                int lastOffsetDelta = -1;
                for (int i = 0; i < header.RecordCount; i++)
                {
                    BatchError error = walker.TryRead(out RecordSummary record)
                        ? CheckRecord(record, lastOffsetDelta, header, limits, ref maxTimestampMs)
                        : walker.Error;
                    if (error != BatchError.None)
                    {
                        inspection = inspection with { BadRecordIndex = i };
                        return error;
                    }

                    lastOffsetDelta = record.OffsetDelta;
                }

                if (!walker.IsAtEnd())
                    return walker.Error;
                if (header.TimestampType == TimestampType.CreateTime && header.RecordCount > 0 && !header.HasDeleteHorizon)
                    inspection = inspection with { MaxTimestampMs = maxTimestampMs };
                inspection = inspection with { Walked = true };
                return BatchError.None;
            }
        }
    }

    private static BatchError CheckRecord(in RecordSummary record, int lastOffsetDelta, in RecordBatchHeader header, in BatchLimits limits, ref long maxTimestampMs)
    {
        bool follows = limits.FromClient
            ? record.OffsetDelta == lastOffsetDelta + 1
            : record.OffsetDelta > lastOffsetDelta && record.OffsetDelta <= header.LastOffsetDelta;
        if (!follows || (limits.KeyRequired && !record.HasKey))
            return BatchError.InvalidRecord;

        long timestampMs = unchecked(header.BaseTimestampMs + record.TimestampDeltaMs);
        if (limits.FromClient && !limits.LogAppendTime)
        {
            bool overflows = ((header.BaseTimestampMs ^ timestampMs) & (record.TimestampDeltaMs ^ timestampMs)) < 0;
            bool isInside = timestampMs >= limits.MinTimestampMs && timestampMs <= limits.MaxTimestampMs;
            if (overflows || (timestampMs != RecordBatch.NoTimestamp && !isInside))
                return BatchError.InvalidTimestamp;
        }

        maxTimestampMs = Math.Max(maxTimestampMs, timestampMs);
        return BatchError.None;
    }
}
