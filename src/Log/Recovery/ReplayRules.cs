namespace Actors.Log;

/// <summary>What replay does with records that do not fit: it notes them, and the log is not appended to.</summary>
internal sealed class ReplayRules(LogRegistry registry, ReplayPlan plan, string walDirectory)
{
    private readonly HashSet<LogId> _unknown = [];

    public List<LogDamage> Findings { get; } = [];

    /// <inheritdoc cref="ReplayPlan.FloorAfter"/>
    public long FloorAfter(LogId log, long lsn) => plan.FloorAfter(log, lsn);

    /// <summary>A segment does not hold what the checkpoint vouches for.</summary>
    public void Damaged(StoredLog log, LogDamagedException exception) => Findings.Add(new LogDamage(
        log.Description, exception.Path, $"no record batch at position {exception.Position}."));

    /// <summary>A record starts elsewhere than where its log ends.</summary>
    public void Gap(StoredLog log, in WalRecord record) => Findings.Add(new LogDamage(
        log.Description, log.Directory,
        $"the log ends at offset {log.Applied.CollectedEndOffset}, but the next record in the write-ahead log (LSN {record.Lsn}) starts at {record.BaseOffset}."));

    /// <summary>A record is of a log that no checkpoint and no record has created.</summary>
    public void Unknown(in WalRecord record)
    {
        if (registry.Find(record.Log) is null && _unknown.Add(record.Log))
            Findings.Add(new LogDamage(null, walDirectory, $"the record at LSN {record.Lsn} is of log {record.Log}, which was never created."));
    }
}
