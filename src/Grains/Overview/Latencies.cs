using System.Numerics;
using Orleans;

namespace Actors.Grains.Overview;

/// <summary>How long calls took: counts in buckets that are 12.5 % wide, so that what several silos have counted can be added up.</summary>
/// <remarks>A bucket's number is that of <see cref="BucketOf"/>. Immutable.</remarks>
[GenerateSerializer, Immutable, Alias("actors.overview.latencies")]
public sealed record Latencies
{
    /// <summary>How many buckets there are: the last one holds everything above a minute.</summary>
    public const int BucketCount = (MaxPower + 1) << StepBits;

    private const int StepBits = 3;
    private const int MaxPower = 24;

    /// <summary>Nothing was counted.</summary>
    public static Latencies None { get; } = new();

    /// <summary>How many calls each bucket has; buckets behind the last that has some are left out.</summary>
    [Id(0)] public IReadOnlyList<long> Counts { get; init; } = [];

    /// <summary>The longest, in microseconds.</summary>
    [Id(1)] public long MaxMicroseconds { get; init; }

    /// <summary>How many were counted.</summary>
    public long Count => Counts.Sum();

    /// <summary>The bucket of a duration, in microseconds.</summary>
    public static int BucketOf(long microseconds)
    {
        var value = (ulong)Math.Max(0, microseconds);
        var power = Math.Max(0, BitOperations.Log2(value | 1) - StepBits);
        return (int)Math.Min(BucketCount - 1, (power << StepBits) + (long)(value >> power));
    }

    /// <summary>The largest duration of a bucket, in microseconds.</summary>
    public static long UpperBoundOf(int bucket)
    {
        var power = Math.Max(0, (bucket >> StepBits) - 1);
        return ((bucket - ((long)power << StepBits) + 1) << power) - 1;
    }

    /// <summary>The duration in milliseconds that a share of the calls does not exceed, at most 12.5 % too large; 0 when there are none.</summary>
    /// <param name="share">From 0 to 1.</param>
    public double PercentileMs(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(Count * share));
        long seen = 0;
        for (var bucket = 0; bucket < Counts.Count; bucket++)
        {
            seen += Counts[bucket];
            if (seen >= wanted) return Math.Min(UpperBoundOf(bucket), MaxMicroseconds) / 1_000.0;
        }

        return 0;
    }

    /// <summary>Both together.</summary>
    public Latencies Add(Latencies other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (longer, shorter) = Counts.Count >= other.Counts.Count ? (Counts, other.Counts) : (other.Counts, Counts);
        var sum = longer.ToArray();
        for (var bucket = 0; bucket < shorter.Count; bucket++)
        {
            sum[bucket] += shorter[bucket];
        }

        return new() { Counts = sum, MaxMicroseconds = Math.Max(MaxMicroseconds, other.MaxMicroseconds) };
    }
}
