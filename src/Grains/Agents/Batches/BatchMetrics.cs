using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Actors.Grains.Agents;

/// <summary>What becomes of rows that are written in batches. Safe to use from any thread.</summary>
public sealed class BatchMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Actors.Agents.Batches";

    private readonly Histogram<long> _rows;
    private readonly Histogram<double> _flush;
    private readonly Counter<long> _dropped;
    private readonly ConcurrentDictionary<string, Func<int>> _waiting = new(StringComparer.Ordinal);

    /// <summary>Declares the metrics.</summary>
    public BatchMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        _rows = meter.CreateHistogram<long>("actors_batch_rows", null, "Rows of one statement, by batcher.");
        _flush = meter.CreateHistogram<double>(
            "actors_batch_flush_seconds", "s", "Seconds that a batch took to be written or to fail, by batcher and by why it was due: scheduled, capacity, retry or shutdown.");
        _dropped = meter.CreateCounter<long>("actors_batch_dropped_total", null, "Rows that were lost, by batcher: there was no room for them, the store never takes them, or the silo ended first.");
        meter.CreateObservableGauge(
            "actors_batch_waiting_rows",
            () => _waiting.Select(static batcher => new Measurement<int>(batcher.Value(), KeyValuePair.Create<string, object?>("batcher", batcher.Key))),
            null,
            "Rows that wait to be written, by batcher.");
    }

    internal void Watch(string batcher, Func<int> waitingRows) => _waiting[batcher] = waitingRows;

    internal void Flushed(string batcher, BatchReason reason, int rows, TimeSpan duration)
    {
        var name = KeyValuePair.Create<string, object?>("batcher", batcher);
        _rows.Record(rows, name);
        _flush.Record(duration.TotalSeconds, name, KeyValuePair.Create<string, object?>("reason", Text(reason)));
    }

    internal void Dropped(string batcher, int rows)
    {
        if (rows > 0)
            _dropped.Add(rows, KeyValuePair.Create<string, object?>("batcher", batcher));
    }

    private static string Text(BatchReason reason) => reason switch
    {
        BatchReason.Scheduled => "scheduled",
        BatchReason.Capacity => "capacity",
        BatchReason.Retry => "retry",
        _ => "shutdown",
    };
}
