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
    /// <exception cref="LogDamagedException">A segment does not hold batches where it should.</exception>
    public TimestampedOffset? FindTimestamp(long timestampMs)
    {
        while (true)
        {
            Segment? segment = null;
            int length = 0;
            int truncations;
            lock (_log.Sync)
            {
                truncations = _log.Truncations;
                foreach (Segment candidate in _log.Segments)
                {
                    if (candidate.MaxTimestampMs < timestampMs || candidate.NextOffset <= _log.StartOffset)
                        continue;
                    segment = candidate;
                    length = candidate.Length;
                    break;
                }

                if (segment is null)
                    return FromStart(TailReader.FindTimestamp(_log.Tail, timestampMs, MaxDecompressedBytes), timestampMs);
            }

            try
            {
                TimestampedOffset? found = segment.FindTimestamp(timestampMs, length, MaxDecompressedBytes);
                if (IsUnchanged(truncations))
                    return FromStart(found, timestampMs);
            }
            catch (IOException e) when ((e is FileNotFoundException or DirectoryNotFoundException or LogDamagedException) && HasMoved(segment, truncations))
            {
                // Truncated or deleted under the read: look again at what there is now.
            }
        }
    }

    /// <summary>A record below the start of the log does not count; the first one that may be read at or after the time does.</summary>
    private TimestampedOffset? FromStart(TimestampedOffset? found, long timestampMs)
    {
        if (found is not { } record || record.Offset >= _log.StartOffset)
            return found;
        long offset = _log.StartOffset;
        while (true)
        {
            using LogRead read = Read(offset, long.MaxValue, 1 << 20, atLeastOneBatch: true);
            if (read.Bytes == 0)
                return null;
            foreach (ReadOnlyMemory<byte> chunk in read.Chunks)
            {
                if (FirstAtOrAfter(chunk.Span, offset, timestampMs) is { } later)
                    return later;
            }

            offset = read.NextOffset;
        }
    }

    private static TimestampedOffset? FirstAtOrAfter(ReadOnlySpan<byte> batches, long fromOffset, long timestampMs)
    {
        while (!batches.IsEmpty)
        {
            var batch = new BatchPeek(batches);
            int bytes = (int)batch.SizeBytes;
            if (batch.MaxTimestampMs >= timestampMs
                && RecordReader.ReadAll(batches[..bytes], MaxDecompressedBytes, out List<Record> records) == BatchError.None
                && records.Find(r => r.Offset >= fromOffset && r.TimestampMs >= timestampMs) is { } record)
            {
                return new TimestampedOffset(record.Offset, record.TimestampMs);
            }

            batches = batches[bytes..];
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
