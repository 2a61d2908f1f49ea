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

    private void Read(long fromMs, long untilMs, long stepMs, long ageMs)
    {
        for (long nowMs = fromMs; nowMs <= untilMs; nowMs += stepMs)
        {
            _leases.Read(new ClusterView(1, [Member(B, Orleans.Runtime.SiloStatus.Active) with { StoreLeaseAgeMs = ageMs }]), nowMs);
        }
    }
}
