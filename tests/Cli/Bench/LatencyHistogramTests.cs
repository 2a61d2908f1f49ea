using Actors.Cli.Bench;

namespace Actors.Cli.Tests;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Percentiles_are_those_of_the_sorted_list_but_for_a_bucket(int seed)
    {
        var random = new Random(seed);
        var histogram = new LatencyHistogram();
        var all = new List<double>();
        for (var index = 0; index < 5000; index++)
        {
            var latency = TimeSpan.FromMicroseconds(Math.Exp(random.NextDouble() * 17));
            histogram.Record(latency);
            all.Add(latency.TotalMilliseconds);
        }

        all.Sort();
        foreach (var share in (double[])[0.01, 0.5, 0.9, 0.99, 1])
        {
            var exact = all[(int)Math.Ceiling(all.Count * share) - 1];
            Assert.InRange(histogram.PercentileMs(share), exact * 0.999 - 0.001, (exact * 1.017) + 0.001);
        }

        Assert.Equal(all[^1], histogram.Summarize().Max, 0.001);
        Assert.Equal(5000, histogram.Count);
    }

    [Fact]
    public void Nothing_recorded_is_0() => Assert.Equal(new LatencySummary(0, 0, 0), new LatencyHistogram().Summarize());

    [Fact]
    public void Many_threads_lose_nothing()
    {
        var histogram = new LatencyHistogram();
        Parallel.For(0, 8, thread =>
        {
            for (var index = 0; index < 10_000; index++)
            {
                histogram.Record(TimeSpan.FromMilliseconds(thread + 1));
            }
        });
        Assert.Equal(80_000, histogram.Count);
        Assert.Equal(8, histogram.Summarize().Max);
        Assert.InRange(histogram.PercentileMs(0.5), 4, 4.1);
    }
}
