using Actors.Grains.Overview;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Grains.Tests.Overview;

public sealed class LatenciesTests
{
    [Fact]
    public void Buckets_are_in_order_leave_no_gap_and_are_an_eighth_wide()
    {
        long next = 0;
        for (var bucket = 0; bucket < Latencies.BucketCount - 1; bucket++)
        {
            var last = Latencies.UpperBoundOf(bucket);
            Assert.Equal(bucket, Latencies.BucketOf(next));
            Assert.Equal(bucket, Latencies.BucketOf(last));
            Assert.InRange(last - next, 0, next / 8);
            next = last + 1;
        }

        Assert.True(next > 60_000_000, $"the last bucket begins at {next} µs");
        Assert.Equal(Latencies.BucketCount - 1, Latencies.BucketOf(long.MaxValue));
        Assert.Equal(0, Latencies.BucketOf(-1));
    }

    [Fact]
    public void What_two_silos_counted_adds_up_to_what_one_would_have_counted() =>
        Prop.ForAll(
            ArbMap.Default.GeneratorFor<int[]>().Two().Select(static pair => (pair.Item1.Select(Positive).ToArray(), pair.Item2.Select(Positive).ToArray())).ToArbitrary(),
            static pair =>
            {
                var (left, right) = pair;
                var sum = Of(left).Add(Of(right));
                var both = Of([.. left, .. right]);
                return sum.Counts.SequenceEqual(both.Counts) && sum.MaxMicroseconds == both.MaxMicroseconds && sum.Count == left.Length + right.Length;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_percentile_is_at_most_an_eighth_too_large()
    {
        var thousand = Of([.. Enumerable.Range(1, 1_000).Select(static ms => ms * 1_000L)]);
        Assert.InRange(thousand.PercentileMs(0.5), 500, 500 * 1.125);
        Assert.InRange(thousand.PercentileMs(0.99), 990, 1_000);
        Assert.Equal(1_000, thousand.PercentileMs(1));
        Assert.Equal(0, Latencies.None.PercentileMs(0.5));
    }

    private static long Positive(int value) => Math.Abs((long)value);

    private static Latencies Of(long[] microseconds)
    {
        var counts = new long[Latencies.BucketCount];
        foreach (var one in microseconds)
        {
            counts[Latencies.BucketOf(one)]++;
        }

        return new() { Counts = counts[..(counts.AsSpan().LastIndexOfAnyExcept(0) + 1)], MaxMicroseconds = microseconds.DefaultIfEmpty().Max() };
    }
}
