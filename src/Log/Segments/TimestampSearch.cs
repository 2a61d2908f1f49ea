namespace Actors.Log;

/// <summary>Looks for a time inside one stored batch.</summary>
internal static class TimestampSearch
{
    /// <summary>The first record at or after a time. A batch whose records cannot be looked into answers with its first record.</summary>
    public static TimestampedOffset? InBatch(ReadOnlySpan<byte> batch, long timestampMs, int maxDecompressedBytes)
    {
        BatchError error = RecordBatchSearch.FirstAtOrAfter(batch, timestampMs, maxDecompressedBytes, out TimestampedOffset? found);
        if (error == BatchError.None)
            return found;
        var peek = new BatchPeek(batch);
        return new TimestampedOffset(peek.BaseOffset, peek.MaxTimestampMs);
    }
}
