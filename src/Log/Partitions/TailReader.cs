using System.Buffers;

namespace Actors.Log;

/// <summary>Reads what is not in segments yet. Under the log's lock; the references that a read takes keep the slabs afterwards.</summary>
internal static class TailReader
{
    public static LogRead Read(LogTail tail, long offset, long upToOffset, int maxBytes, bool atLeastOneBatch)
    {
        int index = tail.Find(offset);
        ReadOnlyMemory<byte>[] chunks = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(16);
        Slab?[] slabs = ArrayPool<Slab?>.Shared.Rent(8);
        int chunkCount = 0;
        int slabCount = 0;
        int total = 0;
        long next = offset;
        for (; index < tail.Count; index++)
        {
            ref readonly TailEntry entry = ref tail[index];
            int skipped = chunkCount == 0 ? Skip(entry.Bytes, offset) : 0;
            bool mayExceed = atLeastOneBatch && total == 0;
            int taken = Take(entry, skipped, upToOffset, maxBytes - total, mayExceed, ref next);
            if (taken == 0)
                break;
            if (chunkCount == chunks.Length)
                Grow(ref chunks);
            chunks[chunkCount++] = entry.Slab.Bytes.AsMemory(entry.Start + skipped, taken);
            if (slabCount == 0 || slabs[slabCount - 1] != entry.Slab)
            {
                if (slabCount == slabs.Length)
                    Grow(ref slabs);
                entry.Slab.Retain();
                slabs[slabCount++] = entry.Slab;
            }

            total += taken;
            if (skipped + taken < entry.Length)
                break;
        }

        return LogRead.FromSlabs(chunks, chunkCount, slabs, slabCount, total, next);
    }

    /// <summary>The first entry that ends above <paramref name="fromOffset"/> and may hold a record of the time; null when there is none.</summary>
    public static LogRead? Lease(LogTail tail, long fromOffset, long timestampMs)
    {
        for (int i = tail.Find(fromOffset); i < tail.Count; i++)
        {
            ref readonly TailEntry entry = ref tail[i];
            if (entry.MaxTimestampMs < timestampMs)
                continue;
            ReadOnlyMemory<byte>[] chunks = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(1);
            Slab?[] slabs = ArrayPool<Slab?>.Shared.Rent(1);
            chunks[0] = entry.Slab.Bytes.AsMemory(entry.Start, entry.Length);
            entry.Slab.Retain();
            slabs[0] = entry.Slab;
            return LogRead.FromSlabs(chunks, 1, slabs, 1, entry.Length, entry.NextOffset);
        }

        return null;
    }

    /// <summary>The highest offset not above <paramref name="offset"/> at which a batch ends, or the tail begins.</summary>
    public static long BoundaryAtOrBelow(LogTail tail, long offset)
    {
        int index = tail.Find(offset);
        if (index == tail.Count)
            return tail[index - 1].NextOffset;
        long boundary = tail[index].BaseOffset;
        ReadOnlySpan<byte> rest = tail[index].Bytes;
        while (!rest.IsEmpty)
        {
            var batch = new BatchPeek(rest);
            if (batch.NextOffset > offset)
                break;
            boundary = batch.NextOffset;
            rest = rest[(int)batch.SizeBytes..];
        }

        return boundary;
    }

    private static int Skip(ReadOnlySpan<byte> bytes, long offset)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            var batch = new BatchPeek(bytes[at..]);
            if (batch.NextOffset > offset)
                return at;
            at += (int)batch.SizeBytes;
        }

        return at;
    }

    private static int Take(in TailEntry entry, int from, long upToOffset, int maxBytes, bool mayExceed, ref long next)
    {
        ReadOnlySpan<byte> bytes = entry.Bytes[from..];
        if (entry.NextOffset <= upToOffset && bytes.Length <= maxBytes)
        {
            next = entry.NextOffset;
            return bytes.Length;
        }

        int at = 0;
        while (at < bytes.Length)
        {
            var batch = new BatchPeek(bytes[at..]);
            long end = at + batch.SizeBytes;
            if (batch.NextOffset > upToOffset || (end > maxBytes && !(mayExceed && at == 0)))
                break;
            at = (int)end;
            next = batch.NextOffset;
        }

        return at;
    }

    private static void Grow<T>(ref T[] array)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(array.Length * 2);
        array.CopyTo(larger, 0);
        ArrayPool<T>.Shared.Return(array, clearArray: true);
        array = larger;
    }
}
