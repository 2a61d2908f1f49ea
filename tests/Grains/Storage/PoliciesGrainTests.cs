using Actors.Grains.Storage;
using Actors.Grains.Tests.Support;
using Actors.Storage.BackEnds;
using Actors.Storage.Policies;

namespace Actors.Grains.Tests.Storage;

/// <summary>Policies come in, are reconciled together, and have their volumes move.</summary>
public sealed partial class PoliciesGrainTests
{
    [Fact]
    public async Task A_file_with_one_mistake_changes_nothing_and_every_mistake_is_told()
    {
        await using var silo = await TieringSilo.StartAsync();
        var changes = await silo.Policies.Apply(TieringSilo.Yaml("good", "") + "\n---\n" + TieringSilo.Yaml("bad", "highWatermarkIOPS: -1\n  cooldownPeriod: soon\n  colour: red"));

        Assert.Equal(3, changes.Mistakes.Length);
        Assert.Empty(changes.Changes);
        Assert.Empty(await silo.Policies.Read());
        Assert.Equal(0, silo.Shelf.Writes);
    }

    [Fact]
    public async Task What_was_applied_is_there_after_a_silos_death_with_its_generation_and_its_status()
    {
        await using var first = await TieringSilo.StartAsync();
        first.World.AddVolume("v", "cold-a");
        Assert.Equal("created", Assert.Single((await first.Policies.Apply(TieringSilo.Yaml("fast", ""))).Changes).Change);
        Assert.Equal("unchanged", Assert.Single((await first.Policies.Apply(TieringSilo.Yaml("fast", ""))).Changes).Change);
        Assert.Equal("configured", Assert.Single((await first.Policies.Apply(TieringSilo.Yaml("fast", "priority: 3"))).Changes).Change);
        await first.Policies.Reconcile();

        await using var next = await first.SucceedAsync();

        var policy = Assert.Single(await next.Policies.Read());
        Assert.Contains("\"priority\":3", policy.Json, StringComparison.Ordinal);
        Assert.Contains("\"generation\":2", policy.Json, StringComparison.Ordinal);
        var status = await next.StatusAsync();
        Assert.Equal((PolicyPhase.Active, 1, 1, 2), (status.Phase, status.WatchedVolumes, status.ColdVolumes, status.ObservedGeneration));

        Assert.True(await next.Policies.Delete("fast"));
        Assert.False(await next.Policies.Delete("fast"));
        Assert.Empty(await next.Policies.Read());
    }

    [Fact]
    public async Task A_policy_for_erasure_coding_is_kept_and_answered()
    {
        await using var silo = await TieringSilo.StartAsync();
        await silo.Policies.Apply("{ apiVersion: storage.billyronks.io/v1, kind: ErasureCodingPolicy, metadata: { name: wide }, spec: { dataShards: 4 } }");

        var policy = Assert.Single(await silo.Policies.Read());
        Assert.Equal(("wide", "ErasureCodingPolicy"), (policy.Name, policy.Kind));
        Assert.Contains("NotSupported", policy.Json, StringComparison.Ordinal);
        Assert.True(await silo.Policies.Delete("wide"));
    }

