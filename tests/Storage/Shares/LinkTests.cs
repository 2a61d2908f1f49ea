using Actors.Storage.Shares;

namespace Actors.Storage.Tests.Shares;

/// <summary>Links that go down and come back, and applications that need them.</summary>
public sealed class LinkTests
{
    private static readonly LinkHealthOptions Options = new();

    [Fact]
    public void R15_a_link_that_is_down_takes_no_copy_from_that_moment_on()
    {
        var link = new LinkHealth(Options, new Random(1));
        Assert.Equal(int.MaxValue, link.MaxCopies(0));

        link.Observe(1_000, isUp: false);

        Assert.Equal(0, link.MaxCopies(1_000));
        Assert.Equal(0, link.MaxCopies(10_000_000));
    }

    [Fact]
    public void R15_copies_come_back_one_after_the_other_after_the_hold_down()
    {
        var link = new LinkHealth(Options, new Random(1));
        link.Observe(0, isUp: false);
        link.Observe(5_000, isUp: true);
        Assert.Equal(0, link.MaxCopies(34_999));

        var arrivals = new List<long>();
        for (var nowMs = 35_000L; arrivals.Count < 6; nowMs += 10)
        {
            var copies = link.MaxCopies(nowMs);
            Assert.InRange(copies, arrivals.Count, arrivals.Count + 1); // never two at once
            if (copies > arrivals.Count) arrivals.Add(nowMs);
        }

        var pauses = arrivals.Zip(arrivals.Skip(1), (first, second) => second - first).ToList();
        Assert.Equal(35_000, arrivals[0]);
        Assert.All(pauses, pause => Assert.InRange(pause, 990, 3_010));
        Assert.True(pauses.Distinct().Count() > 2, "the pauses are not random");
        Assert.Equal(int.MaxValue, link.MaxCopies(5_000 + 30_000 + 600_000));
    }

    [Fact]
    public void R15_each_flap_doubles_the_hold_down_until_the_link_is_stable()
    {
        var link = new LinkHealth(Options, new Random(1));
        var nowMs = 0L;
        foreach (var seconds in (int[])[30, 60, 120, 240, 480, 960, 960])
        {
            link.Observe(nowMs, isUp: false);
            link.Observe(nowMs += 1_000, isUp: true);
            Assert.Equal(0, link.MaxCopies(nowMs + seconds * 1_000 - 1));
            Assert.Equal(1, link.MaxCopies(nowMs + seconds * 1_000));
            nowMs += 5_000; // down again before it counted as stable
        }

        nowMs += 600_000;
        link.Observe(nowMs, isUp: false);
        link.Observe(nowMs, isUp: true);
        Assert.Equal(1, link.MaxCopies(nowMs + 30_000));
    }

    [Fact]
    public void Load_of_applications_counts_at_once_and_is_forgotten_slowly()
    {
        var load = new ApplicationLoad(TimeSpan.FromSeconds(10));
        load.Observe(0, 1_000_000);
        Assert.Equal(1_000_000, load.At(0));

        load.Observe(10_000, 0);
        Assert.Equal(500_000, load.At(10_000));
        load.Observe(10_100, 2_000_000);
        Assert.Equal(2_000_000, load.At(10_100));
        load.Observe(10_200, -5);
        Assert.InRange(load.At(10_200), 1_980_000, 2_000_000);
        Assert.Equal(0, load.At(1_000_000));
    }
}
