namespace Actors.Log;

/// <summary>Looks for a time inside stored batches.</summary>
internal static class TimestampSearch
{
    /// <summary>The first record from <paramref name="fromOffset"/> on at or after a time, in whole batches that lie one behind the other.</summary>
    public static TimestampedOffset? InBatches(ReadOnlySpan<byte> batches, long timestampMs, long fromOffset, int maxDecompressedBytes)
    {
        while (!batches.IsEmpty)
        {
            var batch = new BatchPeek(batches);
            int bytes = (int)batch.SizeBytes;
            if (MayHold(batch, timestampMs, fromOffset) && InBatch(batches[..bytes], timestampMs, fromOffset, maxDecompressedBytes) is { } found)
                return found;
            batches = batches[bytes..];
        }

        return null;
    }

    /// <summary>Whether a batch promises a record that is looked for.</summary>
    public static bool MayHold(BatchPeek batch, long timestampMs, long fromOffset) => batch.MaxTimestampMs >= timestampMs && batch.NextOffset > fromOffset;

    /// <summary>The first record of one batch; a batch whose records cannot be looked into answers with the first that counts.</summary>
    public static TimestampedOffset? InBatch(ReadOnlySpan<byte> batch, long timestampMs, long fromOffset, int maxDecompressedBytes)
    {
        BatchError error = RecordBatchSearch.FirstAtOrAfter(batch, timestampMs, fromOffset, maxDecompressedBytes, out TimestampedOffset? found);
        if (error == BatchError.None)
            return found;
        var peek = new BatchPeek(batch);
        return new TimestampedOffset(Math.Max(peek.BaseOffset, fromOffset), peek.MaxTimestampMs);
    }
}
