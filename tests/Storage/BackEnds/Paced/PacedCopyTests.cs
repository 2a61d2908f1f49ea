using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Paced;
using Actors.Storage.Load;
using Actors.Storage.Pacing;
using Actors.Storage.Profiles;
using Actors.Storage.Tests.Load;

namespace Actors.Storage.Tests.BackEnds.Paced;

/// <summary>A copy within a node beside applications: what it is lent, its c-min-rate, and the disk decide.</summary>
public sealed class PacedCopyTests
{
    private const long Megabyte = 1_000_000;
    private const long Turn = 100_000_000;
    private const long Yield = 8 << 20;
    private const string Disk = "disk";

    private readonly FakeDisks _disks = new();
    private readonly DiskActivity _activity;
    private long _now = 1;
    private long _copied;

    public PacedCopyTests()
    {
        _disks.Work(Disk, 1_000_000);
        _activity = new DiskActivity(_disks);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(150)]
    public void It_grows_into_what_is_lent_and_never_takes_more(int megabytes)
    {
        var lent = megabytes * Megabyte;
        var copy = Copy(lent);
        long most = 0, last = 0;
        for (var turn = 0; turn < 200; turn++)
        {
            var took = Pass(copy, 0);
            most = Math.Max(most, took);
            if (turn >= 100) last += took;
        }

        Assert.InRange(last, (long)(lent * 10 * 0.98), lent * 10);
        Assert.InRange(most, 1, lent / 10);
    }

    [Fact]
    public void It_gives_way_to_an_application_down_to_its_c_min_rate_and_comes_back_after_it()
    {
        var copy = Copy(150 * Megabyte);
        for (var turn = 0; turn < 100; turn++) Pass(copy, 0);
        Assert.Equal(150 * Megabyte, copy.RateAt(_now).BytesPerSecond, 0.02 * 150 * Megabyte);
        for (var turn = 0; turn < 100; turn++) Pass(copy, 300);
        Assert.InRange(Sum(copy, 100, 300), Yield * 10 / 2, Yield * 10 * 12 / 10);

        for (var turn = 0; turn < 100; turn++) Pass(copy, 0);
        Assert.Equal(150 * Megabyte, copy.RateAt(_now).BytesPerSecond, 0.02 * 150 * Megabyte);
    }

    [Fact]
    public void A_fast_copy_is_back_two_seconds_after_it_gave_way_for_a_turn()
    {
        const long lent = 500 * Megabyte;
        var copy = Copy(lent);
        for (var turn = 0; turn < 100; turn++) Pass(copy, 0);
        Pass(copy, 300);
        Assert.Equal(0, copy.RateAt(_now).BytesPerSecond);
        for (var turn = 0; turn < 20; turn++) Pass(copy, 0);
        Assert.InRange(Sum(copy, 10, 0), (long)(lent * 0.98), lent);
    }

    [Theory]
    [InlineData(50, 2)]
    [InlineData(500, 30)]
    public void Turns_that_come_late_and_early_take_nothing_from_what_is_lent(int megabytes, int lateMs)
    {
        var lent = megabytes * Megabyte;
        var copy = Copy(lent);
        for (var turn = 0; turn < 100; turn++) Pass(copy, 0, turnMs: 100 + (turn % 2 == 0 ? lateMs : -lateMs));
        var took = Enumerable.Range(0, 100).Sum(turn => Pass(copy, 0, turnMs: 100 + (turn % 2 == 0 ? lateMs : -lateMs)));
        Assert.InRange(took, (long)(lent * 10 * 0.99), lent * 10);
    }

    [Fact]
    public void Below_its_c_min_rate_it_gives_way_to_nobody()
    {
        var copy = Copy(4 * Megabyte);
        for (var turn = 0; turn < 50; turn++) Pass(copy, 10_000);
        Assert.Equal(40 * Megabyte, Sum(copy, 100, 10_000), 0.02 * 40 * Megabyte);
    }

    [Fact]
    public void What_it_does_itself_is_no_application_also_while_it_is_under_way()
    {
        var copy = Copy(150 * Megabyte);
        for (var turn = 0; turn < 100; turn++) Pass(copy, 0);
        var took = Enumerable.Range(0, 100).Sum(turn => Pass(copy, 0, underWay: turn % 3 * 512));
        Assert.Equal(1_500 * Megabyte, took, 0.02 * 1_500 * Megabyte);
    }

