namespace Actors.Log;

/// <summary>Finds records of one batch by time. Allocates nothing; compressed batches are decompressed in steps, up to a limit.</summary>
public static class RecordBatchSearch
{
    /// <summary>The first record whose timestamp is <paramref name="timestampMs"/> or later.</summary>
    /// <param name="batch">A batch at the front of the span, as it is stored: with its base offset.</param>
    /// <param name="timestampMs">Milliseconds since 1970.</param>
    /// <param name="fromOffset">Records below it do not count.</param>
    /// <param name="maxDecompressedBytes">Most bytes that compressed records may become.</param>
    /// <param name="found">The record, or null when all are older.</param>
    /// <returns>None, or why the batch cannot be read.</returns>
    public static unsafe BatchError FirstAtOrAfter(ReadOnlySpan<byte> batch, long timestampMs, long fromOffset, int maxDecompressedBytes, out TimestampedOffset? found)
    {
        found = null;
        if (!RecordBatchHeader.TryParse(batch, out RecordBatchHeader header))
            return BatchError.Corrupt;
        if (header.Magic != RecordBatch.CurrentMagic)
            return BatchError.UnsupportedMagic;
        if (header.SizeBytes < RecordBatch.HeaderBytes || header.SizeBytes > batch.Length)
            return BatchError.Corrupt;
        if (header.Codec > CompressionCodec.Zstd)
            return BatchError.UnsupportedCodec;

        ReadOnlySpan<byte> records = batch[RecordBatch.HeaderBytes..(int)header.SizeBytes];
        fixed (byte* pinned = records)
        {
            RecordWalker walker;
            try
            {
                walker = RecordWalker.Start(header.Codec, records, pinned, maxDecompressedBytes);
            }
            catch (CodecUnavailableException)
            {
                return BatchError.UnsupportedCodec;
            }

            using (walker)
            {
                for (int i = 0; i < header.RecordCount; i++)
                {
                    if (!walker.TryRead(out RecordSummary record))
                        return walker.Error;
                    long time = header.TimestampType == TimestampType.LogAppendTime
                        ? header.MaxTimestampMs
                        : unchecked(header.BaseTimestampMs + record.TimestampDeltaMs);
                    long offset = header.BaseOffset + record.OffsetDelta;
                    if (time < timestampMs || offset < fromOffset)
                        continue;
                    found = new TimestampedOffset(offset, time);
                    return BatchError.None;
                }

                return BatchError.None;
            }
        }
    }
}
