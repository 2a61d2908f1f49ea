namespace Actors.Log;

/// <remarks>Runs: the batches of one log that are written to its segment together.</remarks>
internal sealed partial class LogApplier
{
    /// <summary>Writes what was collected of a log, then notes it and lets readers have it from the file.</summary>
    private void WriteRun(StoredLog log)
    {
        AppliedLog applied = log.Applied;
        if (applied.FirstSlice < 0)
            return;
        if (!applied.IsRemoved)
        {
            Segment segment = OpenSegment(log);
            int position = segment.Length;
            using (FileLease lease = _open.Use(segment.Data, FileOpening.CreateIfMissing))
            {
                int end = WriteSlices(lease.File, applied.FirstSlice, position);
                Touch(segment.Data);
                if (end - segment.WrittenBack >= WritebackBytes)
                {
                    lease.File.StartWriteback(segment.WrittenBack, end - segment.WrittenBack);
                    segment.WrittenBack = end;
                }
            }

            Note(log, segment, position);
        }

        applied.FirstSlice = applied.LastSlice = -1;
    }

    private int WriteSlices(IFile file, int first, int position)
    {
        int staged = 0;
        for (int i = first; i >= 0; i = _slices[i].Next)
        {
            ReadOnlySpan<byte> bytes = _slices[i].Span;
            if (staged + bytes.Length > _stage.Length || bytes.Length > _stage.Length / 2)
                position += Write(file, _stage.AsSpan(0, staged), position, ref staged);
            if (bytes.Length > _stage.Length / 2)
            {
                position += Write(file, bytes, position, ref staged);
                continue;
            }

            bytes.CopyTo(_stage.AsSpan(staged));
            staged += bytes.Length;
        }

        return position + Write(file, _stage.AsSpan(0, staged), position, ref staged);
    }

    private int Write(IFile file, ReadOnlySpan<byte> bytes, int position, ref int staged)
    {
        if (bytes.IsEmpty)
            return 0;
        file.WriteAll(bytes, position);
        _metrics.SegmentWritten(bytes.Length);
        staged = 0;
        return bytes.Length;
    }

    /// <summary>Index, timestamps and producers of what has been written; then the new length is published.</summary>
    private void Note(StoredLog log, Segment segment, int position)
    {
        AppliedLog applied = log.Applied;
        long maxTimestampMs = segment.MaxTimestampMs;
        long nextOffset = segment.NextOffset;
        int indexBytes = 0;
        for (int i = applied.FirstSlice; i >= 0; i = _slices[i].Next)
        {
            ReadOnlySpan<byte> rest = _slices[i].Span;
            while (!rest.IsEmpty)
            {
                var batch = new BatchPeek(rest);
                indexBytes += segment.Note(batch.BaseOffset, position, maxTimestampMs);
                maxTimestampMs = Math.Max(maxTimestampMs, batch.MaxTimestampMs);
                if (batch.HasProducerId && RecordBatchHeader.TryParse(rest, out RecordBatchHeader header))
                    (applied.Producers ??= new ProducerStates(_options.Producers)).Apply(header, header.BaseOffset, NowMs());
                position += (int)batch.SizeBytes;
                rest = rest[(int)batch.SizeBytes..];
            }

            nextOffset = _slices[i].NextOffset;
        }

        if (indexBytes > 0)
        {
            Dirty.Files.Add(segment.Index.Slot);
            _metrics.SegmentWritten(indexBytes);
        }

        applied.EndOffset = nextOffset;
        lock (log.Sync)
        {
            segment.Length = position;
            segment.NextOffset = nextOffset;
            segment.MaxTimestampMs = maxTimestampMs;
            log.Tail.TrimBelow(nextOffset);
        }
    }

    /// <summary>The segment that batches go to: the last one, or a new one after a roll.</summary>
    private Segment OpenSegment(StoredLog log)
    {
        AppliedLog applied = log.Applied;
        if (applied.RollMs is not { } createdMs)
            return log.Segments[^1];

        EnsureDirectory(log);
        var segment = new Segment(_open, log.Directory, applied.EndOffset, createdMs, _options.IndexIntervalBytes);
        using (_open.Use(segment.Data, FileOpening.Create))
        {
            _files.DeleteFile(segment.Index.Slot.Path);
            Dirty.Directories.Add(log.Directory);
        }

        applied.RollMs = null;
        lock (log.Sync)
            log.Segments = [.. log.Segments, segment];
        return segment;
    }

    private void EnsureDirectory(StoredLog log)
    {
        AppliedLog applied = log.Applied;
        if (applied.HasDirectory)
            return;
        _files.CreateDirectory(log.Directory);
        Dirty.Directories.Add(LogsDirectory);
        WriteDescription(log);
        applied.HasDirectory = true;
    }

    private void WriteDescription(StoredLog log)
    {
        var slot = new FileSlot($"{log.Directory}/{DescriptionFile.Name}");
        using FileLease lease = _open.Use(slot, FileOpening.Create);
        byte[] text = DescriptionFile.Write(log.Description);
        lease.File.WriteAll(text, 0);
        Touch(slot);
        Dirty.Directories.Add(log.Directory);
        _metrics.SegmentWritten(text.Length);
    }
}
