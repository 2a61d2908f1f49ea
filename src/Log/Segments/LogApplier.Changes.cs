using System.Buffers;
using System.Globalization;

namespace Actors.Log;

/// <remarks>Creation, deletion, rolls, truncation, and what a checkpoint lets go.</remarks>
internal sealed partial class LogApplier
{
    /// <summary>Suffix of the folder of a log that has been deleted; what is left of one is removed at start.</summary>
    public const string DeletedSuffix = ".deleted";

    private const string ProducersSuffix = ".producers";
    private const int MaxProducersBytes = 256 << 20;

    /// <summary>Removes the files of a log whose deletion is durable, perhaps ahead of the record that says so.</summary>
    public void RemoveFiles(StoredLog log)
    {
        if (log.Applied.IsRemoved)
            return;
        Segment[] segments = log.Segments;
        lock (log.Sync)
        {
            log.Segments = [];
            log.Tail.Clear();
        }

        foreach (Segment segment in segments)
        {
            _open.Forget(segment.Data);
            _open.Forget(segment.Index.Slot);
        }

        string doomed = log.Directory + DeletedSuffix;
        if (_files.DirectoryExists(log.Directory))
        {
            _files.DeleteDirectory(doomed);
            _files.Rename(log.Directory, doomed);
            Dirty.Directories.Add(LogsDirectory);
        }

        // Only then: where the system has no descriptor left for the deletion, it is tried again.
        _files.DeleteDirectory(doomed);
        log.Applied.IsRemoved = true;
    }

    /// <summary>Unlinks segments below the start that a durable checkpoint has for the log, and below the start that it has now.</summary>
    public void TrimBelowStart(StoredLog log, long startOffset)
    {
        // Since the checkpoint was taken the log may have been cut, or emptied, below the start of that time, and written again from there.
        startOffset = Math.Min(startOffset, log.Applied.StartOffset);
        Segment[] segments = log.Segments;
        Segment[] gone = [.. segments.TakeWhile(s => s.IsClosed && s.NextOffset <= startOffset)];
        if (gone.Length == 0)
            return;
        lock (log.Sync)
            log.Segments = segments[gone.Length..];
        foreach (Segment segment in gone)
        {
            Unlink(segment);
            _files.DeleteFile(ProducersPath(log, segment.BaseOffset));
        }

        Dirty.Directories.Add(log.Directory);
    }

    private void Create(in WalRecord record, ReadOnlySpan<byte> payload)
    {
        LogDescription description = DescriptionCodec.Read(record.Log, payload);
        StoredLog? log = _registry.Find(record.Log);
        if (log is null)
        {
            log = new StoredLog(description, DirectoryOf(description));
            log.IsListed = true;
            _registry.Add(log);
        }

        log.Applied.IsCreated = true;
        log.Description = description;
        if (log.Applied.HasDirectory)
            WriteDescription(log);
    }

    private void Delete(StoredLog log)
    {
        RemoveFiles(log);
        log.Applied.IsCreated = false;
        _registry.Remove(log);
    }

    /// <summary>A folder's name says topic and partition for people, and the id for us; whatever a name might hold, it stays one name.</summary>
    public string DirectoryOf(LogDescription description)
    {
        const int MaxTopicChars = 180;
        ReadOnlySpan<char> topic = description.Topic.AsSpan(0, Math.Min(description.Topic.Length, MaxTopicChars));
        Span<char> safe = stackalloc char[topic.Length];
        for (int i = 0; i < topic.Length; i++)
            safe[i] = char.IsAsciiLetterOrDigit(topic[i]) || topic[i] is '-' or '_' || (topic[i] == '.' && i > 0) ? topic[i] : '_';
        return $"{LogsDirectory}/{safe}-{description.Partition}.{description.Id}";
    }

    private void Roll(StoredLog log, long createdMs)
    {
        AppliedLog applied = log.Applied;
        if (log.Segments is [.., { IsClosed: false } last])
        {
            SnapshotProducers(log);
            int indexBytes = last.Index.Finish();
            if (indexBytes > 0)
            {
                Dirty.Files.Add(last.Index.Slot);
                _metrics.SegmentWritten(indexBytes);
            }

            last.IsClosed = true;
        }

        applied.RollMs = createdMs;
    }

    /// <summary>Keeps the producer states at the end of the log beside the segment that begins there, for truncations.</summary>
    private void SnapshotProducers(StoredLog log)
    {
        if (log.Applied.Producers is not { } producers)
            return;
        producers.RemoveExpired(NowMs());
        if (producers.Count == 0)
            return;
        var snapshot = new ArrayBufferWriter<byte>();
        producers.WriteSnapshot(snapshot, log.Applied.EndOffset);
        var slot = new FileSlot(ProducersPath(log, log.Applied.EndOffset));
        using FileLease lease = _open.Use(slot, FileOpening.Create);
        lease.File.WriteAll(snapshot.WrittenSpan, 0);
        Touch(slot);
        Dirty.Directories.Add(log.Directory);
        _metrics.SegmentWritten(snapshot.WrittenCount);
    }

