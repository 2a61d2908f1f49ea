using Actors.Runtime.Cluster;
using Orleans.Runtime;
using static Actors.Simulation.Tests.Machines.Silos;

namespace Actors.Simulation.Tests.Machines;

public sealed class HandOverTests
{
    [Fact]
    public void A_list_in_parts_counts_when_all_parts_are_there()
    {
        GrainId[] mine = [.. Enumerable.Range(0, 100).Select(static number => GrainId.Create("test", $"grain-{number}")).Where(static grain => A.Equals(View(1, A, B).HomeOf(grain))).Take(3)];
        var handOver = new HandOver(A, new DeathLedger(new ClusterTimings()));
        handOver.Install(View(1, A, B));
        handOver.OnPage(B, 1, 0, [mine[0]]);
        Assert.False(handOver.OnInstalled(B, 1, [mine[2]], pages: 2));
        handOver.OnPage(B, 1, 0, [mine[0]]);
        handOver.OnPage(B, 1, 2, [mine[1]]);
        Assert.False(handOver.OnInstalled(B, 1, [mine[2]], pages: 2));
        Assert.False(handOver.IsSettled);
        handOver.OnPage(B, 1, 0, [mine[0]]);
        handOver.OnPage(B, 1, 1, [mine[1]]);
        Assert.True(handOver.OnInstalled(B, 1, [mine[2]], pages: 2));
        Assert.All(mine, grain => Assert.Equal(Permission.Wait, handOver.MayActivate(grain)));
        handOver.OnReleased(B, 1, mine);
        Assert.All(mine, grain => Assert.Equal(Permission.Serve, handOver.MayActivate(grain)));
        handOver.OnPage(B, 1, 0, [mine[0]]);
        Assert.True(handOver.OnInstalled(B, 1, []));
        Assert.True(handOver.IsQuick);
    }

    private readonly DeathLedger _deaths = new(new ClusterTimings());

    [Fact]
    public void Nothing_is_activated_before_all_holders_have_told()
    {
        ClusterView first = View(1, A, B, C);
        HandOver mine = Installed(first);
        GrainId grain = GrainOf((first, A));
        Assert.Equal(Permission.Wait, mine.MayActivate(grain));
        mine.OnInstalled(B, 1, []);
        Assert.Equal(Permission.Wait, mine.MayActivate(grain));
        Assert.Equal([C], mine.Missing);
        mine.OnInstalled(C, 1, []);
        Assert.True(mine.IsSettled);
        Assert.Equal(Permission.Serve, mine.MayActivate(grain));
        Assert.Equal(Permission.Elsewhere, mine.MayActivate(GrainOf((first, B))));
    }

    [Fact]
    public void What_a_silo_still_has_waits_until_it_lets_go()
    {
        ClusterView first = View(1, A, B);
        HandOver mine = Installed(first);
        GrainId held = GrainOf((first, A));
        mine.OnInstalled(B, 1, [held]);
        Assert.True(mine.IsSettled);
        Assert.Equal(Permission.Wait, mine.MayActivate(held));
        mine.OnReleased(B, 1, [held]);
        Assert.Equal(Permission.Serve, mine.MayActivate(held));
    }

    [Fact]
    public void Who_let_go_in_another_view_may_have_it_again()
    {
        ClusterView first = View(1, A, B);
        HandOver mine = Installed(first);
        GrainId held = GrainOf((first, A));
        mine.OnInstalled(B, 1, [held]);
        mine.OnReleased(B, 0, [held]);
        Assert.Equal(Permission.Wait, mine.MayActivate(held));
    }

    [Fact]
    public void What_is_told_of_another_view_does_not_settle_this_one()
    {
        HandOver mine = Installed(View(1, A, B));
        mine.Install(View(2, A, B));
        Assert.False(mine.OnInstalled(B, 1, []));
        Assert.False(mine.IsSettled);
        Assert.True(mine.OnInstalled(B, 2, []));
        Assert.True(mine.IsSettled);
    }

    [Fact]
    public void The_newest_list_counts()
    {
        ClusterView first = View(1, A, B);
        HandOver mine = Installed(first);
        GrainId held = GrainOf((first, A));
        mine.OnInstalled(B, 1, [held]);
        mine.OnInstalled(B, 1, []);
        Assert.Equal(Permission.Serve, mine.MayActivate(held));
    }

    [Fact]
    public void What_was_mine_in_every_view_since_the_last_settled_one_is_served_at_once()
    {
        ClusterView both = View(1, A, B);
        ClusterView three = View(2, A, B, C);
        ClusterView again = View(3, A, B);
        HandOver mine = Installed(both);
        mine.OnInstalled(B, 1, []);
        GrainId mineAlways = GrainOf((both, A), (three, A));
        GrainId mineTwice = GrainOf((both, A), (three, C));
        mine.Install(three);
        Assert.Equal(Permission.Serve, mine.MayActivate(mineAlways));
        Assert.Equal(Permission.Elsewhere, mine.MayActivate(mineTwice));
        mine.Install(again);
        Assert.Equal(Permission.Serve, mine.MayActivate(mineAlways));
        Assert.Equal(Permission.Wait, mine.MayActivate(mineTwice));
    }

    [Fact]
    public void What_the_dead_had_told_of_waits_until_they_are_finished()
    {
        ClusterView first = View(1, A, B, C);
        HandOver mine = Installed(first);
        GrainId held = GrainOf((first, A), (View(2, A, C), A));
        mine.OnInstalled(B, 1, [held]);
        mine.OnInstalled(C, 1, []);
        ClusterView second = first.Dead(B, by: C);
        _deaths.Install(second, nowMs: 0);
        mine.Install(second);
        mine.OnInstalled(C, 2, []);
        Assert.False(mine.IsSettled);
        Assert.Equal(Permission.Wait, mine.MayActivate(held));
        _deaths.MarkCertain(B, second, nowMs: 0);
        mine.Reconsider();
        Assert.True(mine.IsSettled);
        Assert.Equal(Permission.Serve, mine.MayActivate(held));
    }

    [Fact]
    public void A_silo_that_only_joins_has_nothing_and_is_not_waited_for()
    {
        HandOver mine = Installed(View(1, A).Is(B, SiloStatus.Joining));
        Assert.True(mine.IsSettled);
    }

    [Fact]
    public void Others_are_told_of_their_grains_only()
    {
        ClusterView first = View(1, A, B, C);
        HandOver mine = Installed(first);
        GrainId ofB = GrainOf((first, B));
        GrainId ofC = GrainOf((first, C));
        GrainId ofMe = GrainOf((first, A));
        Assert.Equal([ofB], mine.StillHeldFor(B, [ofMe, ofB, ofC]));
    }

    private HandOver Installed(ClusterView view)
    {
        var mine = new HandOver(A, _deaths);
        mine.Install(view);
        return mine;
    }
}
