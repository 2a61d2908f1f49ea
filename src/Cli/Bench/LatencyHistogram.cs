using System.Numerics;

namespace Actors.Cli.Bench;

/// <summary>Counts latencies in buckets at most 1.6 % wide; any number of threads may record.</summary>
/// <remarks>Each power of two of nanoseconds has 64 buckets, so memory does not depend on what is recorded.</remarks>
public sealed class LatencyHistogram
{
    private const int StepBits = 6;
    private readonly long[] _counts = new long[64 << StepBits];
    private long _count;
    private long _maxNanoseconds;

    /// <summary>How many were recorded.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Records one latency.</summary>
    public void Record(TimeSpan latency)
    {
        var nanoseconds = Math.Max(1, (long)latency.TotalNanoseconds);
        Interlocked.Increment(ref _counts[BucketOf(nanoseconds)]);
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
    public double PercentileMs(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(Count * share));
        long seen = 0;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += Volatile.Read(ref _counts[bucket]);
            if (seen >= wanted)
            {
                return Math.Round(Math.Min(UpperBoundOf(bucket), _maxNanoseconds) / 1e6, 4);
            }
        }

        return 0;
    }

    private static int BucketOf(long nanoseconds)
    {
        var power = Math.Max(0, BitOperations.Log2((ulong)nanoseconds) - StepBits);
        return (power << StepBits) + (int)(nanoseconds >> power);
    }

    private static long UpperBoundOf(int bucket)
    {
        var power = Math.Max(0, (bucket >> StepBits) - 1);
        return ((bucket - ((long)power << StepBits) + 1) << power) - 1;
    }
}
