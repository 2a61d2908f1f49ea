namespace Actors.Log;

/// <remarks>Reads: from slabs at the tail, from segments below it.</remarks>
public sealed partial class PartitionLog
{
    private const int MaxDecompressedBytes = 128 << 20;

    /// <summary>Largest record timestamp and the first record that has it; null when the log holds no timestamp.</summary>
    public TimestampedOffset? MaxTimestamp
    {
        get
        {
            long maxTimestampMs = RecordBatch.NoTimestamp;
            foreach (SegmentInfo segment in Segments)
                maxTimestampMs = Math.Max(maxTimestampMs, segment.MaxTimestampMs);
            return maxTimestampMs < 0 ? null : FindTimestamp(maxTimestampMs);
        }
    }

    /// <summary>Reads whole batches from the one that holds <paramref name="offset"/> on.</summary>
    /// <param name="offset">First record wanted; the first batch may start below it.</param>
    /// <param name="upToOffset">No batch that ends above this offset is read: the high watermark for consumers.</param>
    /// <param name="maxBytes">Most bytes to read.</param>
    /// <param name="atLeastOneBatch">Read the first batch even if it is larger than <paramref name="maxBytes"/>.</param>
    /// <returns>A lease; dispose it. It may hold less than there is: read on at its <see cref="LogRead.NextOffset"/>.</returns>
    /// <exception cref="LogDamagedException">A segment does not hold batches where it should.</exception>
    public LogRead Read(long offset, long upToOffset, int maxBytes, bool atLeastOneBatch)
    {
        while (true)
        {
            Segment? segment;
            int length;
            int truncations;
            lock (_log.Sync)
            {
                if (offset < _log.StartOffset || offset > _log.EndOffset)
                    return LogRead.OutOfRange(offset);
                if (offset >= upToOffset || offset == _log.EndOffset)
                    return LogRead.Nothing(offset);
                if (_log.Tail.Count > 0 && offset >= _log.Tail[0].BaseOffset)
                    return TailReader.Read(_log.Tail, offset, upToOffset, maxBytes, atLeastOneBatch);
                segment = FindSegment(offset);
                length = segment?.Length ?? 0;
                truncations = _log.Truncations;
            }

            if (segment is null)
                return LogRead.Nothing(offset);
            try
            {
                LogRead? read = segment.Read(offset, upToOffset, maxBytes, atLeastOneBatch, length);
                if (IsUnchanged(truncations))
                    return read ?? LogRead.Nothing(offset);
                read?.Dispose();
            }
            catch (IOException e) when ((e is FileNotFoundException or DirectoryNotFoundException or LogDamagedException) && HasMoved(segment, truncations))
            {
                // Truncated or deleted under the read: look again at what there is now.
            }
        }
    }

    /// <summary>The first record whose timestamp is at least <paramref name="timestampMs"/>; null when there is none.</summary>
    /// <remarks>
    /// The log's lock is held to find where to look and never while batches are read or decompressed: appends go on meanwhile. Records
    /// that are appended after the call has begun need not be found.
    /// </remarks>
    /// <exception cref="LogDamagedException">A segment does not hold batches where it should.</exception>
    public TimestampedOffset? FindTimestamp(long timestampMs)
    {
        long end = _log.EndOffset;
        long from = 0;
        int seen = -1;
        while (true)
        {
            Segment? segment;
            int length;
            LogRead? tail;
            long searchedTo;
            int truncations;
            lock (_log.Sync)
            {
                // What was searched before a truncation says nothing about what is there now.
                truncations = _log.Truncations;
                from = truncations == seen ? Math.Max(from, _log.StartOffset) : _log.StartOffset;
                seen = truncations;
                segment = FindSegment(from, timestampMs);
                length = segment?.Length ?? 0;
                tail = segment is null ? TailReader.Lease(_log.Tail, from, timestampMs) : null;
                searchedTo = segment?.NextOffset ?? tail?.NextOffset ?? end;
            }

            TimestampedOffset? found;
            try
            {
                using (tail)
                    found = segment is not null ? segment.FindTimestamp(timestampMs, from, length, MaxDecompressedBytes) : FindIn(tail, timestampMs, from);
            }
            catch (IOException e) when ((e is FileNotFoundException or DirectoryNotFoundException or LogDamagedException) && HasMoved(segment!, truncations))
            {
                // Truncated or deleted under the read: look again at what there is now.
                continue;
            }

            if (!IsUnchanged(truncations))
                continue;
            if (found is null ? searchedTo >= end : found.Value.Offset >= _log.StartOffset)
                return found;

            // A batch may promise a time that none of its records has; then the search goes on behind it. Else the start has passed
            // what was found, and the search goes on there.
            if (found is null)
                from = searchedTo;
        }
    }

    private static TimestampedOffset? FindIn(LogRead? tail, long timestampMs, long fromOffset)
    {
        if (tail is null)
            return null;
        foreach (ReadOnlyMemory<byte> chunk in tail.Chunks)
        {
            if (TimestampSearch.InBatches(chunk.Span, timestampMs, fromOffset, MaxDecompressedBytes) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>The first segment that ends above <paramref name="fromOffset"/> and may hold a record of the time. Under the log's lock.</summary>
    private Segment? FindSegment(long fromOffset, long timestampMs)
    {
        foreach (Segment candidate in _log.Segments)
        {
            if (candidate.MaxTimestampMs >= timestampMs && candidate.NextOffset > fromOffset)
                return candidate;
        }

        return null;
    }

    /// <summary>The first segment that ends above <paramref name="offset"/>. Under the log's lock.</summary>
    private Segment? FindSegment(long offset)
    {
        Segment[] segments = _log.Segments;
        int low = 0;
        int high = segments.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (segments[middle].NextOffset > offset)
                high = middle;
            else
                low = middle + 1;
        }

        return low < segments.Length ? segments[low] : null;
    }

    private bool IsUnchanged(int truncations)
    {
        lock (_log.Sync)
            return _log.Truncations == truncations;
    }

    private bool HasMoved(Segment segment, int truncations)
    {
        lock (_log.Sync)
            return _log.Truncations != truncations || Array.IndexOf(_log.Segments, segment) < 0;
    }
}
