using Actors.Storage.Heat;
using Actors.Storage.Policies;
using Actors.Storage.Tiering;
using static Actors.Storage.Tests.Tiering.TierWorld;

namespace Actors.Storage.Tests.Tiering;

/// <summary>The decision over one volume.</summary>
public sealed class TierPlannerTests
{
    [Fact]
    public void Defect_1_the_watermarks_of_the_policy_count()
    {
        var policy = Policy(extra: "highWatermarkIOPS: 9000");
        Assert.Equal(TierAction.Stay, Decide(Volume("cold-a"), Policy(extra: "highWatermarkIOPS: 9000\n  warmWatermarkIOPS: 0"), Iops(8_000), Ready(Tier.Hot)).Action);
        Assert.Equal(TierAction.Move, Decide(Volume("cold-a"), policy, Iops(9_000), Ready(Tier.Hot)).Action);
        Assert.Equal((TierAction.Stay, TierAction.Move), (Cooled(Policy(extra: "lowWatermarkIOPS: 100")), Cooled(Policy(extra: "lowWatermarkIOPS: 300"))));
        Assert.Equal((TierAction.Move, TierAction.Stay), (Lukewarm(Policy()), Lukewarm(Policy(extra: "warmWatermarkIOPS: 1000"))));

        static TierAction Cooled(StoragePolicy policy) => Decide(Volume("warm-a"), policy, Iops(200), Ready(Tier.Cold)).Action;
        static TierAction Lukewarm(StoragePolicy policy) => Decide(Volume("hot-a"), policy, Iops(1_500), Ready(Tier.Warm)).Action;
    }

    [Fact]
    public void Defect_2_a_policy_is_about_the_volumes_that_it_selects()
    {
        var others = Policy(extra: "volumeSelector: { matchLabels: { app: cache } }");
        Assert.Null(PolicyOwnership.Of(Volume("cold-a"), [others]).Owner);
        Assert.Equal("fast", PolicyOwnership.Of(Volume("cold-a"), [others, Policy(extra: "volumeSelector: { matchExpressions: [ { key: app, operator: In, values: [db] } ] }")]).Owner!.Name);
        Assert.Null(PolicyOwnership.Of(Volume("cold-a"), [Policy(extra: "storageClassName: other")]).Owner);
    }

    [Fact]
    public void Defect_3_a_volume_that_moved_stays_for_the_cooldown()
    {
        var moved = Decide(Volume("hot-a"), Policy(), Iops(0), Ready(Tier.Cold));
        Assert.Equal(TierAction.Move, moved.Action);
        Assert.Equal(300_000 + 86_400_000, moved.Memory.CooldownUntilMs);

        var ready = moved.Memory with { Wanted = Tier.Hot, InRow = 9 };
        var blocked = Decide(Volume("cold-a"), Policy(), Iops(9_000, 300_000 + 86_399_999), ready);
        Assert.Equal(TierAction.Blocked, blocked.Action);
        Assert.Contains("stays until 1970-01-02", Assert.Single(blocked.Blocks));
        Assert.Equal(TierAction.Move, Decide(Volume("cold-a"), Policy(), Iops(9_000, 300_000 + 86_400_000), ready).Action);
    }

    [Fact]
    public void Defect_4_R5_a_policy_moves_no_more_volumes_than_it_says()
    {
        Assert.Equal(TierAction.Move, Decide(Volume("cold-a"), Policy(), Iops(9_000), Ready(Tier.Hot), moving: 1).Action);
        Assert.Contains("moves 2 volumes, its maximum", Assert.Single(Decide(Volume("cold-a"), Policy(), Iops(9_000), Ready(Tier.Hot), moving: 2).Blocks));
    }

    [Fact]
    public void Defect_5_R1_without_data_nothing_moves_and_the_row_begins_anew()
    {
        var decision = Decide(Volume("hot-a"), Policy(), new HeatReading(null, "Prometheus is down", 300_000), Ready(Tier.Cold));

        Assert.Equal((TierAction.Stay, Tier.Hot), (decision.Action, decision.To));
        Assert.Contains("Prometheus is down", decision.Why);
        Assert.Equal(0, decision.Memory.InRow);
    }

    [Fact]
    public void Defect_7_R4_a_pool_takes_what_fits_and_keeps_some_free()
    {
        var pools = new Dictionary<string, PoolFacts>(Pools);
        foreach (var name in (string[])["hot-a", "hot-b", "hot-c"])
            pools[name] = pools[name] with { FreeBytes = 110 * Gigabyte - 1 };
        var full = Decide(Volume("cold-a"), Policy(), Iops(9_000), Ready(Tier.Hot), pools);
        Assert.Equal(TierAction.Blocked, full.Action);
        Assert.Contains("hot-b has 109999999999 bytes free; 10000000000 are needed and 100000000000 stay free", Assert.Single(full.Blocks));

        pools["hot-c"] = pools["hot-c"] with { FreeBytes = 110 * Gigabyte };
        Assert.Equal(new ReplicaMove("cold-a", "hot-c"), Assert.Single(Decide(Volume("cold-a"), Policy(), Iops(9_000), Ready(Tier.Hot), pools).Moves));
        pools["hot-c"] = pools["hot-c"] with { IsUsable = false };
        Assert.Contains("hot-c is not online", Assert.Single(Decide(Volume("cold-a"), Policy(), Iops(9_000), Ready(Tier.Hot), pools).Blocks));
    }

