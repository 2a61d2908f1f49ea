using System.Numerics;

namespace Actors.Cli.Bench;

/// <summary>Buckets at most 1.6 % wide: each power of two has 64, so memory does not depend on what is counted.</summary>
internal static class LatencyBuckets
{
    private const int StepBits = 6;

    /// <summary>How many buckets there are.</summary>
    public const int Count = 64 << StepBits;

    /// <summary>The bucket of a value from 1 on.</summary>
    public static int Of(long value)
    {
        var power = Math.Max(0, BitOperations.Log2((ulong)value) - StepBits);
        return (power << StepBits) + (int)(value >> power);
    }

    /// <summary>The value that a share (0 to 1) of all counted values does not exceed; 0 when nothing was counted.</summary>
    /// <param name="counts">How many values each bucket has.</param>
    /// <param name="total">Their sum.</param>
    /// <param name="max">The largest value.</param>
    /// <param name="share">From 0 to 1.</param>
    public static long Percentile(ReadOnlySpan<long> counts, long total, long max, double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(total * share));
        long seen = 0;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            seen += counts[bucket];
            if (seen >= wanted)
            {
                return Math.Min(UpperBoundOf(bucket), max);
            }
        }

        return 0;
    }

    private static long UpperBoundOf(int bucket)
    {
        var power = Math.Max(0, (bucket >> StepBits) - 1);
        return ((bucket - ((long)power << StepBits) + 1) << power) - 1;
    }
}
