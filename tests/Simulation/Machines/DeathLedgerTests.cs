using Actors.Runtime.Cluster;
using Orleans.Runtime;
using static Actors.Simulation.Tests.Machines.Silos;

namespace Actors.Simulation.Tests.Machines;

public sealed class DeathLedgerTests
{
    private static readonly ClusterTimings Timings = new() { LeaseMs = 2_000, ClockDrift = 0.01 };

    private readonly DeathLedger _deaths = new(Timings);

    [Fact]
    public void A_lease_is_over_a_little_after_its_length_because_clocks_differ() =>
        Assert.InRange(Timings.LeaseBoundMs, (long)(2_000 * 1.01 / 0.99), (long)(2_000 * 1.03));

    [Fact]
    public void Who_left_by_itself_is_finished()
    {
        _deaths.Install(View(1, A, B).Left(B), 0);
        Assert.True(_deaths.IsFinished(B));
    }

    [Fact]
    public void Who_was_declared_dead_is_not()
    {
        _deaths.Install(View(1, A, B).Dead(B, by: A), 0);
        Assert.False(_deaths.IsFinished(B));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_is_surely_dead_is_finished_as_soon_as_it_is_declared(bool evidenceFirst)
    {
        ClusterView both = View(1, A, B);
        ClusterView dead = both.Dead(B, by: A);
        _deaths.Install(evidenceFirst ? both : dead, 0);
        Assert.Equal(!evidenceFirst, _deaths.MarkCertain(B, evidenceFirst ? both : dead, 0));
        Assert.Equal(!evidenceFirst, _deaths.IsFinished(B));
        _deaths.Install(dead, 1);
        Assert.True(_deaths.IsFinished(B));
    }

    [Fact]
    public void The_stores_last_renewal_is_waited_out()
    {
        _deaths.Install(new ClusterView(2, [Member(A, SiloStatus.Active), Member(B, SiloStatus.Dead) with { Voters = [A], StoreLeaseAgeMs = 1_000 }]), 10_000);
        long overMs = 10_000 + Timings.LeaseBoundMs - 980;
        AssertFinishedAt(overMs);
    }

    [Fact]
    public void Who_had_no_word_of_the_store_for_longer_than_it_may_go_on_is_finished_whoever_has_not_told()
    {
        var dead = Member(B, SiloStatus.Dead) with { Voters = [A], StoreLeaseAgeMs = 60_000 };
        _deaths.Install(new ClusterView(2, [Member(A, SiloStatus.Active), dead]), 10_000);
        long overMs = 10_000 + Timings.StoreBoundMs - 58_800;
        Assert.Empty(_deaths.Expire(haveAllTold: false, overMs - 1));
        Assert.Equal([B], _deaths.Expire(haveAllTold: false, overMs));
    }

    [Fact]
    public void Who_has_a_successor_at_its_address_is_finished()
    {
        _deaths.Install(View(1, A, Of(1, generation: 2)).Dead(B, by: A), 0);
        Assert.True(_deaths.IsFinished(B));
        Assert.True(_deaths.IsCertain(B));
    }

    [Fact]
    public void When_the_store_says_nothing_a_whole_lease_is_waited_out()
    {
        _deaths.Install(View(1, A, B).Dead(B, by: A), 10_000);
        AssertFinishedAt(10_000 + Timings.LeaseBoundMs);
    }

    [Fact]
    public void This_silos_own_last_grant_is_waited_out()
    {
        _deaths.Install(View(1, A, B), 0);
        _deaths.Granted(B, 9_500);
        _deaths.Install(Old(B), 10_000);
        AssertFinishedAt(9_500 + Timings.LeaseBoundMs);
    }

    [Fact]
    public void The_last_grant_that_another_tells_of_is_waited_out()
    {
        _deaths.Install(Old(B), 10_000);
        _deaths.LearnGrants(new Dictionary<SiloAddress, long> { [B] = 500 }, 10_000);
        AssertFinishedAt(10_000 + Timings.LeaseBoundMs - 490);
    }

    [Fact]
    public void Who_is_dead_itself_may_have_granted_until_its_end_was_known()
    {
        ClusterView first = Old(B);
        _deaths.Install(new ClusterView(2, [.. first.Members, Member(C, SiloStatus.Active)]), 10_000);
        _deaths.Install(new ClusterView(3, [.. first.Members, Member(C, SiloStatus.Dead)]), 11_000);
        Assert.True(_deaths.IsFinished(C));
        AssertFinishedAt(11_000 + Timings.LeaseBoundMs);
    }

    [Fact]
    public void What_another_found_finished_is_finished()
    {
        ClusterView view = View(1, A, B).Dead(B, by: C);
        _deaths.Install(view, 0);
        _deaths.LearnFinished([B, D], view, 0);
        Assert.True(_deaths.IsFinished(B));
        Assert.False(_deaths.IsFinished(D));
    }

    [Fact]
    public void It_tells_how_old_its_grants_to_the_dead_are()
    {
        _deaths.Install(View(1, A, B, C, D), 0);
        _deaths.Granted(B, 700);
        _deaths.Granted(C, 800);
        ClusterView dead = View(1, A, B, C, D).Dead(B, by: A).Dead(D, by: A);
        _deaths.Install(dead, 900);
        Assert.Equal(new Dictionary<SiloAddress, long> { [B] = 300 }, _deaths.GrantAgesMs(1_000));
        _deaths.MarkCertain(B, dead, 1_000);
        Assert.Empty(_deaths.GrantAgesMs(1_000));
    }

    /// <summary>A view in which a silo is dead whose lease from the store is long over.</summary>
    private static ClusterView Old(SiloAddress dead) =>
        new(2, [Member(A, SiloStatus.Active), Member(dead, SiloStatus.Dead) with { Voters = [A], StoreLeaseAgeMs = 60_000 }]);

    private void AssertFinishedAt(long overMs)
    {
        Assert.Empty(_deaths.Expire(haveAllTold: true, overMs - 1));
        Assert.False(_deaths.IsFinished(B));
        Assert.Equal([B], _deaths.Expire(haveAllTold: true, overMs));
        Assert.True(_deaths.IsFinished(B));
        Assert.Empty(_deaths.Expire(haveAllTold: true, overMs));
    }
}
