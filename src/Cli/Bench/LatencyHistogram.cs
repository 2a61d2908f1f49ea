namespace Actors.Cli.Bench;

/// <summary>Counts latencies in buckets at most 1.6 % wide; any number of threads may record.</summary>
public sealed class LatencyHistogram
{
    private readonly long[] _counts = new long[LatencyBuckets.Count];
    private long _count;
    private long _maxNanoseconds;

    /// <summary>How many were recorded.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Records one latency.</summary>
    public void Record(TimeSpan latency)
    {
        var nanoseconds = Math.Max(1, (long)latency.TotalNanoseconds);
        Interlocked.Increment(ref _counts[LatencyBuckets.Of(nanoseconds)]);
        Interlocked.Increment(ref _count);
        var max = Volatile.Read(ref _maxNanoseconds);
        while (nanoseconds > max)
        {
            max = Interlocked.CompareExchange(ref _maxNanoseconds, nanoseconds, max);
        }
    }

    /// <summary>The median, the 99th percentile and the maximum.</summary>
    public LatencySummary Summarize() => new(PercentileMs(0.5), PercentileMs(0.99), Math.Round(_maxNanoseconds / 1e6, 4));

    /// <summary>The latency in milliseconds that a share (0 to 1) of the records does not exceed; 0 when there are none.</summary>
    public double PercentileMs(double share) =>
        Math.Round(LatencyBuckets.Percentile(_counts, Count, Volatile.Read(ref _maxNanoseconds), share) / 1e6, 4);
}
