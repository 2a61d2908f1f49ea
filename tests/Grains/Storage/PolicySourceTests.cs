using System.Text.Json.Nodes;
using Actors.Grains.Tests.Support;
using Actors.Storage.Policies;

namespace Actors.Grains.Tests.Storage;

/// <summary>Policies that people keep elsewhere: taken over as they are there, and told there what became of them.</summary>
public sealed class PolicySourceTests
{
    [Fact]
    public async Task A_policy_has_its_volumes_move_and_its_status_is_told_where_it_is_kept()
    {
        var source = new FakePolicySource();
        source.Put("fast", "cooldownPeriod: 1h");
        await using var silo = await TieringSilo.StartAsync(source: source);
        silo.World.AddVolume("v", "cold-a");
        silo.Heat.Iops["v"] = 9_000;
        await FollowAsync(silo, "fast");
        await silo.ReconcileAsync(3);
        await silo.PassUntilAsync(() => source.StatusOf("fast")?.TotalMigrations == 1, "the end is told");

        var status = source.StatusOf("fast")!;
        Assert.Equal((PolicyPhase.Active, 1, 0, 1L, 1), (status.Phase, status.WatchedVolumes, status.ActiveMigrations, status.ObservedGeneration, status.MigrationHistory.Length));
        Assert.Equal(("v", "cold", "hot", true), (status.MigrationHistory[0].VolumeName, status.MigrationHistory[0].FromTier, status.MigrationHistory[0].ToTier, status.MigrationHistory[0].Success));
        Assert.StartsWith("hot-", Assert.Single(silo.World.PoolsOf("v")), StringComparison.Ordinal);

        await silo.ReconcileAsync(1);
        await TestGuard.UntilAsync(() => source.StatusOf("fast")!.LastReconcileTime == silo.Time.GetUtcNow(), "each reconcile is told");
    }

    [Fact]
    public async Task Every_mistake_is_told_at_once_and_nothing_moves_until_they_are_put_right()
    {
        var source = new FakePolicySource();
        source.Put("fast");
        await using var silo = await TieringSilo.StartAsync(source: source);
        silo.World.AddVolume("v", "cold-a");
        silo.Heat.Iops["v"] = 9_000;
        await FollowAsync(silo, "fast");
        source.Put("fast", "highWatermarkIOPS: -1\n  colour: red");
        await TestGuard.UntilAsync(() => source.StatusOf("fast")?.Phase == PolicyPhase.Error, "the mistakes are told");

        var status = source.StatusOf("fast")!;
        var ready = status.Conditions.Single(static condition => condition.Type == "Ready");
        Assert.Equal(("False", "Invalid", 2L), (ready.Status, ready.Reason, status.ObservedGeneration));
        Assert.Contains("spec.highWatermarkIOPS is -1", ready.Message, StringComparison.Ordinal);
        Assert.Contains("spec.colour is unknown", ready.Message, StringComparison.Ordinal);
        var shown = JsonNode.Parse(Assert.Single(await silo.Policies.Read()).Json)!;
        Assert.Equal(("Error", null), ((string?)shown["status"]!["phase"], shown["spec"]));
        await silo.ReconcileAsync(5);
        Assert.Equal(["cold-a"], silo.World.PoolsOf("v"));

        source.Put("fast", "priority: 2");
        await silo.PassUntilAsync(() => source.StatusOf("fast") is { Phase: PolicyPhase.Active, ObservedGeneration: 3 }, "it is put right");
        await silo.ReconcileAsync(3);
        await silo.PassUntilAsync(() => source.StatusOf("fast")!.TotalMigrations == 1, "it moves");
    }

