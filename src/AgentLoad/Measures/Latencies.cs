using Actors.Cli.Bench;

namespace Actors.AgentLoad.Measures;

/// <summary>Counts latencies in buckets at most 1.6 % wide; one thread at a time. Several can be added up, also across processes.</summary>
public sealed class Latencies
{
    private readonly long[] _counts = new long[LatencyBuckets.Count];
    private long _maxNanoseconds;

    /// <summary>How many were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Records one latency; what is not above 0 counts as 1 ns.</summary>
    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Max(1, nanoseconds);
        _counts[LatencyBuckets.Of(nanoseconds)]++;
        Count++;
        _maxNanoseconds = Math.Max(_maxNanoseconds, nanoseconds);
    }

    /// <summary>Adds what was counted elsewhere.</summary>
    /// <exception cref="ArgumentException">A bucket is none of ours.</exception>
    public void Add(LatencyCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        foreach (var (bucket, count) in counts.Buckets)
        {
            if (bucket < 0 || bucket >= _counts.Length || count < 0)
                throw new ArgumentException($"Bucket {bucket} with {count} latencies is not of this histogram.", nameof(counts));
            _counts[bucket] += count;
            Count += count;
        }

        _maxNanoseconds = Math.Max(_maxNanoseconds, counts.MaxNanoseconds);
    }

    /// <summary>A copy to send elsewhere.</summary>
    public LatencyCounts ToCounts() => new(
        _maxNanoseconds,
        [.. _counts.Select((count, bucket) => new LatencyBucket(bucket, count)).Where(bucket => bucket.Count > 0)]);

    /// <summary>What people want to know of them.</summary>
    public LatencyPercentiles Summarize() => new(Count, Ms(0.5), Ms(0.95), Ms(0.99), Math.Round(_maxNanoseconds / 1e6, 4));

    private double Ms(double share) => Math.Round(LatencyBuckets.Percentile(_counts, Count, _maxNanoseconds, share) / 1e6, 4);
}