    private void Truncate(StoredLog log, long target, bool isReset, long lsn)
    {
        AppliedLog applied = log.Applied;
        if (isReset)
        {
            Segment[] segments = log.Segments;
            lock (log.Sync)
                log.Segments = [];
            foreach (Segment segment in segments)
                Unlink(segment);
            UnlinkProducersAbove(log, -1);
            Dirty.Directories.Add(log.Directory);
            applied.StartOffset = applied.EndOffset = target;
            applied.Epochs = new EpochHistory();
            applied.Producers = null;
            applied.RollMs = 0;
            applied.HasGap = false;
        }
        else if (target < applied.CollectedEndOffset)
        {
            // Replay may have passed over everything above the target, and then there is nothing to cut.
            if (target < applied.EndOffset)
                Cut(log, target);
            applied.EndOffset = target;
            applied.StartOffset = Math.Min(applied.StartOffset, target);
            applied.Epochs.TruncateFromEnd(target);
            if (applied.Producers is not null)
                applied.Producers = RebuildProducers(log);
        }

        applied.CollectedEndOffset = applied.EndOffset;
        if (Replay is not null)
            return;
        log.TakeOverApplied(_options.Producers, lsn);
        log.Truncation?.TrySetResult(applied.EndOffset);
    }

    /// <summary>Removes the batches from <paramref name="target"/> on, where one ends or a segment begins.</summary>
    private void Cut(StoredLog log, long target)
    {
        Segment[] segments = log.Segments;
        int kept = segments.Length;
        while (kept > 0 && segments[kept - 1].BaseOffset >= target)
            kept--;

        Segment? last = kept > 0 ? segments[kept - 1] : null;
        if (last is not null && last.NextOffset > target)
            CutSegment(log, last, last.PositionBehind(target, last.Length));

        // Readers see the shorter log before bytes are overwritten by what comes next.
        lock (log.Sync)
        {
            log.Truncations++;
            log.Segments = segments[..kept];
        }

        foreach (Segment segment in segments[kept..])
            Unlink(segment);
        UnlinkProducersAbove(log, target);
        if (kept == 0 || segments[kept - 1].IsClosed)
            log.Applied.RollMs ??= NowMs();
        else
            log.Applied.RollMs = null;
        Dirty.Directories.Add(log.Directory);
    }

    private void CutSegment(StoredLog log, Segment segment, int position)
    {
        lock (log.Sync)
        {
            log.Truncations++;
            segment.Length = position;
        }

        // What is beyond a length is never trusted, so no sync need cover that it is gone.
        using (FileLease lease = _open.Use(segment.Data))
            lease.File.SetLength(position);
        segment.Index.Truncate(position);
        Dirty.Files.Add(segment.Index.Slot);
        (long maxTimestampMs, long nextOffset) = segment.Summarize(position);
        segment.IsClosed = false;
        segment.IndexedPosition = segment.Index.FindOffset(int.MaxValue).Entry.Position;
        segment.WrittenBack = Math.Min(segment.WrittenBack, position);
        lock (log.Sync)
        {
            segment.NextOffset = nextOffset;
            segment.MaxTimestampMs = maxTimestampMs;
        }
    }

    private ProducerStates RebuildProducers(StoredLog log)
    {
        long end = log.Applied.EndOffset;
        if (TryReadProducers(log, end, out ProducerStates atEnd))
            return atEnd;

        var states = new ProducerStates(_options.Producers);
        int first = log.Segments.Length;
        while (first > 0)
        {
            first--;
            if (TryReadProducers(log, log.Segments[first].BaseOffset, out ProducerStates snapshot))
            {
                states = snapshot;
                break;
            }
        }

        for (int i = first; i < log.Segments.Length; i++)
        {
            Segment segment = log.Segments[i];
            using FileLease lease = _open.Use(segment.Data);
            using var scan = new BatchScan(lease.File, 0, segment.Length, segment.BaseOffset);
            while (scan.MoveNext())
            {
                if (RecordBatchHeader.TryParse(scan.Header, out RecordBatchHeader header))
                    states.Apply(header, header.BaseOffset, NowMs());
            }
        }

        return states;
    }

    private bool TryReadProducers(StoredLog log, long offset, out ProducerStates states)
    {
        string path = ProducersPath(log, offset);
        if (_files.TryGetLength(path, out long length) && length <= MaxProducersBytes
            && ProducerStates.TryReadSnapshot(_files.ReadWhole(path, MaxProducersBytes), _options.Producers, out states, out long endOffset)
            && endOffset == offset)
        {
            return true;
        }

        states = new ProducerStates(_options.Producers);
        return false;
    }

    private void Unlink(Segment segment)
    {
        _open.Delete(segment.Data);
        _open.Delete(segment.Index.Slot);
    }

    /// <summary>Snapshots above where the log ends speak of batches that are gone. Not each of them has a segment.</summary>
    private void UnlinkProducersAbove(StoredLog log, long offset)
    {
        foreach (string name in _files.ListFiles(log.Directory))
        {
            if (name.EndsWith(ProducersSuffix, StringComparison.Ordinal)
                && long.TryParse(name.AsSpan(0, name.Length - ProducersSuffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long at)
                && at > offset)
            {
                _files.DeleteFile($"{log.Directory}/{name}");
            }
        }
    }

    private static string ProducersPath(StoredLog log, long offset) =>
        $"{log.Directory}/{offset.ToString("D20", CultureInfo.InvariantCulture)}{ProducersSuffix}";
}
