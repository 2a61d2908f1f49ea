namespace Actors.Log.Tests.PowerLoss;

/// <summary>What one log must hold.</summary>
internal sealed class ModelLog
{
    public required LogId Id { get; init; }

    public required string Topic { get; init; }

    public long Start { get; private set; }

    public long End { get; private set; }

    public int SeenEpoch { get; private set; } = -1;

    public List<ModelBatch> Batches { get; } = [];

    public EpochHistory Epochs { get; private set; } = new();

    public static ModelLog Copy(ModelLog other)
    {
        var copy = new ModelLog { Id = other.Id, Topic = other.Topic, Start = other.Start, End = other.End, SeenEpoch = other.SeenEpoch };
        copy.Batches.AddRange(other.Batches);
        foreach (EpochStart entry in other.Epochs.Entries)
            copy.Epochs.Assign(entry.Epoch, entry.StartOffset);
        return copy;
    }

    public void Append(ModelBatch batch)
    {
        Batches.Add(batch);
        End = batch.NextOffset;
    }

    public void StartEpoch(int epoch)
    {
        Epochs.Assign(epoch, End);
        SeenEpoch = Math.Max(SeenEpoch, epoch);
    }

    public void SeeEpoch(int epoch) => SeenEpoch = Math.Max(SeenEpoch, epoch);

    public void Truncate(long offset)
    {
        if (offset >= End)
            return;
        ModelBatch? cut = Batches.Find(b => b.NextOffset > offset);
        End = cut?.PreviousEnd ?? offset;
        Batches.RemoveAll(b => b.NextOffset > offset);
        Start = Math.Min(Start, End);
        Epochs.TruncateFromEnd(End);
    }

    public void Reset(long offset)
    {
        Batches.Clear();
        Start = End = offset;
        Epochs = new EpochHistory();
    }

    public void SetStart(long offset)
    {
        Start = Math.Max(Start, offset);
        Epochs.TruncateFromStart(Start);
    }

    /// <summary>Differences between this log and what a store has; null when there are none.</summary>
    public string? Difference(PartitionLog log)
    {
        if (log.StartOffset != Start || log.EndOffset != End || log.DurableEndOffset != End)
            return $"log {Id}: {log.StartOffset}..{log.EndOffset} (durable {log.DurableEndOffset}), expected {Start}..{End}";
        if (log.SeenEpoch != SeenEpoch)
            return $"log {Id}: has seen epoch {log.SeenEpoch}, expected {SeenEpoch}";
        if (!log.Epochs.Entries.SequenceEqual(Epochs.Entries))
            return $"log {Id}: epochs [{string.Join(", ", log.Epochs.Entries)}], expected [{string.Join(", ", Epochs.Entries)}]";
        return ContentDifference(log) ?? ProducerDifference(log) ?? TimeDifference(log);
    }

    /// <summary>Reads everything from a random batch on and compares the bytes.</summary>
    public string? ContentDifference(PartitionLog log)
    {
        long offset = Start;
        var expected = Batches.Where(b => b.NextOffset > Start).ToList();
        int at = 0;
        while (offset < End)
        {
            using LogRead read = log.Read(offset, End, 700, atLeastOneBatch: true);
            if (read.IsOutOfRange)
                return $"log {Id}: {offset} is out of range {log.StartOffset}..{log.EndOffset}";
            byte[] bytes = read.ToArray();
            int done = 0;
            while (done < bytes.Length && at < expected.Count)
            {
                byte[] stored = expected[at].Stored;
                if (bytes.Length - done < stored.Length || !bytes.AsSpan(done, stored.Length).SequenceEqual(stored))
                    return $"log {Id}: other bytes than expected at offset {expected[at].BaseOffset}";
                done += stored.Length;
                at++;
            }

            if (done != bytes.Length || bytes.Length == 0)
                return at < expected.Count || done != bytes.Length ? $"log {Id}: read of {offset} gave {bytes.Length} bytes, {done} of them expected" : null;
            offset = read.NextOffset;
        }

        return at == expected.Count ? null : $"log {Id}: {expected.Count - at} batches are missing at the end";
    }

    /// <summary>The last retained batch of each producer is known as a duplicate at its offset, and the next one would be taken.</summary>
    private string? ProducerDifference(PartitionLog log)
    {
        var last = new Dictionary<long, ModelBatch>();
        foreach (ModelBatch batch in Batches.Where(b => b.Header.HasProducerId && b.NextOffset > Start))
            last[batch.Header.ProducerId] = batch;
        foreach (ModelBatch batch in last.Values)
        {
            ProducerCheck check = log.Producers.Check(batch.Header);
            if (check.Verdict != ProducerVerdict.Duplicate || check.BaseOffset != batch.BaseOffset)
                return $"log {Id}: producer {batch.Header.ProducerId} at sequence {batch.Header.BaseSequence}: {check}, expected a duplicate of {batch.BaseOffset}";
        }

        return null;
    }

    private string? TimeDifference(PartitionLog log)
    {
        ModelBatch? newest = Batches.Where(b => b.BaseOffset >= Start).MaxBy(b => b.Header.MaxTimestampMs);
        if (newest is null || Batches.Any(b => b.BaseOffset < Start && b.NextOffset > Start))
            return null;
        TimestampedOffset? found = log.FindTimestamp(newest.Header.MaxTimestampMs);
        ModelBatch first = Batches.First(b => b.BaseOffset >= Start && b.Header.MaxTimestampMs >= newest.Header.MaxTimestampMs);
        return found is { } record && record.TimestampMs == newest.Header.MaxTimestampMs && record.Offset >= first.BaseOffset && record.Offset < first.NextOffset
            ? null
            : $"log {Id}: time {newest.Header.MaxTimestampMs} is at {found}, expected in {first.BaseOffset}..{first.NextOffset}";
    }
}
