using Actors.Runtime.Cluster;
using static Actors.Simulation.Tests.Machines.Silos;

namespace Actors.Simulation.Tests.Machines;

public sealed class StoreLeasesTests
{
    private readonly StoreLeases _leases = new(new ClusterTimings { StoreSilenceMs = 10_000, StoreReadGapMs = 4_000 });

    [Fact]
    public void An_old_lease_says_nothing_before_the_table_was_read_for_long_enough()
    {
        Read(fromMs: 0, untilMs: 9_000, stepMs: 1_000, ageMs: 600_000);
        Assert.False(_leases.IsSilent(B, 9_500));
        Read(fromMs: 10_000, untilMs: 10_000, stepMs: 1_000, ageMs: 600_000);
        Assert.True(_leases.IsSilent(B, 10_000));
        Assert.False(_leases.IsSilent(C, 10_000));
    }

    [Fact]
    public void Who_renews_is_not_silent()
    {
        Read(fromMs: 0, untilMs: 60_000, stepMs: 1_000, ageMs: 900);
        Assert.False(_leases.IsSilent(B, 60_000));
    }

    [Fact]
    public void After_a_gap_it_begins_anew()
    {
        Read(fromMs: 0, untilMs: 20_000, stepMs: 4_000, ageMs: 600_000);
        Assert.True(_leases.IsSilent(B, 20_000));
        Assert.False(_leases.IsSilent(B, 24_001));
        Read(fromMs: 24_001, untilMs: 24_001, stepMs: 1, ageMs: 600_000);
        Assert.False(_leases.IsSilent(B, 24_001));
    }

    [Fact]
    public void At_the_first_look_every_renewal_is_new_whatever_the_store_says()
    {
        Assert.Equal(0, Look(nowMs: 50, renewal: 1, ageMs: 7_200_000));
        Assert.False(_leases.IsOver(B));
        Assert.Equal(1_000, Look(nowMs: 1_050, renewal: 1, ageMs: 7_201_000));
    }

    [Fact]
    public void When_the_stores_clock_steps_forward_a_new_renewal_is_no_older_than_the_last_look()
    {
        Look(nowMs: 0, renewal: 1, ageMs: 100);
        Assert.Equal(1_000, Look(nowMs: 1_000, renewal: 2, ageMs: 3_600_000));
        Assert.Equal(2_000, Look(nowMs: 2_000, renewal: 2, ageMs: 3_601_000));
        Assert.False(_leases.IsOver(B));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3_600_000, 0)]
    [InlineData(-3_600_000, 0)]
    [InlineData(0, 3_600_000)]
    [InlineData(0, -3_600_000)]
    public void However_the_stores_clock_steps_between_two_looks_a_renewal_is_no_older_than_it_is(long beforeMs, long afterMs)
    {
        // The store's clock is this silo's and 50 ms at the first look; it renews at 7,000.
        Look(nowMs: 1_000, renewal: Ticks(950), ageMs: 100);
        long renewedMs = 7_050 + beforeMs;
        long age = Look(nowMs: 9_000, renewal: Ticks(renewedMs), ageMs: 9_050 + beforeMs + afterMs - renewedMs);
        Assert.InRange(age, 0, 2_000);
        Assert.True(beforeMs + afterMs != 0 || age == 2_000);

        static long Ticks(long ms) => ms * TimeSpan.TicksPerMillisecond;
    }

    [Fact]
    public void When_the_stores_clock_steps_back_a_lease_grows_old_nevertheless()
    {
        Look(nowMs: 0, renewal: 1, ageMs: 100);
        for (long nowMs = 1_000; nowMs < 10_000; nowMs += 1_000)
        {
            Look(nowMs, renewal: 1, ageMs: -3_600_000);
        }

        Assert.False(_leases.IsSilent(B, 9_500));
        Assert.Equal(10_000, Look(nowMs: 10_000, renewal: 1, ageMs: -3_600_000));
        Assert.True(_leases.IsSilent(B, 10_000));
    }

    [Fact]
    public void What_was_renewed_by_a_clock_that_was_set_back_is_young()
    {
        Look(nowMs: 0, renewal: 3_600_000, ageMs: 100);
        Assert.Equal(0, Look(nowMs: 1_000, renewal: 5, ageMs: -7));
    }

    private void Read(long fromMs, long untilMs, long stepMs, long ageMs)
    {
        for (long nowMs = fromMs; nowMs <= untilMs; nowMs += stepMs)
        {
            Look(nowMs, renewal: ageMs < 1_000 ? nowMs : 1, ageMs);
        }
    }

    /// <summary>The table is read.</summary>
    /// <returns>The age that counts.</returns>
    private long Look(long nowMs, long renewal, long ageMs) =>
        _leases.Read(new ClusterView(1, [Member(B, Orleans.Runtime.SiloStatus.Active) with { StoreLeaseAgeMs = ageMs, Renewal = renewal }]), nowMs).Members[0].StoreLeaseAgeMs;
}