    [Fact]
    public void R4_no_two_replicas_come_to_one_node()
    {
        var decision = Decide(Volume("cold-a", "cold-b"), Policy(), Iops(9_000), Ready(Tier.Hot));

        // The first can only go to c; then a is free for the second.
        Assert.Equal([new("cold-a", "hot-c"), new("cold-b", "hot-a")], decision.Moves);
        Assert.Equal(20 * Gigabyte, decision.Bytes);
        var three = Decide(Volume("cold-a", "cold-b", "cold-c"), Policy(), Iops(9_000), Ready(Tier.Hot));
        Assert.Equal((TierAction.Blocked, 3), (three.Action, three.Blocks.Count));
        var sameNode = new TierPlanner(Options with { CanChangePoolOnNode = true }).Decide(Volume("cold-a", "cold-b", "cold-c"), Policy(), Pools, Iops(9_000), Ready(Tier.Hot), 0, 300_000);
        Assert.Equal(["hot-a", "hot-b", "hot-c"], sameNode.Moves.Select(move => move.TargetPool));
    }

    [Fact]
    public void Defect_9_erasure_coding_is_not_pretended()
    {
        var decision = Decide(Volume("hot-a"), Policy(extra: "ecPolicyRef: archive\n  ecMinVolumeSizeBytes: 0"), Iops(0), Ready(Tier.Cold));
        Assert.StartsWith("cold-", Assert.Single(decision.Moves).TargetPool);
    }

    [Fact]
    public void Defects_13_and_14_a_volume_in_any_pool_of_its_tier_stays()
    {
        foreach (var pool in (string[])["hot-a", "hot-b", "hot-c"])
        {
            var decision = Decide(Volume(pool), Policy(), Iops(9_000), Ready(Tier.Hot));
            Assert.Equal((TierAction.Stay, Tier.Hot, Tier.Hot), (decision.Action, decision.From, decision.To));
            Assert.Empty(decision.Moves);
        }
    }

    [Fact]
    public void Defects_15_and_16_a_tier_is_where_the_replicas_lie()
    {
        var tiers = new TierPools(Policy().Spec, Pools, Options);
        Assert.Equal([Tier.Hot, Tier.Warm, Tier.Cold, Tier.None, Tier.None], ((string[][])[["hot-a"], ["warm-a", "warm-b"], ["cold-c"], ["hot-a", "cold-b"], ["gone"]]).Select(pools => tiers.TierOf(Volume(pools))));
        Assert.Equal(Tier.Warm, Decide(Volume("warm-a"), Policy(), Iops(9_000), Ready(Tier.Hot)).From);

        // A volume that was left half way is brought together, and only the replica that is elsewhere moves.
        Assert.Equal(new ReplicaMove("cold-b", "hot-c"), Assert.Single(Decide(Volume("hot-a", "cold-b"), Policy(), Iops(9_000), Ready(Tier.Hot)).Moves));
    }

    [Fact]
    public void Defect_19_R3_one_policy_has_a_volume_and_the_others_hear_of_it()
    {
        var ownership = PolicyOwnership.Of(Volume("cold-a"),
            [Policy("b"), Policy("a"), Policy("c", "priority: 5"), Policy("d", "priority: 9\n  enabled: false")]);

        Assert.Equal("c", ownership.Owner!.Name);
        Assert.Equal(["a", "b"], ownership.Others.Select(policy => policy.Name));
    }

    [Fact]
    public void Defect_20_a_policy_that_is_disabled_decides_nothing_and_says_so()
    {
        var decision = Decide(Volume("cold-a"), Policy(extra: "enabled: false"), Iops(9_000), Ready(Tier.Hot));
        Assert.Equal((TierAction.Stay, "policy fast is disabled"), (decision.Action, decision.Why));
    }

    [Fact]
    public void R10_a_dry_run_plans_what_would_be_done_and_what_it_takes()
    {
        var real = Decide(Volume("cold-a"), Policy(), Iops(9_000), Ready(Tier.Hot));
        var shown = Decide(Volume("cold-a"), Policy(extra: "dryRun: true"), Iops(9_000), Ready(Tier.Hot));

        Assert.Equal((TierAction.Move, TierAction.DryRun), (real.Action, shown.Action));
        Assert.Equal(real.Moves, shown.Moves);
        Assert.Equal((real.Bytes, real.Why), (shown.Bytes, shown.Why));
        Assert.Equal(TimeSpan.FromSeconds(100), shown.TimeAt(100_000_000));
        Assert.Null(shown.TimeAt(0));
        Assert.Equal(0, shown.Memory.CooldownUntilMs); // it did not move
        Assert.Contains("dry run", shown.Next);
    }

    [Fact]
    public void Everything_that_stands_against_a_move_is_told_at_once()
    {
        var blocked = Decide(Volume("cold-a", "cold-b", "cold-c") with { IsHealthy = false }, Policy(), Iops(9_000, 1), TierMemory.Empty with { CooldownUntilMs = 5 }, moving: 7);

        Assert.Equal(7, blocked.Blocks.Count); // the row, the cooldown, health, the maximum, three replicas
        Assert.Equal("9000 operations/s want it in the Hot tier", blocked.Why);
        Assert.Equal("its migration goes on", Decide(Volume("cold-a") with { IsMoving = true }, Policy(), Iops(9_000), Ready(Tier.Hot)).Next);
    }
}
