using Actors.Storage.Heat;
using Actors.Storage.Policies;
using Actors.Storage.Tiering;
using static Actors.Storage.Tests.Tiering.TierWorld;

namespace Actors.Storage.Tests.Tiering;

/// <summary>A reconcile of everything.</summary>
public sealed class PolicyRoundTests
{
    private static readonly PolicyRound Round = new(Options);

    [Fact]
    public void Defect_16_volumes_are_counted_where_they_lie_not_where_they_are_wanted()
    {
        var result = Reconcile(Policy(), [Named("a", "hot-a"), Named("b", "cold-a"), Named("c", "cold-b"), Named("d", "warm-a"), Named("e", "hot-a", "cold-b")], _ => Iops(9_000));

        Assert.Equal((5, 1, 1, 2), (result.Status.WatchedVolumes, result.Status.HotVolumes, result.Status.WarmVolumes, result.Status.ColdVolumes));
        Assert.Equal(PolicyPhase.Active, result.Status.Phase);
    }

    [Fact]
    public void Defect_4_a_round_begins_no_more_than_the_policy_may_move_and_the_busiest_first()
    {
        var volumes = Enumerable.Range(0, 5).Select(index => Named($"v{index}", "cold-a")).ToList();

        var result = Reconcile(Policy(), volumes, volume => Iops(6_000 + volume.Name[1] * 10));

        Assert.Equal(["v3", "v4"], result.Decisions.Where(pair => pair.Value.Action == TierAction.Move).Select(pair => pair.Key).Order());
        Assert.Equal(2, result.Status.ActiveMigrations);
        Assert.Equal(0, Reconcile(Policy(), [.. volumes.Select(volume => volume with { IsMoving = volume.Name is "v0" or "v1" })], _ => Iops(9_000)).Decisions.Values.Count(decision => decision.Action == TierAction.Move));
    }

    [Fact]
    public void R4_volumes_of_one_round_do_not_share_the_same_room()
    {
        var pools = Pools.Values.Select(pool => pool.Name.StartsWith("hot", StringComparison.Ordinal) ? pool with { FreeBytes = (pool.Name == "hot-c" ? 115 : 50) * Gigabyte } : pool);
        var volumes = Enumerable.Range(0, 3).Select(index => Named($"v{index}", "cold-a")).ToList();

        var result = Round.Reconcile([(Policy(extra: "maxConcurrentMigrations: 9"), new())], volumes, pools, (_, _) => Iops(9_000), _ => Ready(Tier.Hot), 300_000).Single();

        Assert.Equal(1, result.Decisions.Values.Count(decision => decision.Action == TierAction.Move));
        Assert.Contains("hot-c has 105000000000 bytes free", result.Decisions["v2"].Blocks.Single());
    }

    [Fact]
    public void Defect_20_phases_and_conditions_say_what_is_and_what_to_do()
    {
        var before = new StoragePolicyStatus().With(new MigrationRecord("old", DateTimeOffset.UnixEpoch, "hot", "cold", 1, "1.0s", true, null));
        var results = Round.Reconcile(
            [(Policy("a", "priority: 1\n  ecPolicyRef: archive"), before), (Policy("b"), new()), (Policy("c", "enabled: false"), new())],
            [Named("v", "cold-a"), Named("w", "cold-b")], Pools.Values, (volume, _) => volume.Name == "v" ? new(null, "Prometheus is down", 1) : Iops(0), _ => TierMemory.Empty, 300_000);

        Assert.Equal([PolicyPhase.Active, PolicyPhase.Active, PolicyPhase.Disabled], results.Select(result => result.Status.Phase));
        Assert.Equal((2, 0, 0), (results[0].Decisions.Count, results[1].Decisions.Count, results[2].Decisions.Count));
        Assert.Equal((1, 1), (results[0].Status.TotalMigrations, results[0].Status.MigrationHistory.Length)); // kept
        Assert.Equal("The heat of 1 volumes is not known, so they stay; look at Prometheus and the exporter. v: Prometheus is down.", Condition(results[0], "MetricsAvailable").Message);
        Assert.Equal("False", Condition(results[0], "ErasureCoding").Status);
        Assert.Equal("False", Condition(results[0], "Conflict").Status);
        Assert.Contains("2 volumes that this policy selects belong to another", Condition(results[1], "Conflict").Message);
        Assert.Equal(("False", "Disabled"), (Condition(results[2], "Ready").Status, Condition(results[2], "Ready").Reason));
    }

