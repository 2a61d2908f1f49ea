using System.Diagnostics;
using System.Numerics;

namespace Actors.Bench.Report;

/// <summary>Latencies in buckets of about 1.6 % width, from 1 tick of <see cref="Stopwatch"/> up; one writer thread.</summary>
/// <remarks>64 linear steps in each power of two: constant memory, no allocation when recording.</remarks>
public sealed class LatencyHistogram
{
    private const int StepBits = 6;
    private readonly long[] _counts = new long[64 << StepBits];
    private long _maxTicks;

    /// <summary>How many latencies were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Records one latency in ticks of <see cref="Stopwatch"/>.</summary>
    public void Record(long ticks)
    {
        ticks = Math.Max(1, ticks);
        _counts[Bucket(ticks)]++;
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
    public double PercentileMicroseconds(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        long seen = 0;
        for (var index = 0; index < _counts.Length && Count > 0; index++)
        {
            seen += _counts[index];
            if (seen >= wanted)
            {
                return Math.Min(UpperBound(index), _maxTicks) * 1e6 / Stopwatch.Frequency;
            }
        }

        return 0;
    }

    /// <summary>The largest latency in microseconds; 0 when empty.</summary>
    public double MaxMicroseconds => _maxTicks * 1e6 / Stopwatch.Frequency;

    private static int Bucket(long ticks)
    {
        var power = Math.Max(0, BitOperations.Log2((ulong)ticks) - StepBits);
        return (int)((power << StepBits) + (ticks >> power));
    }

    private static long UpperBound(int bucket)
    {
        var power = Math.Max(0, (bucket >> StepBits) - 1);
        return ((long)bucket - (power << StepBits) + 1) << power;
    }
}
