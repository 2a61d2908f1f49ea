using System.Buffers;

namespace Actors.Log;

/// <remarks>Reads for consumers, followers and look-ups by time.</remarks>
internal sealed partial class Segment
{
    // What one read takes beyond the bytes asked for, so that the batches between an index entry and the offset rarely cost a second read.
    private const int SlackBytes = 8 * 1024;

    /// <summary>Whole batches from the one that holds <paramref name="offset"/> on.</summary>
    /// <param name="length">Bytes of the file that count.</param>
    /// <returns>Null when no batch of this segment ends above the offset.</returns>
    public LogRead? Read(long offset, long upToOffset, int maxBytes, bool atLeastOneBatch, int length)
    {
        using FileLease lease = _files.Use(Data);
        int position = StartFor(offset, length, lease.File);
        byte[] buffer = [];
        try
        {
            while (position < length)
            {
                int wanted = (int)Math.Min(length - position, Math.Max(maxBytes, RecordBatch.HeaderBytes) + (long)SlackBytes);
                int read = Fill(ref buffer, lease.File, position, wanted);
                long at = Skip(buffer.AsSpan(0, read), position, offset, length);
                if (at + RecordBatch.HeaderBytes > read)
                {
                    position += (int)at;
                    continue;
                }

                long firstBytes = new BatchPeek(buffer.AsSpan((int)at)).SizeBytes;
                if (firstBytes > maxBytes && !atLeastOneBatch)
                    return LogRead.Nothing(offset);
                if (at + firstBytes > read)
                {
                    position += (int)at;
                    read = Fill(ref buffer, lease.File, position, (int)Math.Min(length - position, Math.Max(firstBytes, maxBytes)));
                    at = 0;
                    if (firstBytes > read)
                        throw new LogDamagedException(Data.Path, position);
                }

                int bytes = Take(buffer.AsSpan((int)at, read - (int)at), upToOffset, (int)Math.Max(maxBytes, firstBytes), out long nextOffset);
                if (bytes == 0)
                    return LogRead.Nothing(offset);
                LogRead result = LogRead.FromBuffer(buffer, (int)at, bytes, nextOffset);
                buffer = [];
                return result;
            }

            return null;
        }
        finally
        {
            if (buffer.Length > 0)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The first record from <paramref name="fromOffset"/> on at or after a time; null when all are older.</summary>
    /// <param name="length">Bytes of the file that count.</param>
    public TimestampedOffset? FindTimestamp(long timestampMs, long fromOffset, int length, int maxDecompressedBytes)
    {
        using FileLease lease = _files.Use(Data);
        int start = Checked(Index.FindTimestamp(timestampMs), length, lease.File).Position;
        if (fromOffset > BaseOffset)
            start = Math.Max(start, StartFor(fromOffset, length, lease.File));
        using var scan = new BatchScan(lease.File, start, length, BaseOffset);
        while (scan.MoveNext())
        {
            if (!TimestampSearch.MayHold(scan.Current, timestampMs, fromOffset))
                continue;
            int bytes = (int)scan.Current.SizeBytes;
            byte[] batch = ArrayPool<byte>.Shared.Rent(bytes);
            try
            {
                int read = lease.File.ReadAll(batch.AsSpan(0, bytes), scan.Position);
                TimestampedOffset? found = TimestampSearch.InBatch(batch.AsSpan(0, read), timestampMs, fromOffset, maxDecompressedBytes);
                if (found is not null)
                    return found;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(batch);
            }
        }

        return scan.IsDamaged ? throw new LogDamagedException(Data.Path, scan.NextPosition) : null;
    }

    private static int Fill(ref byte[] buffer, IFile file, int position, int bytes)
    {
        if (buffer.Length < bytes)
        {
            if (buffer.Length > 0)
                ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
            buffer = ArrayPool<byte>.Shared.Rent(bytes);
        }

        return file.ReadAll(buffer.AsSpan(0, bytes), position);
    }

    /// <summary>Index of the first batch that ends above <paramref name="offset"/>, or of where the next header must be read from.</summary>
    private long Skip(ReadOnlySpan<byte> bytes, int position, long offset, int length)
    {
        long at = 0;
        while (at + RecordBatch.HeaderBytes <= bytes.Length)
        {
            var batch = new BatchPeek(bytes[(int)at..]);
            if (!batch.IsPlausible(BaseOffset) || position + at + batch.SizeBytes > length)
                throw new LogDamagedException(Data.Path, position + at);
            if (batch.NextOffset > offset)
                return at;
            at += batch.SizeBytes;
        }

        if (at == 0)
            throw new LogDamagedException(Data.Path, position);
        return at;
    }

    private static int Take(ReadOnlySpan<byte> bytes, long upToOffset, int maxBytes, out long nextOffset)
    {
        int at = 0;
        nextOffset = 0;
        while (at + RecordBatch.HeaderBytes <= bytes.Length)
        {
            var batch = new BatchPeek(bytes[at..]);
            long end = at + batch.SizeBytes;
            if (batch.SizeBytes < RecordBatch.HeaderBytes || end > bytes.Length || end > maxBytes || batch.NextOffset > upToOffset)
                break;
            at = (int)end;
            nextOffset = batch.NextOffset;
        }

        return at;
    }
}
