using Microsoft.Extensions.Logging;

namespace Actors.Log;

/// <summary>Brings a data directory to the state that its checkpoint and its write-ahead log describe.</summary>
/// <remarks>
/// Files are trusted up to the lengths of the checkpoint; what lies beyond is cut and written again from the write-ahead log, record by
/// record, in its order. What was read of either is synced before anything is done for it: a process that was killed may have left it
/// in the page cache only, and a file that is removed for a record must not be missed by a start that no longer has the record.
/// </remarks>
internal sealed partial class Recovery(LogOptions options, IFileSystem files, OpenFiles open, LogRegistry registry, LogApplier applier, ILogger logger)
{
    /// <summary>Runs once, before anything is appended.</summary>
    /// <param name="checkpoint">The newest checkpoint's head.</param>
    /// <param name="logs">Its logs.</param>
    /// <param name="walDirectory">Folder of the write-ahead log.</param>
    /// <param name="found">Its files.</param>
    public RecoveryResult Run(in CheckpointHeader checkpoint, byte[] logs, string walDirectory, IReadOnlyList<WalFileFound> found)
    {
        RemoveDeletedFolders();
        ReplayPlan plan = Plan(checkpoint.Lsn, found);
        LoadLogs(checkpoint, logs, plan);
        var rules = new ReplayRules(registry, plan, walDirectory);
        applier.Replay = rules;

        using var scanner = new WalScanner(files, found, checkpoint.Lsn, applier.FinishRuns);
        while (scanner.Next(out WalRecord record, out int payloadStart))
            applier.Apply(record, scanner.Buffer, payloadStart);
        applier.FinishRuns();

        var damage = new List<LogDamage>();
        bool isWalDamaged = false;
        long endLsn = scanner.EndLsn;
        long newest = found.Max(f => f.Header?.Sequence) ?? 0;
        if (newest < checkpoint.WalSequence)
        {
            isWalDamaged = true;
            damage.Add(new LogDamage(null, walDirectory, $"the file of use {checkpoint.WalSequence} is missing; the newest one here is {newest}."));
        }

        if (scanner.Damage is not null)
        {
            isWalDamaged = true;
            damage.Add(new LogDamage(null, scanner.EndPath ?? walDirectory, scanner.Damage));
        }

        if (options.AcceptDamage && isWalDamaged)
            endLsn = scanner.LastPossibleLsn;
        JudgeLogs(rules, damage);
        isWalDamaged |= rules.Findings.Any(f => f.Log is null);
        damage.AddRange(rules.Findings);
        applier.Replay = null;

        foreach (StoredLog log in registry.All)
            log.TakeOverApplied(options.Producers, truncatedLsn: 0);
        foreach (LogDamage finding in damage)
            LogDamageFound(finding);
        ReportStrangers();
        return new RecoveryResult(endLsn, scanner.EndLsn - checkpoint.Lsn, damage, isWalDamaged);
    }

    private ReplayPlan Plan(long startLsn, IReadOnlyList<WalFileFound> found)
    {
        var plan = new ReplayPlan();
        using var scanner = new WalScanner(files, found, startLsn, static () => { });
        while (scanner.Next(out WalRecord record, out _))
            plan.Add(record);
        foreach (string path in scanner.Touched)
            Sync(path);
        return plan;
    }

    private void Sync(string path)
    {
        using IFile file = files.Open(path, FileOpening.Existing);
        file.Sync();
    }

    private void LoadLogs(in CheckpointHeader checkpoint, byte[] logs, ReplayPlan plan)
    {
        registry.SkipTo(checkpoint.NextLogId);
        var reader = new ByteReader(logs);
        for (int i = 0; i < checkpoint.LogCount; i++)
        {
            StoredLog log = LogStateCodec.Read(ref reader, applier, open, options);
            registry.Add(log);
            if (log.Applied.IsRemoved)
                continue;
            applier.TrimBelowStart(log, log.Applied.StartOffset);
            if (FindShortFile(log) is not { } found || plan.FloorAfter(log.Id, checkpoint.Lsn - 1) <= found.SoundEndOffset)
                continue;
            log.Applied.Short = found;
            log.Applied.HasGap = true;
        }
    }

    private ShortFile? FindShortFile(StoredLog log)
    {
        foreach (Segment segment in log.Segments)
        {
            bool exists = files.TryGetLength(segment.Data.Path, out long length);
            if (exists && length >= segment.Length)
                continue;
            (int soundLength, long soundEnd) = exists ? segment.SoundPrefix((int)length) : (0, segment.BaseOffset);
            string finding = exists
                ? $"the file has {length} bytes; the checkpoint says {segment.Length}. It is sound up to offset {soundEnd}."
                : $"the file is missing; the checkpoint says that it has {segment.Length} bytes.";
            return new ShortFile(segment, soundLength, soundEnd, finding);
        }

        return null;
    }

    /// <summary>Findings that no later record has explained count; accepted, the log is cut to what is sound.</summary>
    private void JudgeLogs(ReplayRules rules, List<LogDamage> damage)
    {
        foreach (StoredLog log in registry.All)
        {
            if (log.Applied.Short is { } found)
            {
                var finding = new LogDamage(log.Description, found.Segment.Data.Path, found.Finding);
                damage.Add(finding);
                if (options.AcceptDamage)
                    applier.CutToSound(log, found);
                else
                    log.Damage = finding;
            }
            else if (log.Applied.HasGap && !options.AcceptDamage)
            {
                log.Damage = rules.Findings.First(f => f.Log?.Id == log.Id);
            }

            log.Applied.HasGap = false;
        }
    }

    private void RemoveDeletedFolders()
    {
        foreach (string name in files.ListDirectories(applier.LogsDirectory))
        {
            if (name.EndsWith(LogApplier.DeletedSuffix, StringComparison.Ordinal))
                files.DeleteDirectory($"{applier.LogsDirectory}/{name}");
        }
    }

    /// <summary>Folders of no log are left alone and named: somebody may have put them there to be looked at.</summary>
    private void ReportStrangers()
    {
        HashSet<string> known = [.. registry.All.Select(l => l.Directory)];
        foreach (string name in files.ListDirectories(applier.LogsDirectory))
        {
            if (!known.Contains($"{applier.LogsDirectory}/{name}"))
                LogStranger($"{applier.LogsDirectory}/{name}");
        }
    }

    [LoggerMessage(EventId = 3103, Level = LogLevel.Error, Message = "Damage: {Finding}")]
    private partial void LogDamageFound(LogDamage finding);

    [LoggerMessage(EventId = 3104, Level = LogLevel.Warning, Message = "{Path} belongs to no log of this data directory; it is left as it is.")]
    private partial void LogStranger(string path);
}
