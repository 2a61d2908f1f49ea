using System.Diagnostics;
using Actors.Cli.Bench;

namespace Actors.Bench.Report;

/// <summary>Latencies in buckets of about 1.6 % width, from 1 tick of <see cref="Stopwatch"/> up; one writer thread.</summary>
/// <remarks>Without the interlocked steps of the command line's histogram, which would weigh on what is measured here.</remarks>
public sealed class LatencyHistogram
{
    private readonly long[] _counts = new long[LatencyBuckets.Count];
    private long _maxTicks;

    /// <summary>How many latencies were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Records one latency in ticks of <see cref="Stopwatch"/>.</summary>
    public void Record(long ticks)
    {
        ticks = Math.Max(1, ticks);
        _counts[LatencyBuckets.Of(ticks)]++;
        Count++;
        _maxTicks = Math.Max(_maxTicks, ticks);
    }

    /// <summary>Adds what another histogram has counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var index = 0; index < _counts.Length; index++)
        {
            _counts[index] += other._counts[index];
        }

        Count += other.Count;
        _maxTicks = Math.Max(_maxTicks, other._maxTicks);
    }

    /// <summary>The latency, in microseconds, that the given share (0..1) of the records does not exceed; 0 when empty.</summary>
    public double PercentileMicroseconds(double share) => LatencyBuckets.Percentile(_counts, Count, _maxTicks, share) * 1e6 / Stopwatch.Frequency;

    /// <summary>The largest latency in microseconds; 0 when empty.</summary>
    public double MaxMicroseconds => _maxTicks * 1e6 / Stopwatch.Frequency;
}
