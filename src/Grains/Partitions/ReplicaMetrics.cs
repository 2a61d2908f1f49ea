using System.Diagnostics.Metrics;
using Actors.Log;

namespace Actors.Grains.Partitions;

/// <summary>What the replicas of a silo measure. One per silo; instruments that nobody listens to cost a comparison.</summary>
public sealed class ReplicaMetrics
{
    public const string MeterName = "Actors.Partitions";

    private static readonly KeyValuePair<string, object?> LockName = new("lock_name", "replica");

    private readonly Histogram<double> _lockAcquisition;
    private readonly Counter<long> _lockContention;
    private readonly Counter<long> _refusals;

    public ReplicaMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _lockAcquisition = meter.CreateHistogram<double>("lock_acquisition_duration_us", "us", "Until a lock was taken, or a grain's turn came, in microseconds.");
        _lockContention = meter.CreateCounter<long>("lock_contention_count", null, "Times that a lock, or a grain's turn, had to be waited for.");
        _refusals = meter.CreateCounter<long>("actors_log_refusals_total", null, "Appends that the log refused, by reason.");
        meter.CreateObservableGauge(
            "produce_partition_concurrency_gauge", () => ActivePartitions.Value, null, "Partitions being appended to at this moment.");
    }

    /// <summary>Partitions with appends that are not answered yet.</summary>
    internal ActiveCount ActivePartitions { get; } = new();

    internal void LockTaken()
    {
        if (_lockAcquisition.Enabled)
            _lockAcquisition.Record(0, LockName);
    }

    internal void LockTakenAfter(TimeSpan wait)
    {
        _lockAcquisition.Record(wait.TotalMicroseconds, LockName);
        _lockContention.Add(1, LockName);
    }

    internal void Refused(AppendRefusal refusal) =>
        _refusals.Add(1, new KeyValuePair<string, object?>("reason", refusal.ToString()));

    /// <summary>A count that many threads change.</summary>
    internal sealed class ActiveCount
    {
        private int _value;

        public int Value => Volatile.Read(ref _value);

        public void Increment() => Interlocked.Increment(ref _value);

        public void Decrement() => Interlocked.Decrement(ref _value);
    }
}
