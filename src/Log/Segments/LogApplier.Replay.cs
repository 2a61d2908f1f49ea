namespace Actors.Log;

/// <remarks>What replay does to a log's files before it applies the first record to them.</remarks>
internal sealed partial class LogApplier
{
    /// <summary>Gives up what a short file lacks and everything behind it.</summary>
    public void CutToSound(StoredLog log, ShortFile found)
    {
        Truncate(log, found.SoundEndOffset, isReset: false);
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

        // A deletion that follows in the log may have removed the folder already.
        if (applied.HasDirectory)
            _files.CreateDirectory(log.Directory);
        if (log.Segments is not [.., { IsClosed: false } last])
            return;
        if (_files.TryGetLength(last.Data.Path, out long length) && length > last.Length)
        {
            using FileLease lease = _open.Use(last.Data);
            lease.File.SetLength(last.Length);
            Touch(last.Data);
        }

        last.Index.Truncate(last.Length);
        Dirty.Files.Add(last.Index.Slot);
        last.IndexedPosition = last.Index.FindOffset(int.MaxValue).Entry.Position;
    }
}