    [Fact]
    public void R4_the_condition_says_which_pools_are_full_or_away_and_what_to_do()
    {
        var pools = Pools.Values.Select(pool => pool.Name switch { "hot-b" => pool with { FreeBytes = 0 }, "hot-c" => pool with { IsUsable = false }, _ => pool }).ToList();
        PolicyRoundResult After(StoragePolicyStatus before, IReadOnlyCollection<PoolFacts> there, TierMemory memory) =>
            Round.Reconcile([(Policy(), before)], [Named("v", "cold-a"), Named("w", "cold-a"), Named("x", "hot-a")], there, (_, _) => Iops(9_000), _ => memory, 300_000).Single();

        var lacking = After(new(), pools, Ready(Tier.Hot));
        Assert.Equal(("False", "NoPool"), (Condition(lacking, "PoolsAvailable").Status, Condition(lacking, "PoolsAvailable").Reason));
        Assert.Equal(
            "2 volumes are wanted in another tier and stay, for no pool there takes them; add room or a pool, or bring back one that is away. v: no pool of the Hot tier takes the replica in cold-a: "
            + "hot-a lies on a, which holds a replica already; hot-b has 0 bytes free; 10000000000 are needed and 100000000000 stay free; hot-c is not online or takes no new volumes.",
            Condition(lacking, "PoolsAvailable").Message);
        Assert.All(lacking.Decisions.Values, static decision => Assert.NotEqual(TierAction.Move, decision.Action));
        var gone = After(new(), [.. pools.Where(static pool => !pool.Name.StartsWith("hot", StringComparison.Ordinal))], Ready(Tier.Hot));
        Assert.EndsWith("v: no pool is of the Hot tier.", Condition(gone, "PoolsAvailable").Message, StringComparison.Ordinal);

        // Nobody is told before the readings agree, and nothing is left of it when there is room again.
        Assert.Equal("True", Condition(After(new(), pools, TierMemory.Empty), "PoolsAvailable").Status);
        Assert.Equal("True", Condition(After(lacking.Status, Pools.Values, Ready(Tier.Hot)), "PoolsAvailable").Status);
    }

    /// <summary>Three weeks, hour by hour: heat by day and by night, holes in the data, volumes that change their habits.</summary>
    [Fact]
    public void Over_weeks_nothing_flaps_no_cooldown_is_broken_and_every_volume_ends_where_its_heat_says()
    {
        const int seed = 20_261_122, hours = 21 * 24, volumeCount = 120;
        var random = new Random(seed);
        var policies = Enumerable.Range(0, 6).Select(index => (Policy($"p{index}", $"volumeSelector: {{ matchLabels: {{ app: a{index} }} }}\n  maxConcurrentMigrations: 3"), new StoragePolicyStatus())).ToList();
        var pools = Pools.Values.Select(pool => pool with { CapacityBytes = 10_000 * Gigabyte, FreeBytes = 9_000 * Gigabyte }).ToList();
        var volumes = Enumerable.Range(0, volumeCount).Select(index => Named($"v{index:000}", index % 2 == 0 ? "cold-a" : "hot-b") with { Labels = new Dictionary<string, string> { ["app"] = $"a{index % 6}" } }).ToList();
        var level = volumes.ToDictionary(volume => volume.Name, _ => random.Next(4) switch { 0 => 50.0, 1 => 1_000, 2 => 3_000, _ => 8_000 });
        var memories = volumes.ToDictionary(volume => volume.Name, _ => TierMemory.Empty);
        var moves = new List<(string Volume, int Hour)>();
        for (var hour = 1; hour <= hours; hour++)
        {
            if (hour == 10 * 24)
            {
                foreach (var name in level.Keys.ToList()) level[name] = random.Next(3) == 0 ? 8_000 : level[name];
            }

            var nowMs = hour * 3_600_000L;
            var isBlind = hour % 50 < 3;
            var results = Round.Reconcile(policies, volumes, pools, (volume, _) => isBlind
                ? new(null, "down", nowMs)
                : Iops(level[volume.Name] * (1 + 0.04 * Math.Sin(hour * Math.PI / 12) + 0.02 * random.NextDouble()), nowMs), volume => memories[volume.Name], nowMs);
            policies = [.. results.Select(result => (result.Policy, result.Status))];
            foreach (var (name, decision) in results.SelectMany(result => result.Decisions))
            {
                memories[name] = decision.Memory;
                if (decision.Action != TierAction.Move) continue;
                Assert.False(isBlind);
                moves.Add((name, hour));
                var index = volumes.FindIndex(volume => volume.Name == name);
                volumes[index] = volumes[index] with { Pools = [decision.Moves.Single().TargetPool] };
            }
        }

        var gaps = moves.GroupBy(move => move.Volume).SelectMany(group => group.Zip(group.Skip(1), (first, second) => second.Hour - first.Hour));
        Assert.All(gaps, gap => Assert.InRange(gap, 24, int.MaxValue));
        Assert.InRange(moves.Count, volumeCount / 3, volumeCount * 2); // once for the start, once for the change
        var tiers = new TierPools(policies[0].Item1.Spec, Pools, Options);
        Assert.All(volumes, volume => Assert.Contains(tiers.TierOf(volume), level[volume.Name] switch
        {
            50 => (Tier[])[Tier.Cold],
            1_000 => [Tier.Warm],
            3_000 => [Tier.Warm, Tier.Hot], // a hot one stays
            _ => [Tier.Hot],
        }));
    }

    private static PolicyCondition Condition(PolicyRoundResult result, string type) => result.Status.Conditions.Single(condition => condition.Type == type);

    private static VolumeFacts Named(string name, params string[] pools) => Volume(pools) with { Name = name };

    private static PolicyRoundResult Reconcile(StoragePolicy policy, IReadOnlyList<VolumeFacts> volumes, Func<VolumeFacts, HeatReading> heat) =>
        Round.Reconcile([(policy, new())], volumes, Pools.Values, (volume, _) => heat(volume), _ => Ready(Tier.Hot), 300_000).Single();
}
