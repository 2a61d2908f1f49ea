using Actors.Storage.Pacing;

namespace Actors.Storage.Tests.Pacing;

/// <summary>c-min-rate is a threshold for giving way, and nothing else.</summary>
public sealed class MinimumRateGateTests
{
    private const int MinRateKiBps = 81_920;

    [Theory]
    [InlineData(true, 122_880, 6, false)] // 81,920 KiB/s: not above
    [InlineData(true, 122_886, 6, true)]
    [InlineData(true, 400_000, 6, true)]
    [InlineData(true, -5, 6, false)]
    [InlineData(true, 0, 6, false)]
    [InlineData(false, 400_000, 6, false)]
    [InlineData(true, 20_480, 0, false)] // as if in one second: 81,920 KiB/s
    [InlineData(true, 20_481, 0, true)]
    public void R7_a_copy_gives_way_only_when_it_is_faster_and_the_disk_is_in_use(bool isBusy, long progressBlocks, long seconds, bool expected)
    {
        Assert.Equal(expected, MinimumRateGate.Decide(MinRateKiBps, isBusy, progressBlocks, seconds));
        Assert.False(MinimumRateGate.Decide(0, isBusy, progressBlocks, seconds));
    }

    [Fact]
    public void A_copy_gives_way_for_as_long_as_applications_use_the_disk()
    {
        const long total = 10_000_000;
        var gate = new MinimumRateGate(MinRateKiBps, 0, total, applicationSectors: 1_000);
        var left = total;

        for (var nowMs = 100; nowMs <= 10_000; nowMs += 100)
        {
            left -= 4_000; // 160,000 KiB/s
            Assert.False(gate.MustYield(nowMs, left, applicationWaiters: 0, applicationSectors: 1_064)); // 64 sectors are no use
        }

        Assert.True(gate.MustYield(10_100, left, 0, 1_065));
        Assert.False(gate.MustYield(10_200, left, 0, 1_065 + 64)); // the baseline has moved on
        Assert.True(gate.MustYield(10_300, left, 1, 1_065 + 64)); // one that waits is enough
    }

    [Fact]
    public void Speed_is_that_of_the_last_three_to_six_seconds()
    {
        var gate = new MinimumRateGate(MinRateKiBps, 0, 10_000_000, 0);
        var left = 10_000_000L;
        var yields = new List<bool>();
        for (var second = 1; second <= 30; second++)
        {
            left -= second <= 10 ? 40_000 : 4_000; // 160,000 KiB/s, then 16,000
            yields.Add(gate.MustYield(second * 1_000, left, applicationWaiters: 1, applicationSectors: 0));
        }

        Assert.All(yields[..10], Assert.True);
        Assert.InRange(yields.IndexOf(false), 12, 16);
        Assert.All(yields[16..], Assert.False);
    }

    [Fact]
    public void While_nothing_is_copied_the_marks_stay_where_they_are()
    {
        var gate = new MinimumRateGate(MinRateKiBps, 0, 1_000_000, 0);
        Assert.True(gate.MustYield(3_000, 900_000, 1, 0)); // 133,333 KiB/s
        for (var nowMs = 4_000; nowMs < 60_000; nowMs += 1_000)
            gate.MustYield(nowMs, 900_000, 1, 0);

        // 300,000 blocks in 60 s, from the first mark: 20,000 KiB/s, though all of the last came at once.
        Assert.False(gate.MustYield(60_000, 700_000, 1, 0));
    }
}