    [Fact]
    public async Task A_hot_volume_moves_after_three_readings_and_is_counted_once()
    {
        await using var silo = await TieringSilo.StartHotAsync();
        await silo.ReconcileAsync(1);
        Assert.Equal("blocked", Assert.Single((await silo.Policies.Look()).Volumes).Action);
        Assert.Empty(silo.World.Effects);

        await silo.ReconcileAsync(2);
        Assert.Equal(1, (await silo.StatusAsync()).ActiveMigrations);
        Assert.Equal(1, silo.Meters.Observe("storage_operator_active_migrations"));
        await silo.PassUntilAsync(async () => (await silo.StatusAsync()).TotalMigrations == 1, "the migration is counted");

        Assert.StartsWith("hot-", Assert.Single(silo.World.PoolsOf("v")), StringComparison.Ordinal);
        Assert.Empty(silo.World.Sins);
        var status = await silo.StatusAsync();
        var record = Assert.Single(status.MigrationHistory);
        Assert.Equal(("v", "cold", "hot", 9_000.0, true), (record.VolumeName, record.FromTier, record.ToTier, record.TriggerIops, record.Success));
        Assert.Equal((1, 0, 0), (status.TotalMigrations, status.FailedMigrations, status.ActiveMigrations));
        Assert.Equal(1, silo.Meters.Sum("storage_operator_migrations_total", "status", "success"));
        Assert.Equal(0, silo.Meters.Observe("storage_operator_active_migrations"));
        Assert.True(silo.Meters.Sum("storage_operator_reconcile_total") >= 3);
        Assert.True(silo.Meters.Count("storage_operator_reconcile_duration", "policy", "fast") >= 3);

        // Cold again at once: it stays for the cooldown.
        silo.Heat.Iops["v"] = 0;
        await silo.ReconcileAsync(5);
        var volume = Assert.Single((await silo.Policies.Look()).Volumes);
        Assert.Equal(("blocked", "hot", "cold"), (volume.Action, volume.Tier, volume.WantedTier));
        Assert.NotNull(volume.CooldownUntil);
        Assert.Equal(1, silo.Meters.Observe("storage_operator_work_queue_depth"));
    }

    [Fact]
    public async Task Defect_5_what_is_not_measured_does_not_move_and_the_condition_says_so()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("v", "hot-a");
        silo.Heat.Iops["v"] = 9_000;
        await silo.ApplyAsync();
        silo.Heat.Failure = "Prometheus is down";
        await silo.ReconcileAsync(10);

        Assert.Empty(silo.World.Effects);
        var condition = (await silo.StatusAsync()).Conditions.Single(one => one.Type == "MetricsAvailable");
        Assert.Equal("False", condition.Status);
        Assert.Contains("Prometheus is down", condition.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R10_a_dry_run_shows_what_would_move_with_its_time_and_moves_nothing()
    {
        await using var silo = await TieringSilo.StartHotAsync("dryRun: true");
        await silo.ReconcileAsync(5);

        var volume = Assert.Single((await silo.Policies.Look()).Volumes);
        Assert.Equal("dryRun", volume.Action);
        var move = Assert.Single(volume.Moves);
        Assert.Equal(("cold-a", 10 * VolumeWorld.Gigabyte, silo.Settings.MaxCopyBytesPerSecond), (move.SourcePool, move.Bytes, move.BytesPerSecond));
        Assert.Equal(Math.Round((double)move.Bytes / move.BytesPerSecond, 3), move.Seconds);
        Assert.Empty(silo.World.Effects);
        Assert.Equal(0, (await silo.StatusAsync()).ActiveMigrations);
    }

    [Fact]
    public async Task A_look_changes_nothing()
    {
        await using var silo = await TieringSilo.StartHotAsync();
        await silo.ReconcileAsync(1);
        var writes = silo.Shelf.Writes;
        for (var look = 0; look < 10; look++)
        {
            silo.Time.Pass(1_000);
            await silo.Policies.Look();
        }

        Assert.Equal(writes, silo.Shelf.Writes);
        Assert.Empty(silo.World.Effects);
    }

    [Fact]
    public async Task Of_two_policies_one_has_the_volume_and_the_other_a_condition()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("v", "cold-a");
        await silo.ApplyAsync(name: "one");
        await silo.ApplyAsync("priority: 1", name: "two");
        await silo.ReconcileAsync(1);

        var volume = Assert.Single((await silo.Policies.Look()).Volumes);
        Assert.Equal("two", volume.Policy);
        Assert.Equal(["one"], volume.OtherPolicies);
        Assert.Equal("True", (await silo.StatusAsync("one")).Conditions.Single(one => one.Type == "Conflict").Status);
    }

