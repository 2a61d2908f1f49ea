namespace Actors.Log;

/// <content>What is known of logs that nobody has opened.</content>
public sealed partial class LogStore
{
    /// <summary>
    /// Highest producer id of which recovery found batches that still count for duplicates; -1 for none. An id that is given out
    /// below it may be taken for the producer that had it before.
    /// </summary>
    public long HighestProducerId { get; private set; } = -1;

    /// <summary>One summary for each log, as they are at this moment; in no order. Any thread.</summary>
    public IReadOnlyList<LogSummary> Summarize() => [.. _registry.All.Where(log => log.IsListed).Select(Summarize)];

    private static LogSummary Summarize(StoredLog log)
    {
        int highestEpoch = Math.Max(log.SeenEpoch, log.Epochs.LatestEpoch);
        lock (log.Sync)
        {
            return new LogSummary(
                log.Description,
                log.StartOffset,
                log.EndOffset,
                log.Tail.Bytes + log.Segments.Sum(segment => (long)segment.Length),
                highestEpoch,
                log.Segments is [var oldest, ..] ? oldest.MaxTimestampMs : RecordBatch.NoTimestamp);
        }
    }
}
