using Actors.AgentLoad.Measures;
using Actors.AgentLoad.Running;

namespace Actors.AgentLoad.Tests.Running;

public sealed class GeneratorLimitsTests
{
    private static readonly TimeSpan MaxLateness = TimeSpan.FromMilliseconds(100);
    private static readonly LoadResult Fine = new() { BusyShare = 0.9, DueUpdates = 1_000, PacedUpdates = 950, Lateness = Late(99) };

    [Fact]
    public void A_load_at_all_its_limits_is_none() => Assert.Empty(GeneratorLimits.Find(Fine, MaxLateness));

    [Fact]
    public void A_run_without_traffic_has_none() => Assert.Empty(GeneratorLimits.Find(new LoadResult(), MaxLateness));

    [Fact]
    public void A_busy_thread_is_one() => Assert.Equal(
        ["The load generator was the limit: a thread of it was busy for 97.3 % of the traffic (90 % at most)."],
        GeneratorLimits.Find(Fine with { BusyShare = 0.973 }, MaxLateness));

    [Fact]
    public void Updates_that_were_not_sent_are_one() => Assert.Equal(
        ["The load generator was the limit: it sent 1,899 of the 2,000 updates that were due by the clock (95 % at least)."],
        GeneratorLimits.Find(Fine with { DueUpdates = 2_000, PacedUpdates = 1_899 }, MaxLateness));

    [Fact]
    public void Late_updates_are_one()
    {
        var limit = Assert.Single(GeneratorLimits.Find(Fine with { Lateness = Late(250) }, MaxLateness));
        Assert.Matches(@"^The load generator was the limit: the p99 of how late it sent is 25\d(\.\d)? ms \(100 ms at most\)\.$|is 250 ms", limit);
    }

    [Fact]
    public void Of_several_processes_the_busiest_counts_and_their_updates_add_up()
    {
        var sum = LoadResult.Sum([Fine, Fine with { BusyShare = 0.95, PacedUpdates = 900 }], 1);
        Assert.Equal((0.95, 2_000, 1_850), (sum.BusyShare, sum.DueUpdates, sum.PacedUpdates));
        Assert.Equal(2, GeneratorLimits.Find(sum, MaxLateness).Count);
    }

    private static LatencyCounts Late(long ms)
    {
        var latencies = new Latencies();
        latencies.Record(ms * 1_000_000);
        return latencies.ToCounts();
    }
}
