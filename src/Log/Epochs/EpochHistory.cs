namespace Actors.Log;

/// <summary>Which leader's epoch wrote which offsets of a log: a short list of (epoch, start offset), both rising strictly.</summary>
/// <remarks>
/// <para>Any thread. Readers see one consistent list: a change swaps it whole. Changes come one after the other: what moves the log's
/// start forgets epochs beside appends that begin one.</para>
/// <para>Source: Kafka's LeaderEpochFileCache; KIP-101 and KIP-279 say why replicas compare epochs and not high watermarks.</para>
/// </remarks>
public sealed partial class EpochHistory
{
    /// <summary>No epoch is known.</summary>
    public const int NoEpoch = -1;

    private readonly Lock _changes = new();
    private volatile EpochStart[] _entries;

    /// <summary>An empty history.</summary>
    public EpochHistory() => _entries = [];

    private EpochHistory(EpochStart[] entries) => _entries = entries;

    /// <summary>All entries in rising order; a snapshot that does not change.</summary>
    public IReadOnlyList<EpochStart> Entries => _entries;

    /// <summary>The largest epoch, or <see cref="NoEpoch"/>.</summary>
    public int LatestEpoch
    {
        get
        {
            EpochStart[] entries = _entries;
            return entries.Length == 0 ? NoEpoch : entries[^1].Epoch;
        }
    }

    /// <summary>Records that <paramref name="epoch"/> starts at <paramref name="startOffset"/>; entries that contradict it go.</summary>
    /// <remarks>An entry contradicts when its epoch is not smaller, or its start not lower: it belongs to records that were truncated.</remarks>
    /// <returns>Whether the history changed: an epoch that is the latest already keeps its start, unless this one is lower.</returns>
    public bool Assign(int epoch, long startOffset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(startOffset);
        lock (_changes)
        {
            EpochStart[] entries = _entries;
            if (entries.Length > 0 && entries[^1].Epoch == epoch && entries[^1].StartOffset <= startOffset)
                return false;

            int kept = entries.Length;
            while (kept > 0 && (entries[kept - 1].Epoch >= epoch || entries[kept - 1].StartOffset >= startOffset))
                kept--;
            _entries = [.. entries.AsSpan(0, kept), new EpochStart(epoch, startOffset)];
            return true;
        }
    }

    /// <summary>Where <paramref name="epoch"/> ends in this log.</summary>
    /// <param name="epoch">Epoch that a client or follower asks about.</param>
    /// <param name="logEndOffset">End of the log, which is the end of the latest epoch.</param>
    /// <returns>
    /// The latest epoch with the end of the log; or the largest known epoch not above the one asked for with the start of the
    /// next larger one; for an epoch older than all, itself with the first known start; undefined for one that is newer than all.
    /// </returns>
    public EpochEnd EndOffsetFor(int epoch, long logEndOffset)
    {
        EpochStart[] entries = _entries;
        if (epoch < 0 || entries.Length == 0 || epoch > entries[^1].Epoch)
            return EpochEnd.Undefined;
        if (epoch == entries[^1].Epoch)
            return new EpochEnd(epoch, logEndOffset);

        int floor = FloorByEpoch(entries, epoch);
        return new EpochEnd(floor < 0 ? epoch : entries[floor].Epoch, entries[floor + 1].StartOffset);
    }

    /// <summary>Epoch of the record at <paramref name="offset"/>, or <see cref="NoEpoch"/> when it lies before the first entry.</summary>
    public int EpochAt(long offset)
    {
        EpochStart[] entries = _entries;
        int low = 0, high = entries.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].StartOffset <= offset)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return high < 0 ? NoEpoch : entries[high].Epoch;
    }

    /// <summary>Forgets epochs that start at or after <paramref name="endOffset"/>, because the log now ends there.</summary>
    public void TruncateFromEnd(long endOffset)
    {
        lock (_changes)
        {
            EpochStart[] entries = _entries;
            int kept = entries.Length;
            while (kept > 0 && entries[kept - 1].StartOffset >= endOffset)
                kept--;
            if (kept != entries.Length)
                _entries = entries[..kept];
        }
    }

    /// <summary>Forgets epochs that end at or before <paramref name="startOffset"/>; the one that covers it starts there from now on.</summary>
    public void TruncateFromStart(long startOffset)
    {
        lock (_changes)
        {
            EpochStart[] entries = _entries;
            int covering = -1;
            while (covering + 1 < entries.Length && entries[covering + 1].StartOffset <= startOffset)
                covering++;
            if (covering < 0 || (covering == 0 && entries[0].StartOffset == startOffset))
                return;
            EpochStart[] kept = entries[covering..];
            kept[0] = kept[0] with { StartOffset = startOffset };
            _entries = kept;
        }
    }

    /// <summary>Index of the largest epoch that is not above <paramref name="epoch"/>, or -1.</summary>
    private static int FloorByEpoch(EpochStart[] entries, int epoch)
    {
        int low = 0, high = entries.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].Epoch <= epoch)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return high;
    }
}