    [Fact]
    public async Task A_back_end_that_does_not_answer_is_a_condition_and_goes_away_with_it()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("v", "cold-a");
        silo.World.ListFailure = new BackEndException("the pool server is away; start it", isPermanent: false);
        await silo.ApplyAsync();
        await silo.ReconcileAsync(1);

        var status = await silo.StatusAsync();
        Assert.Equal(PolicyPhase.Error, status.Phase);
        Assert.Contains("the pool server is away; start it", status.Conditions.Single(one => one.Type == "Ready").Message, StringComparison.Ordinal);
        Assert.Equal("the pool server is away; start it", (await silo.Policies.Look()).Problem);

        silo.World.ListFailure = null;
        await silo.ReconcileAsync(1);
        Assert.Equal(PolicyPhase.Active, (await silo.StatusAsync()).Phase);
    }

    [Fact]
    public async Task Defect_4_each_policys_own_timeout_ends_its_migrations()
    {
        await using var silo = await TieringSilo.StartAsync(new TieringSettings { LongestStartPause = TimeSpan.Zero });
        foreach (var (name, pool, limit) in (((string, string, string)[])[("quick", "cold-a", "1m"), ("patient", "cold-b", "2h")]))
        {
            silo.World.AddVolume(name, pool, 100 * VolumeWorld.Gigabyte); // some eight minutes
            silo.Heat.Iops[name] = 9_000;
            silo.World.Label(name, "app", name);
            await silo.ApplyAsync($"volumeSelector: {{ matchLabels: {{ app: {name} }} }}\n  migrationTimeout: {limit}", name);
        }

        await silo.ReconcileAsync(3);
        await silo.PassUntilAsync(async () => (await silo.StatusAsync("quick")).FailedMigrations == 1, "the one whose policy has a minute has failed");
        Assert.Equal("copying took too long", Assert.Single((await silo.StatusAsync("quick")).MigrationHistory).Error);
        Assert.Equal(["cold-a"], silo.World.PoolsOf("quick"));
        await silo.PassUntilAsync(async () => (await silo.StatusAsync("patient")).TotalMigrations == 1, "the other one ends");
        Assert.True(Assert.Single((await silo.StatusAsync("patient")).MigrationHistory).Success);
    }

    [Fact]
    public async Task R2_readings_in_a_row_and_the_cooldown_outlive_the_silo()
    {
        await using var first = await TieringSilo.StartHotAsync("cooldownPeriod: 1h", new TieringSettings { LongestStartPause = TimeSpan.Zero });
        await first.ReconcileAsync(2);
        Assert.Equal(2, (await first.Policies.Look()).Volumes[0].ReadingsInRow);

        await using var second = await first.SucceedAsync();
        await second.ReconcileAsync(1);
        await second.PassUntilAsync(async () => (await second.StatusAsync()).TotalMigrations == 1, "the third reading has it move");
        second.Heat.Iops["v"] = 0;

        await using var third = await second.SucceedAsync();
        await third.ReconcileAsync(10);
        var volume = Assert.Single((await third.Policies.Look()).Volumes);
        Assert.Equal(("blocked", "hot", "cold"), (volume.Action, volume.Tier, volume.WantedTier));
        Assert.Contains("it moved lately and stays until", Assert.Single(volume.Blocks), StringComparison.Ordinal);
        third.Time.Pass((long)(volume.CooldownUntil!.Value - third.Time.GetUtcNow()).TotalMilliseconds);
        await third.ReconcileAsync(1);
        await third.PassUntilAsync(async () => (await third.StatusAsync()).TotalMigrations == 2, "it moves back when its cooldown is over");
    }

    [Fact]
    public async Task The_pauses_between_reconciles_differ()
    {
        await using var silo = await TieringSilo.StartAsync();
        await silo.ApplyAsync();
        await silo.PassUntilAsync(() => silo.Heat.Reads == 1, "they are reconciled when they come", 1);
        var pauses = new List<double>();
        for (var round = 2; round < 8; round++)
        {
            var since = silo.Time.GetUtcNow();
            await silo.Policies.Read(); // the timer of the next one is set
            await silo.PassUntilAsync(() => silo.Heat.Reads == round, "they are reconciled again", 3_000);
            pauses.Add((silo.Time.GetUtcNow() - since).TotalSeconds);
        }

        Assert.All(pauses, static pause => Assert.InRange(pause, 269, 340));
        Assert.True(pauses.Distinct().Count() >= 4, $"seconds: {string.Join(", ", pauses)}");
    }

    [Fact]
    public async Task R12_a_round_waits_for_no_migration()
    {
        await using var silo = await TieringSilo.StartHotAsync();
        var hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        silo.World.AddVolume("w", "cold-b");
        silo.BackEnd.Holds = effect => effect.Volume == "v" ? hang.Task : Task.CompletedTask;
        await silo.ReconcileAsync(3);
        await silo.PassUntilAsync(() => silo.BackEnd.Held == 1, "an effect on the one volume hangs", 100);

        silo.Heat.Iops["w"] = 9_000;
        await silo.ReconcileAsync(3);
        await silo.PassUntilAsync(async () => (await silo.StatusAsync()).TotalMigrations == 1, "the other volume moves meanwhile");
        Assert.StartsWith("hot-", Assert.Single(silo.World.PoolsOf("w")), StringComparison.Ordinal);
        hang.SetResult();
        await silo.PassUntilAsync(async () => (await silo.StatusAsync()).TotalMigrations == 2, "the one moves too");
    }

    [Fact]
    public async Task A_disabled_policy_counts_its_migrations_that_are_under_way()
    {
        await using var silo = await TieringSilo.StartHotAsync();
        await silo.ReconcileAsync(3);
        await silo.ApplyAsync("enabled: false");
        await silo.ReconcileAsync(1);
        var status = await silo.StatusAsync();
        Assert.Equal((PolicyPhase.Disabled, 1), (status.Phase, status.ActiveMigrations));

        await silo.PassUntilAsync(async () => (await silo.StatusAsync()).TotalMigrations == 1, "it ends");
        Assert.Equal(0, (await silo.StatusAsync()).ActiveMigrations);
    }

    [Fact]
    public async Task Nothing_waits_to_move_once_the_last_policy_is_deleted()
    {
        await using var silo = await TieringSilo.StartHotAsync();
        await silo.ReconcileAsync(1);
        Assert.Equal(1, silo.Meters.Observe("storage_operator_work_queue_depth"));
        Assert.True(await silo.Policies.Delete("fast"));
        await silo.Policies.Reconcile();
        Assert.Equal(0, silo.Meters.Observe("storage_operator_work_queue_depth"));
    }

    [Fact]
    public async Task A_Prometheus_that_hangs_holds_up_nobody_who_looks_or_moves_a_volume()
    {
        await using var silo = await TieringSilo.StartHotAsync();
        await silo.ReconcileAsync(1);
        var hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        silo.Heat.Hang = hang.Task;
        silo.Time.Pass(2_000);

        Assert.Equal(6, (await TestGuard.SoonAsync(silo.Policies.LookAtPools(), "pools are told")).Pools.Length);
        var reads = silo.Heat.Reads;
        var look = silo.Policies.Look();
        await TestGuard.UntilAsync(() => silo.Heat.Reads == reads + 1, "heat is asked for");
        await silo.PassUntilAsync(() => look.IsCompleted, "the look ends", 1_000);
        Assert.Equal(("stay", "Prometheus has not answered yet"), Heat(await look));
        silo.Time.Pass(2_000);
        Assert.Equal(("stay", "Prometheus has not answered yet"), Heat(await TestGuard.SoonAsync(silo.Policies.Look(), "the next one does not wait")));
        Assert.Null(await TestGuard.SoonAsync(silo.MigrateAsync("v", null, "hot-c"), "a volume moves by request"));

        silo.Heat.Hang = null;
        hang.SetResult();
        await silo.PassUntilAsync(async () => (await silo.Policies.Look()).Volumes[0].Iops == 9_000, "heat is known again");

        static (string Action, string? Unknown) Heat(TieringReport report) => (report.Volumes[0].Action, report.Volumes[0].HeatUnknown);
    }

    [Fact]
    public async Task Looks_within_a_second_are_one_look_unless_something_has_changed()
    {
        await using var silo = await TieringSilo.StartHotAsync();
        await silo.ReconcileAsync(1);
        silo.Time.Pass(2_000);
        await silo.Policies.Look();
        var calls = silo.BackEnd.Calls;
        for (var look = 0; look < 10; look++) await silo.Policies.Look();
        Assert.Equal(calls, silo.BackEnd.Calls);

        silo.World.AddVolume("w", "cold-a");
        await silo.Policies.LookAnew();
        Assert.Equal(2, (await silo.Policies.Look()).Volumes.Length);
        Assert.Null(await silo.MigrateAsync("w", null, "hot-c"));
        Assert.True((await silo.Policies.Look()).Volumes[1].IsMoving);
        calls = silo.BackEnd.Calls;
        silo.Time.Pass(1_000);
        await silo.Policies.Look();
        Assert.True(silo.BackEnd.Calls > calls);
    }

    [Fact]
    public async Task A_back_end_that_hangs_ends_no_round_is_asked_once_and_is_asked_again_when_it_is_back()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("v", "cold-a");
        await silo.ApplyAsync();
        await silo.ReconcileAsync(1);
        var hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        silo.BackEnd.Hang = hang.Task;
        var before = silo.BackEnd.Calls;

        var round = silo.Policies.Reconcile();
        await TestGuard.UntilAsync(() => silo.BackEnd.Calls == before + 1, "the back end is asked");
        var looks = Enumerable.Range(0, 10).Select(_ => silo.Policies.Look()).ToList();
        await silo.Policies.Read(); // comes after the looks have begun
        silo.Time.Pass(30_000);
        await TestGuard.SoonAsync(round, "the round ends");
        Assert.Contains("did not answer within 30 s", (await silo.StatusAsync()).Conditions.Single(static one => one.Type == "Ready").Message, StringComparison.Ordinal);
        Assert.All(await TestGuard.SoonAsync(Task.WhenAll(looks), "the looks end"), static look => Assert.Contains("did not answer", look.Problem, StringComparison.Ordinal));

        Assert.Contains("has not ended an earlier call", (await silo.Policies.Look()).Problem, StringComparison.Ordinal);
        Assert.Equal(before + 1, silo.BackEnd.Calls);

        silo.BackEnd.Hang = null;
        hang.SetResult();
        await TestGuard.UntilAsync(async () => (await silo.Policies.Look()).Problem is null, "it is asked again");
    }

    [Fact]
    public async Task A_policy_of_an_earlier_build_that_is_none_any_more_is_shown_with_its_mistakes_and_moves_nothing()
    {
        await using var first = await TieringSilo.StartHotAsync();
        first.Shelf.Replace("highWatermarkIOPS", "hotFrom");
        await using var next = await first.SucceedAsync();
        await next.ReconcileAsync(5);

        Assert.Empty(next.World.Effects);
        Assert.Contains("spec.hotFrom is unknown", (await next.StatusAsync()).Conditions.Single(one => one.Type == "Ready").Message, StringComparison.Ordinal);
        await next.ApplyAsync();
        await next.ReconcileAsync(1);
        Assert.Equal(PolicyPhase.Active, (await next.StatusAsync()).Phase);
    }
}
