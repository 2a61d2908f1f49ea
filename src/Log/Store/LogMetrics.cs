using System.Diagnostics.Metrics;

namespace Actors.Log;

/// <summary>The log's instruments. Names without a prefix are those of the system that this log replaces; dashboards use them.</summary>
public sealed class LogMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Actors.Log";

    private static readonly double[] BatchBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768];
    private static readonly double[] MillisecondBounds = [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 20, 50, 100, 250, 1_000];

    private readonly Meter _meter;
    private readonly Histogram<long> _commitBatches;
    private readonly Histogram<double> _commitMs;
    private readonly Histogram<double> _checkpointMs;
    private Func<LogUsage>? _usage;
    private long _walBytes;
    private long _walSyncs;
    private long _segmentBytes;
    private long _segmentWrites;
    private long _segmentSyncs;
    private long _checkpoints;
    private long _refusals;

    /// <summary>Creates the instruments on a meter of <paramref name="factory"/>.</summary>
    public LogMetrics(IMeterFactory factory)
        : this(Create(factory))
    {
    }

    private LogMetrics(Meter meter)
    {
        _meter = meter;
        _commitBatches = meter.CreateHistogram(
            "wal_commit_batch_size_histogram", unit: null, "Record batches covered by one fdatasync.", tags: null, new InstrumentAdvice<long> { HistogramBucketBoundaries = [.. BatchBounds.Select(b => (long)b)] });
        _commitMs = meter.CreateHistogram(
            "wal_commit_duration_ms", unit: null, "One commit of the write-ahead log: write and fdatasync, in milliseconds.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = MillisecondBounds });
        meter.CreateObservableGauge("wal_queue_depth_gauge", () => Usage.QueuedAppends, unit: null, "Appends that wait for a commit.");
        meter.CreateObservableCounter("actors_wal_bytes_total", () => Volatile.Read(ref _walBytes), unit: null, "Bytes written to the write-ahead log.");
        meter.CreateObservableCounter("actors_wal_fdatasyncs_total", () => Volatile.Read(ref _walSyncs), unit: null, "fdatasync calls on the write-ahead log.");
        meter.CreateObservableCounter("actors_wal_refusals_total", () => Volatile.Read(ref _refusals), unit: null, "Appends that were refused.");
        meter.CreateObservableCounter("actors_segment_bytes_total", () => Volatile.Read(ref _segmentBytes), unit: null, "Bytes written to segments and their indexes.");
        meter.CreateObservableCounter("actors_segment_writes_total", () => Volatile.Read(ref _segmentWrites), unit: null, "Writes to segments and their indexes.");
        meter.CreateObservableCounter("actors_segment_fdatasyncs_total", () => Volatile.Read(ref _segmentSyncs), unit: null, "fdatasync and syncfs calls for segments, checkpoints and folders.");
        meter.CreateObservableCounter("actors_checkpoints_total", () => Volatile.Read(ref _checkpoints), unit: null, "Checkpoints made.");
        _checkpointMs = meter.CreateHistogram(
            "actors_checkpoint_duration_ms", unit: null, "One checkpoint, in milliseconds.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = MillisecondBounds });
        meter.CreateObservableGauge("actors_checkpoint_bytes", () => Usage.CheckpointBytes, unit: null, "Bytes of the newest checkpoint; at most 1 GiB can be read back.");
        meter.CreateObservableGauge("actors_wal_dirty_bytes", () => Usage.DirtyWalBytes, unit: null, "Bytes of write-ahead log since the last checkpoint.");
        meter.CreateObservableGauge("actors_wal_slab_bytes", () => Usage.SlabBytes, unit: null, "Bytes of slabs in use.");
        meter.CreateObservableGauge("actors_log_refusing", () => (int)Usage.Refusal, unit: null, "0 while appends are taken, else the refusal: 2 disk full, 4 failed, 5 damaged.");
    }

    private LogUsage Usage => _usage?.Invoke() ?? default;

    /// <summary>Instruments of a meter of their own, for tests and tools without a container.</summary>
    public static LogMetrics Standalone() => new(new Meter(MeterName));

    public void Dispose() => _meter.Dispose();

    internal void Observe(Func<LogUsage>? usage) => _usage = usage;

    internal void WalCommitted(int batches, double durationMs)
    {
        _commitBatches.Record(batches);
        _commitMs.Record(durationMs);
    }

    internal void WalWritten(long bytes) => Interlocked.Add(ref _walBytes, bytes);

    internal void WalSynced() => Interlocked.Increment(ref _walSyncs);

    internal void Refused() => Interlocked.Increment(ref _refusals);

    internal void SegmentWritten(long bytes)
    {
        Interlocked.Add(ref _segmentBytes, bytes);
        Interlocked.Increment(ref _segmentWrites);
    }

    internal void SegmentSynced() => Interlocked.Increment(ref _segmentSyncs);

    internal void CheckpointMade(double durationMs)
    {
        Interlocked.Increment(ref _checkpoints);
        _checkpointMs.Record(durationMs);
    }

    private static Meter Create(IMeterFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return factory.Create(MeterName);
    }
}
