namespace Actors.Log;

/// <summary>What a first pass over the write-ahead log has found: how far down each log will be cut by records that are still to come.</summary>
/// <remarks>
/// A log that was cut after the checkpoint may have been written again from there, and of both only parts may have reached the disk.
/// So while a lower cut is still to come, nothing at or above it is looked at or written: it goes anyway.
/// </remarks>
internal sealed class ReplayPlan
{
    /// <summary>Nothing of the log will be left: it is emptied or deleted.</summary>
    public const long Everything = long.MinValue;

    private readonly Dictionary<LogId, List<(long Lsn, long Floor)>> _cuts = [];

    /// <summary>Notes a record, in the order of the log.</summary>
    public void Add(in WalRecord record)
    {
        long floor;
        if (record.Type == WalRecordType.LogDeleted || (record.Type == WalRecordType.Truncate && (record.Flags & WalRecord.ResetFlag) != 0))
            floor = Everything;
        else if (record.Type == WalRecordType.Truncate)
            floor = record.BaseOffset;
        else
            return;

        if (!_cuts.TryGetValue(record.Log, out List<(long Lsn, long Floor)>? cuts))
            _cuts.Add(record.Log, cuts = []);

        // Each entry holds the lowest cut from it on.
        for (int i = 0; i < cuts.Count; i++)
            cuts[i] = (cuts[i].Lsn, Math.Min(cuts[i].Floor, floor));
        cuts.Add((record.Lsn, floor));
    }

    /// <summary>The lowest offset to which a record after <paramref name="lsn"/> cuts the log; the largest long when none does.</summary>
    public long FloorAfter(LogId log, long lsn)
    {
        if (!_cuts.TryGetValue(log, out List<(long Lsn, long Floor)>? cuts))
            return long.MaxValue;
        foreach ((long cutLsn, long floor) in cuts)
        {
            if (cutLsn > lsn)
                return floor;
        }

        return long.MaxValue;
    }
}
