namespace Actors.Log;

/// <remarks>What replay does to a log's files before it applies the first record to them.</remarks>
internal sealed partial class LogApplier
{
    /// <summary>As in life, except that nothing is touched that a later record takes away, and what does not fit is a finding.</summary>
    private void ApplyReplayed(StoredLog log, in WalRecord record, byte[] buffer, int payloadStart)
    {
        AppliedLog applied = log.Applied;
        long floor = Replay!.FloorAfter(log.Id, record.Lsn);
        bool isReset = record.Type == WalRecordType.Truncate && (record.Flags & WalRecord.ResetFlag) != 0;
        if (applied.HasGap && !isReset && record.Type != WalRecordType.LogDeleted)
            return;
        if (!applied.IsPrepared)
            Prepare(log);
        bool startsElsewhere = record.Type == WalRecordType.Append && record.BaseOffset != applied.CollectedEndOffset && !applied.IsRemoved;
        if (startsElsewhere)
        {
            Replay.Gap(log, record);
            applied.HasGap = true;
            return;
        }

        // Emptying a log looks at nothing, so only another emptying makes it superfluous.
        bool isPassed = isReset
            ? floor == ReplayPlan.Everything
            : record.BaseOffset >= floor && record.Type is (WalRecordType.Append or WalRecordType.Roll or WalRecordType.Truncate);
        if (isPassed)
        {
            Pass(log, record, isReset);
            return;
        }

        try
        {
            ApplyTo(log, record, buffer, payloadStart);
        }
        catch (LogDamagedException e)
        {
            Replay.Damaged(log, e);
            applied.HasGap = true;
        }
    }

    /// <summary>Notes only where the log ends with a record whose effect a later one takes away.</summary>
    private static void Pass(StoredLog log, in WalRecord record, bool isReset)
    {
        AppliedLog applied = log.Applied;
        if (record.Type == WalRecordType.Append)
            applied.CollectedEndOffset = record.NextOffset;
        else if (record.Type == WalRecordType.Truncate)
            applied.CollectedEndOffset = isReset ? record.BaseOffset : Math.Min(applied.CollectedEndOffset, record.BaseOffset);
    }

    /// <summary>Gives up what a short file lacks and everything behind it.</summary>
    public void CutToSound(StoredLog log, ShortFile found)
    {
        found.Segment.Length = found.SoundLength;
        log.Applied.CollectedEndOffset = log.Applied.EndOffset;
        Truncate(log, found.SoundEndOffset, isReset: false, lsn: 0);
        log.Applied.Short = null;
    }

    /// <summary>Cuts the files to what the checkpoint says: nothing beyond it is trusted, replay writes it again.</summary>
    private void Prepare(StoredLog log)
    {
        AppliedLog applied = log.Applied;
        applied.IsPrepared = true;
        if (applied.IsRemoved)
            return;
        var known = new HashSet<string>(StringComparer.Ordinal) { $"{log.Directory}/{DescriptionFile.Name}" };
        foreach (Segment segment in log.Segments)
        {
            known.Add(segment.Data.Path);
            known.Add(segment.Index.Slot.Path);
            known.Add(segment.ProducersPath);
        }

        foreach (string name in _files.ListFiles(log.Directory))
        {
            if (!known.Contains($"{log.Directory}/{name}"))
                _files.DeleteFile($"{log.Directory}/{name}");
        }

        if (log.Segments is not [.., { IsClosed: false } last])
            return;
        if (_files.TryGetLength(last.Data.Path, out long length) && length > last.Length)
        {
            using FileLease lease = _open.Use(last.Data);
            lease.File.SetLength(last.Length);
        }

        last.Index.Truncate(last.Length);
        Dirty.Files.Add(last.Index.Slot);
        last.IndexedPosition = last.Index.FindOffset(int.MaxValue).Entry.Position;
    }
}
