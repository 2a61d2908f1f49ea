using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Log.Tests.Store;

/// <summary>Every metric of the log moves, by what it says.</summary>
public sealed class LogMetricsTests : IDisposable
{
    private readonly Factory _factory = new();
    private readonly SimulatedFileSystem _files = new();
    private readonly FixedTime _time = new(1_000);
    private readonly LogMetrics _metrics;
    private readonly LogStore _store;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, List<double>> _seen = new();

    public LogMetricsTests()
    {
        _metrics = new LogMetrics(_factory);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _factory.Meter)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Note(instrument, value));
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Note(instrument, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Note(instrument, value));
        _listener.Start();
        _store = LogStore.Open(TestLog.SmallOptions(), _files, _time, _metrics, NullLoggerFactory.Instance, hasThreads: false);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _store.Abandon();
        _metrics.Dispose();
    }

    [Fact]
    public void A_commit_says_how_many_batches_it_covers_how_long_it_took_and_what_waits()
    {
        PartitionLog log = Create();
        _seen.Clear();
        _files.Before = operation =>
        {
            if (operation.Kind == FileOperationKind.Sync)
                _time.Advance(TimeSpan.FromMilliseconds(7));
        };
        TestLog.MustAppend(log, TestLog.Batch(1, 10), TestLog.Batch(1, 10));
        TestLog.MustAppend(log, TestLog.Batch(1, 10));
        Assert.Equal(2, Read("wal_queue_depth_gauge"));
        _store.PumpFlush();
        Assert.Equal(0, Read("wal_queue_depth_gauge"));
        Assert.Equal([3], _seen["wal_commit_batch_size_histogram"]);
        Assert.Equal([7], _seen["wal_commit_duration_ms"]);
    }

    [Fact]
    public void Totals_and_gauges_count_what_was_done()
    {
        PartitionLog log = Create();
        (double walBytes, double walSyncs) = (Read("actors_wal_bytes_total"), Read("actors_wal_fdatasyncs_total"));
        TestLog.MustAppend(log, TestLog.Batch(1, 10_000));
        _store.PumpFlush();
        _store.PumpCompletion();
        Assert.Equal(walBytes + (3 * WalFileHeader.PageBytes), Read("actors_wal_bytes_total"));
        Assert.Equal(walSyncs + 1, Read("actors_wal_fdatasyncs_total"));
        Assert.InRange(Read("actors_wal_dirty_bytes"), 10_000, 30_000);
        Assert.InRange(Read("actors_wal_slab_bytes"), 32 * TestLog.KiB, 64 * TestLog.KiB);
        Assert.Equal(0, Read("actors_segment_bytes_total"));

        while (_store.PumpSegments(everything: true))
        {
        }

        Assert.InRange(Read("actors_segment_bytes_total"), 10_000, 12_000);
        Assert.Equal(2, Read("actors_segment_writes_total"));
        Assert.Equal((0, 0, 0), (Read("actors_segment_fdatasyncs_total"), Read("actors_checkpoints_total"), Read("actors_checkpoint_bytes")));
        TestLog.PumpUntil(_store, _store.CheckpointAsync(CancellationToken.None));
        Assert.InRange(Read("actors_segment_fdatasyncs_total"), 3, 10);
        Assert.Equal(1, Read("actors_checkpoints_total"));
        Assert.Single(_seen["actors_checkpoint_duration_ms"]);
        Assert.Equal(0, Read("actors_wal_dirty_bytes"));
        Assert.InRange(Read("actors_checkpoint_bytes"), 50, 500);
    }

    [Fact]
    public void Refusals_are_counted_and_their_reason_shows()
    {
        PartitionLog log = Create();
        Assert.Equal(0, Read("actors_log_refusing"));
        _files.CapacityBytes = _files.UsedBytes;
        TestLog.PumpUntil(_store, Task.CompletedTask);
        while (TestLog.TryAppend(log, TestLog.Batch(1, 20_000)) == AppendRefusal.None)
            _store.PumpAll();
        _store.PumpAll();
        Assert.Equal(AppendRefusal.DiskFull, TestLog.TryAppend(log, TestLog.Batch(1, 10)));
        Assert.Equal((double)AppendRefusal.DiskFull, Read("actors_log_refusing"));
        Assert.InRange(Read("actors_wal_refusals_total"), 1, 2);

        _files.CapacityBytes = long.MaxValue;
        _files.Before = _ => throw new IOException("The disk is broken.");
        _time.Advance(TimeSpan.FromSeconds(1));
        _store.PumpAll();
        TestLog.TryAppend(log, TestLog.Batch(1, 10));
        _store.PumpAll();
        Assert.Equal((double)AppendRefusal.Failed, Read("actors_log_refusing"));
    }

    /// <summary>A metric that is added must be made to move above.</summary>
    [Fact]
    public void No_metric_is_left_out()
    {
        Create();
        TestLog.PumpUntil(_store, _store.CheckpointAsync(CancellationToken.None));
        _listener.RecordObservableInstruments();
        Assert.Equal(
            [
                "actors_checkpoint_bytes", "actors_checkpoint_duration_ms", "actors_checkpoints_total", "actors_log_refusing", "actors_segment_bytes_total",
                "actors_segment_fdatasyncs_total", "actors_segment_writes_total", "actors_wal_bytes_total", "actors_wal_dirty_bytes",
                "actors_wal_fdatasyncs_total", "actors_wal_refusals_total", "actors_wal_slab_bytes", "wal_commit_batch_size_histogram",
                "wal_commit_duration_ms", "wal_queue_depth_gauge",
            ],
            _seen.Keys.Order(StringComparer.Ordinal));
    }

    private PartitionLog Create()
    {
        LogId id = TestLog.Pumped(_store, TestLog.CreateAsync(_store));
        return _store.Open(id, LogConfig.Default, new RecordingObserver());
    }

    private double Read(string name)
    {
        _listener.RecordObservableInstruments();
        return _seen[name][^1];
    }

    private void Note(Instrument instrument, double value) => _seen.GetOrAdd(instrument.Name, _ => []).Add(value);

    private sealed class Factory : IMeterFactory
    {
        public Meter? Meter { get; private set; }

        public Meter Create(MeterOptions options) => Meter = new Meter(options);

        public void Dispose() => Meter?.Dispose();
    }
}
