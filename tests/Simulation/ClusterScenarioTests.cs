using Actors.Simulation.Tests.Cluster;
using Orleans.Runtime;

namespace Actors.Simulation.Tests;

/// <summary>What operators know from their clusters, one story each, over several seeds; times are virtual.</summary>
public sealed class ClusterScenarioTests
{
    private const double WholeMs = 8_000;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Silos_that_start_together_all_become_members_and_none_is_declared_dead(int seed)
    {
        var world = new World(seed, nodes: 3, staggered: false);
        world.Network.SlowMs = 100;
        foreach (SimNode node in world.Nodes)
        {
            // A slow machine: each process stands still again and again.
            for (int atMs = 0; atMs < 20_000; atMs += 900)
            {
                world.Time.After(atMs + world.Chance.Between(0, 400), () => node.Silo?.Pause(world.Chance.Between(50, 600)));
            }
        }

        world.Time.RunUntil(30_000);
        AssertWhole(world);
        Assert.All(world.Nodes, static node => Assert.Equal(1, node.Silo!.Address.Generation));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Grains_of_a_killed_process_answer_elsewhere_within_half_a_second(int seed)
    {
        World world = Whole(seed);
        world.Nodes[1].Kill(withHost: false);
        AssertAllAnswerWithin(world, 500);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Grains_of_a_stopped_process_answer_elsewhere_within_three_seconds_and_it_ends_when_it_wakes(int seed)
    {
        World world = Whole(seed);
        SimSilo stopped = world.Nodes[1].Silo!;
        stopped.Pause(20_000);
        AssertAllAnswerWithin(world, 3_000);
        Assert.Same(stopped, world.Nodes[1].Silo);
        world.Time.RunUntil(world.Time.NowMs + 30_000);
        Assert.Equal(2, world.Nodes[1].Silo!.Address.Generation);
        AssertWhole(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Grains_of_a_lost_host_answer_elsewhere_within_four_seconds(int seed)
    {
        World world = Whole(seed);
        world.Nodes[1].Kill(withHost: true);
        AssertAllAnswerWithin(world, 4_000);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_store_that_is_away_for_minutes_costs_no_member_and_no_call(int seed)
    {
        World world = Whole(seed, writes: false);
        AssertAllAnswerWithin(world, 500); // all grains are in memory: who is not cannot be read now
        long version = world.Store.View.Version;
        world.Store.IsDown = true;
        for (int minute = 0; minute < 4; minute++)
        {
            world.Time.RunUntil(world.Time.NowMs + 60_000);
            AssertWhole(world);
            AssertAllAnswerWithin(world, 500);
            Assert.All(world.Nodes, static node => Assert.True(node.Silo!.HasLease));
        }

        world.Store.IsDown = false;
        world.Time.RunUntil(world.Time.NowMs + 10_000);
        AssertWhole(world);
        Assert.Equal(version, world.Store.View.Version);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void While_the_store_is_away_a_dead_silos_grains_wait_and_the_others_go_on(int seed)
    {
        World world = Whole(seed);
        world.Store.IsDown = true;
        SiloAddress dead = world.Nodes[1].Silo!.Address;
        world.Nodes[1].Kill(withHost: false);
        world.Time.RunUntil(world.Time.NowMs + 60_000);
        Assert.All([world.Nodes[0].Silo!, world.Nodes[2].Silo!], silo => Assert.True(silo.IsActive && silo.HasLease && silo.View.IsLive(dead)));
        world.Store.IsDown = false;
        AssertAllAnswerWithin(world, 2_500);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Two_silos_that_do_not_reach_each_other_do_not_stay_both(int seed)
    {
        World world = Whole(seed);
        world.Network.Cut(world.Nodes[0], world.Nodes[1]);
        world.Time.RunUntil(world.Time.NowMs + 14_000);
        Assert.NotEqual(2, world.Nodes.Take(2).Count(node => node.Silo is { } silo && world.Store.View.Find(silo.Address) is { Status: SiloStatus.Active }));
        Assert.Equal(SiloStatus.Active, world.Store.View.Find(world.Nodes[2].Silo!.Address)!.Status);
        world.Network.MendAll();
        world.Time.RunUntil(world.Time.NowMs + 20_000);
        AssertWhole(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_silo_that_is_cut_off_from_everything_runs_no_turns_and_ends_when_it_comes_back(int seed)
    {
        World world = Whole(seed);
        SimNode lost = world.Nodes[1];
        foreach (SimNode other in world.Nodes)
        {
            world.Network.Cut(lost, other);
            world.Network.Cut(other, lost);
        }

        lost.IsCutFromStore = true;
        AssertAllAnswerWithin(world, 4_000);
        Assert.False(lost.Silo!.HasLease);
        world.Network.MendAll();
        lost.IsCutFromStore = false;
        world.Time.RunUntil(world.Time.NowMs + 20_000);
        Assert.Equal(2, lost.Silo!.Address.Generation);
        AssertWhole(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void When_one_is_left_of_three_and_the_others_may_only_be_cut_off_it_removes_no_second(int seed)
    {
        World world = Whole(seed);
        world.Nodes[1].Kill(withHost: true);
        world.Nodes[2].Kill(withHost: true);
        world.Time.RunUntil(world.Time.NowMs + 60_000);
        Assert.Equal(2, world.Store.View.Members.Count(static member => member.IsHolder));
        Assert.Contains("does not answer", world.Nodes[0].Silo!.Hindrance, StringComparison.Ordinal);
        world.Nodes[1].IsHostDown = false;
        world.Nodes[2].IsHostDown = false;
        AssertAllAnswerWithin(world, 8_000);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_rolling_restart_declares_nobody_dead_and_every_call_is_answered_soon(int seed)
    {
        World world = Whole(seed);
        foreach (SimNode node in world.Nodes)
        {
            node.Silo!.Leave();
            AssertAllAnswerWithin(world, 1_000);
            world.Time.RunUntil(world.Time.NowMs + 15_000);
            AssertWhole(world);
        }

        Assert.All(world.Nodes, static node => Assert.Equal(2, node.Silo!.Address.Generation));
        Assert.All(world.Store.View.Members, static member => Assert.Empty(member.Voters));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_write_of_a_turn_that_is_cut_off_is_refused_when_it_arrives(int seed)
    {
        World world = Whole(seed);
        SimSilo leaving = world.Nodes[1].Silo!;
        GrainId grain = world.Grains.First(grain => world.Store.HasRow(grain) && leaving.Address.Equals(leaving.View.HomeOf(grain)));
        leaving.WriteLate(grain, afterMs: 4_500); // half a second before it is cut off
        world.Store.Slow = (grain, DelayMs: 3_000);
        leaving.Leave();
        PendingCall call = world.Nodes[0].Silo!.Call(grain, everyMs: 50);
        world.Time.RunUntil(world.Time.NowMs + 4_900);
        world.Store.Slow = null;
        Assert.False(call.IsAnswered);
        Assert.Equal(0, world.Oracle.Taken);
        world.Time.RunUntil(world.Time.NowMs + 1_500);
        Assert.True(call.IsAnswered);
        Assert.Equal(0, world.Oracle.LateWritesRefused);
        world.Time.RunUntil(world.Time.NowMs + 2_000);
        Assert.Equal(1, world.Oracle.LateWritesRefused);
        Assert.True(world.Oracle.Taken > 0);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void When_all_processes_are_killed_at_once_the_new_ones_form_a_cluster(int seed)
    {
        World world = Whole(seed);
        foreach (SimNode node in world.Nodes)
        {
            node.Kill(withHost: false);
            world.Time.After(world.Chance.Between(0, 5_000), node.Start);
        }

        world.Time.RunUntil(world.Time.NowMs + 20_000);
        AssertWhole(world);
        AssertAllAnswerWithin(world, 500);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void When_all_processes_are_killed_and_one_host_stays_away_the_others_form_a_cluster(int seed)
    {
        World world = Whole(seed);
        world.Nodes[0].Kill(withHost: false);
        world.Nodes[1].Kill(withHost: false);
        world.Nodes[2].Kill(withHost: true);
        world.Time.After(1_000, world.Nodes[0].Start);
        world.Time.After(3_000, world.Nodes[1].Start);
        world.Time.RunUntil(world.Time.NowMs + 10_000);
        Assert.Contains("node 2 at", world.Nodes[0].Silo!.Hindrance, StringComparison.Ordinal);
        world.Time.RunUntil(world.Time.NowMs + 17_000);
        Assert.All(world.Nodes.Take(2), static node => Assert.True(node.Silo is { IsActive: true, IsSettled: true, Hindrance: null }, node.Silo!.Hindrance));
        AssertAllAnswerWithin(world, 500);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void When_all_processes_are_killed_and_two_hosts_stay_away_the_third_waits_as_long_as_they_may_run_without_the_store(int seed)
    {
        World world = Whole(seed);
        foreach (SimNode node in world.Nodes)
        {
            node.Kill(withHost: node.Number != 0);
        }

        world.Time.After(1_000, world.Nodes[0].Start);
        world.Time.RunUntil(world.Time.NowMs + 60_000);
        Assert.False(world.Nodes[0].Silo!.IsActive);
        Assert.Contains("write that it is dead", world.Nodes[0].Silo!.Hindrance, StringComparison.Ordinal);
        Assert.Contains("for 15 minutes", world.Nodes[0].Silo!.Hindrance, StringComparison.Ordinal);
        world.Time.RunUntil(world.Time.NowMs + world.Timings.StoreBoundMs);
        Assert.True(world.Nodes[0].Silo is { IsActive: true, IsSettled: true, Hindrance: null }, world.Nodes[0].Silo!.Hindrance);
        AssertAllAnswerWithin(world, 500);
    }

    /// <summary>Three silos that are members and serve.</summary>
    private static World Whole(int seed, bool writes = true)
    {
        var world = new World(seed, nodes: 3) { IsTroubled = false, Writes = writes };
        world.Time.RunUntil(WholeMs);
        AssertWhole(world);
        return world;
    }

    private static void AssertWhole(World world)
    {
        foreach (SimNode node in world.Nodes)
        {
            Assert.True(node.Silo is { IsActive: true, IsSettled: true }, $"Node {node.Number} at {world.Time.NowMs}: {node.Silo?.View}");
            Assert.Equal(world.Nodes.Count, node.Silo!.View.Members.Count(static member => member.IsPlaceable));
        }
    }

    /// <summary>From now on each live silo asks each grain; all have to be answered in time.</summary>
    private static void AssertAllAnswerWithin(World world, double timeMs)
    {
        double fromMs = world.Time.NowMs;
        var calls = new List<PendingCall>();
        foreach (SimSilo silo in world.Nodes.Select(static node => node.Silo).OfType<SimSilo>())
        {
            if (!silo.IsPaused && !silo.IsLeaving && silo.Reaches(world))
            {
                foreach (GrainId grain in world.Grains)
                {
                    calls.Add(silo.Call(grain, everyMs: 50));
                }
            }
        }

        world.Time.RunUntil(fromMs + timeMs);
        Assert.NotEmpty(calls);
        Assert.All(calls, call => Assert.True(call.IsAnswered, $"{call.Grain} did not answer within {timeMs} ms after {fromMs}."));
    }
}
