using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>Whether there is enough for a fetch to be answered: so many bytes, or anything that the client must be told at once.</summary>
internal sealed class FetchThreshold(List<FetchItem> items, int minBytes, bool committedOnly)
{
    public IReadOnlyList<FetchItem> Items => items;

    /// <summary>Looks at every partition until it is clear. Reads, to count bytes, only when the client wants more than one.</summary>
    public bool IsReached()
    {
        if (minBytes <= 0)
            return true;
        var bytes = 0L;
        foreach (var item in items)
        {
            if (item.Error != ErrorCode.None)
                return true;
            var snapshot = item.Replica!.Look(item.Position);
            if (snapshot.Error != ErrorCode.None || snapshot.IsDiverging)
                return true;
            item.KnownHighWatermark = snapshot.HighWatermark;
            var endOffset = committedOnly ? snapshot.LastStableOffset : snapshot.HighWatermark;
            if (item.Position.Offset >= endOffset)
                continue;
            if (minBytes == 1)
                return true;
            bytes += Count(item, endOffset, minBytes - bytes);
            if (bytes >= minBytes)
                return true;
        }

        return false;
    }

    /// <summary>A partition that cannot be read says so when it is read for the answer, which is then due.</summary>
    private long Count(FetchItem item, long endOffset, long wanted)
    {
        try
        {
            using var read = item.Replica!.Read(item.Position.Offset, endOffset, (int)Math.Min(item.MaxBytes, wanted), atLeastOneBatch: true);
            return read.Bytes;
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            return minBytes;
        }
    }
}