    [Fact]
    public async Task What_is_deleted_there_is_deleted_here_and_what_is_made_anew_begins_anew()
    {
        var source = new FakePolicySource();
        foreach (var name in (string[])["a", "b"]) source.Put(name);
        source.SetStatus("a", new StoragePolicyStatus { TotalMigrations = 7 });
        source.Put("a");
        await using var silo = await TieringSilo.StartAsync(source: source);
        await FollowAsync(silo, "a", "b");
        Assert.Equal(7, (await silo.StatusAsync("a")).TotalMigrations);

        source.Remove("a");
        await FollowAsync(silo, "b");
        source.Put("a");
        await FollowAsync(silo, "a", "b");
        Assert.Equal(0, (await silo.StatusAsync("a")).TotalMigrations);
        await silo.PassUntilAsync(() => source.StatusOf("a") is { TotalMigrations: 0, WatchedVolumes: 0, Phase: PolicyPhase.Active }, "its new status is told");
    }

    [Fact]
    public async Task An_erasure_coding_policy_is_answered_once()
    {
        var source = new FakePolicySource();
        source.PutErasureCoding("wide");
        source.Put("fast");
        await using var silo = await TieringSilo.StartAsync(source: source);
        await FollowAsync(silo, "fast", "wide");
        source.Put("fast", "priority: 1");
        await silo.PassUntilAsync(() => source.StatusOf("fast")?.ObservedGeneration == 2, "the next set is taken over");
        Assert.Equal(["wide"], source.Answered);
    }

    [Fact]
    public async Task Nothing_is_changed_here()
    {
        var source = new FakePolicySource();
        source.Put("fast");
        await using var silo = await TieringSilo.StartAsync(source: source);
        await FollowAsync(silo, "fast");
        Assert.Contains("policies are kept in Elsewhere", Assert.Single((await silo.Policies.Apply(TieringSilo.Yaml("slow", ""))).Mistakes), StringComparison.Ordinal);
        Assert.False(await silo.Policies.Delete("fast"));
        Assert.Equal("fast", Assert.Single(await silo.Policies.Read()).Name);
    }

    [Fact]
    public async Task A_successor_goes_on_from_what_is_stored_and_one_follows_at_a_time()
    {
        var source = new FakePolicySource();
        source.Put("fast");
        source.Put("wrong", "colour: red");
        await using var first = await TieringSilo.StartAsync(source: source);
        first.World.AddVolume("v", "cold-a");
        first.Heat.Iops["v"] = 9_000;
        await FollowAsync(first, "fast", "wrong");
        await first.ReconcileAsync(3);
        await first.PassUntilAsync(() => source.StatusOf("fast")?.TotalMigrations == 1, "it has moved");

        await using var next = await first.SucceedAsync();
        Assert.Equal(0, source.Followers);
        Assert.Equal(["fast", "wrong"], (await next.Policies.Read()).Select(static policy => policy.Name));
        Assert.Equal(1, (await next.StatusAsync()).TotalMigrations);
        Assert.Equal(PolicyPhase.Error, (await next.StatusAsync("wrong")).Phase);
        source.Put("fast", "priority: 4");
        await FollowAsync(next, "fast", "wrong");
        await next.PassUntilAsync(() => source.StatusOf("fast") is { ObservedGeneration: 2, TotalMigrations: 1 }, "it goes on counting");
        Assert.Equal((1, 1), (source.Followers, source.MostFollowers));
    }

    [Fact]
    public async Task A_status_that_could_not_be_written_is_written_later_and_only_the_newest()
    {
        var source = new FakePolicySource { IsReadOnly = true };
        source.Put("fast");
        await using var silo = await TieringSilo.StartAsync(source: source);
        await FollowAsync(silo, "fast");
        silo.World.AddVolume("v", "cold-a");
        await silo.ReconcileAsync(1);
        Assert.Null(source.StatusOf("fast"));
        source.IsReadOnly = false;
        await silo.PassUntilAsync(() => source.StatusOf("fast")?.WatchedVolumes == 1, "it is written");
    }

    /// <summary>Calls the grain, as silos do every few seconds, until it has exactly these.</summary>
    private static Task FollowAsync(TieringSilo silo, params string[] names) => TestGuard.UntilAsync(
        async () =>
        {
            await silo.Policies.Follow();
            return (await silo.Policies.Read()).Select(static policy => policy.Name).SequenceEqual(names);
        },
        "the policies are taken over");
}