    [Fact]
    public void An_application_is_seen_at_once_after_a_copy_that_had_said_too_much_of_itself()
    {
        var copy = Copy(150 * Megabyte);
        for (var turn = 0; turn < 100; turn++)
        {
            _activity.Begin(Disk, 1 << 20); // what it read was in memory
            _activity.End(Disk, 1 << 20);
            Pass(copy, 0);
        }

        Pass(copy, 300);
        Assert.Equal(0, copy.RateAt(_now).BytesPerSecond);
    }

    [Fact]
    public void Where_no_disk_is_of_this_machine_what_others_have_measured_counts_and_turns_are_longer()
    {
        var rate = Rate(150 * Megabyte);
        var copy = new PacedCopy(rate, [], _activity, isStoppedToYield: false, _now);
        for (var turn = 0; turn < 60; turn++) PassSecond(copy);
        Assert.Equal(150 * Megabyte, PassSecond(copy), 0.02 * 150 * Megabyte);

        copy.Lend(rate with { ApplicationBytesPerSecond = 5 * Megabyte }, _now);
        for (var turn = 0; turn < 10; turn++) PassSecond(copy);
        Assert.InRange(Enumerable.Range(0, 10).Sum(_ => PassSecond(copy)), Yield, Yield * 10 * 14 / 10);
    }

    [Fact]
    public void Less_is_taken_at_once_and_a_share_that_has_ended_is_none()
    {
        var copy = Copy(150 * Megabyte);
        for (var turn = 0; turn < 100; turn++) Pass(copy, 0);
        copy.Lend(Rate(3 * Megabyte), _now);
        Assert.Equal(3 * Megabyte, copy.RateAt(_now).BytesPerSecond);
        Assert.Equal(TimeSpan.FromSeconds(5), copy.RateAt(_now).TimeToLive);
        Assert.Equal(TimeSpan.Zero, copy.RateAt(_now + 6_000_000_000).TimeToLive);
    }

    [Fact]
    public void Over_a_link_the_c_min_rate_is_the_profiles_and_at_most_a_third_of_what_a_copy_takes()
    {
        Assert.Equal(81_920, CopyPacing.Over(PacingProfile.Find("2.5G")!, 1L << 40).YieldRateKiBps);
        Assert.Equal(200 * 1_024 / 3, CopyPacing.Over(PacingProfile.Find("25G")!, 200L << 20).YieldRateKiBps);
        Assert.Equal(8_192, CopyPacing.OverNoLink(8 << 20).YieldRateKiBps);
        Assert.Equal(0, CopyPacing.OverNoLink(0).YieldRateKiBps);
        Assert.Empty(CopyPacing.OverNoLink(long.MaxValue).Controller.Mistakes());
        Assert.Equal((0, 50), (CopyPacing.Over(PacingProfile.Find("25G")!, 200L << 20).FillTargetMs, CopyPacing.OverNoLink(0).FillTargetMs)); // a link's fill target is its profile's
    }

    private static CopyRate Rate(long lent) => new(lent, TimeSpan.FromSeconds(5), CopyPacing.OverNoLink(Yield));

    private PacedCopy Copy(long lent) => new(Rate(lent), [Disk], _activity, isStoppedToYield: true, _now);

    // A turn in which the copy does what it may, on a disk that shows it, beside an application.
    private long Pass(PacedCopy copy, long applicationSectors, long underWay = 0, int turnMs = 100)
    {
        var took = copy.RateAt(_now).BytesPerSecond * turnMs / 1_000;
        _now += Turn / 100 * turnMs;
        _copied += took;
        // Whole sectors, as a disk does: a part of one that the copy does not say is its own would be an application's.
        var sectors = 2 * (took / 512);
        _disks.Work(Disk, sectors + applicationSectors);
        _activity.Begin(Disk, 512 * (sectors + underWay));
        _activity.End(Disk, 512 * sectors);
        copy.Step(_now, _copied);
        _activity.End(Disk, 512 * underWay);
        _disks.Work(Disk, underWay);
        return took;
    }

    private long Sum(PacedCopy copy, int turns, long applicationSectors) => Enumerable.Range(0, turns).Sum(_ => Pass(copy, applicationSectors));

    private long PassSecond(PacedCopy copy)
    {
        var took = copy.RateAt(_now).BytesPerSecond;
        _now += 10 * Turn;
        _copied += took;
        copy.Step(_now, _copied);
        return took;
    }
}
