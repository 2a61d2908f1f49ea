using Actors.Grains.Storage;
using Actors.Grains.Tests.Support;
using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;

namespace Actors.Grains.Tests.Storage;

/// <summary>A volume's migration goes on whatever dies, and does as it is told.</summary>
public sealed partial class VolumeGrainTests
{
    [Fact]
    public async Task R9_a_migration_ends_where_it_was_to_go_whatever_effect_the_silo_dies_after()
    {
        var effects = await EffectsAsync();
        Assert.InRange(effects, 5, 20);
        for (var death = 1; death <= effects; death++)
        {
            await using var first = await TieringSilo.StartAsync();
            first.World.AddVolume("v", "cold-a");
            first.BackEnd.DiesAfterEffects = death;
            Assert.Null(await first.MigrateAsync("v", null, "hot-b"));
            await first.PassUntilAsync(() => first.BackEnd.IsDead, $"the silo dies after effect {death} of {effects}");

            await using var next = await first.SucceedAsync();
            await next.PassUntilAsync(async () => (await next.Volume("v").Describe())?.EndedAt is not null, $"the migration ends after a death at effect {death}");
            Assert.Equal(["hot-b"], next.World.PoolsOf("v"));
            Assert.Empty(next.World.Sins);
        }

        static async Task<int> EffectsAsync()
        {
            await using var silo = await TieringSilo.StartAsync();
            silo.World.AddVolume("v", "cold-a");
            Assert.Null(await silo.MigrateAsync("v", null, "hot-b"));
            await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe())?.EndedAt is not null, "it ends");
            return silo.World.Effects.Count;
        }
    }

    [Fact]
    public async Task R9_a_migration_ends_where_its_policy_says_and_is_counted_once_whatever_write_the_silo_dies_with()
    {
        var writes = await WritesAsync();
        Assert.InRange(writes, 10, 40);
        for (var death = 1; death <= writes; death++)
        {
            await using var first = await TieringSilo.StartAsync();
            first.World.AddVolume("v", "cold-a");
            first.Heat.Iops["v"] = 9_000;
            first.Door.DiesWithWrite = death;
            var life = LiveAsync(first);
            await first.PassUntilAsync(() => first.Door.IsShut, $"the silo dies with write {death} of {writes}");
            await first.DisposeAsync();
            await life;

            await using var next = await first.SucceedAsync();
            await next.ReconcileAsync(3);
            await next.PassUntilAsync(async () => (await next.StatusAsync()).TotalMigrations == 1, $"the migration is counted after a death with write {death}");
            Assert.StartsWith("hot-", Assert.Single(next.World.PoolsOf("v")), StringComparison.Ordinal);
            Assert.Single((await next.StatusAsync()).MigrationHistory, static one => one.Success);
            Assert.Empty(next.World.Sins);
        }

        static async Task LiveAsync(TieringSilo silo)
        {
            try
            {
                await silo.ApplyAsync();
                await silo.ReconcileAsync(3);
            }
            catch (Exception)
            {
                // It died meanwhile.
            }
        }

        static async Task<int> WritesAsync()
        {
            await using var silo = await TieringSilo.StartHotAsync();
            await silo.ReconcileAsync(3);
            await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe())?.EndedAt is not null, "it ends");
            return silo.Shelf.Writes;
        }
    }

    [Fact]
    public async Task A_silo_that_is_told_to_stop_stops_its_copies_and_the_next_one_goes_on()
    {
        await using var first = await TieringSilo.StartAsync();
        first.World.AddVolume("v", "cold-a");
        Assert.Null(await first.MigrateAsync("v", null, "hot-b"));
        await first.PassUntilAsync(() => first.World.Copying == 1, "it copies");

        await using var next = await first.FollowAsync();
        Assert.Equal("v StopCopy", next.World.Effects[^1]);
        Assert.Equal(0, next.World.Copying);
        await next.SweepAsync();
        await next.PassUntilAsync(async () => (await next.Volume("v").Describe())?.EndedAt is not null, "it ends");
        Assert.Equal(["hot-b"], next.World.PoolsOf("v"));
        Assert.Empty(next.World.Sins);
    }

    [Fact]
    public async Task An_end_that_is_told_and_could_not_be_stored_is_stored_when_the_store_is_back()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("v", "cold-a");
        var refused = 0;
        var (isTold, isAway) = (false, true);
        silo.Door.BeforeWrite = state =>
        {
            if (state == "tiering" && silo.World.PoolsOf("v") is ["hot-b"]) isTold = true;
            if (state != "volume" || !isTold || !isAway) return Task.CompletedTask;
            refused++;
            return Task.FromException(new IOException("The test lets this write fail."));
        };
        Assert.Null(await silo.MigrateAsync("v", null, "hot-b"));
        await silo.PassUntilAsync(() => refused >= 2, "the end could not be stored, and was tried again");
        await silo.SweepAsync(); // its record says that there is work
        await silo.Volume("v").Describe(); // comes after the wake
        isAway = false;

        await silo.PassUntilAsync(async () => (await silo.Shelf.LoadAsync(CancellationToken.None)).All(static grain => grain.ToString() != "storage.volume/v"), "nothing is left to do");
        Assert.Empty(silo.Meters.Look("actors_migration_progress_ratio"));
    }

    [Fact]
    public async Task A_replica_that_had_moved_before_an_abort_stays_and_that_is_said()
    {
        await using var silo = await TieringSilo.StartHotAsync();
        silo.World.AddReplica("v", "cold-b");
        await silo.ReconcileAsync(3);
        await silo.PassUntilAsync(async () => await silo.Volume("v").Describe() is { Move: 2, Phase: "copying" }, "the second replica is copied");

        var answer = await silo.Policies.Abort("v");
        Assert.Equal((null, "1 of 2 replicas had moved before, and are not taken back"), (answer.Refusal, answer.Remark));
        await silo.PassUntilAsync(async () => (await silo.StatusAsync()).TotalMigrations == 1, "it ends");
        Assert.Equal("aborted by request; 1 of 2 replicas had moved before, and are not taken back", Assert.Single((await silo.StatusAsync()).MigrationHistory).Error);
        Assert.Equal(2, silo.World.PoolsOf("v").Length);
        Assert.Single(silo.World.PoolsOf("v"), static pool => pool.StartsWith("hot-", StringComparison.Ordinal));
        Assert.Empty(silo.World.Sins);
    }

    [Fact]
    public async Task What_is_kept_of_a_volume_that_is_gone_for_long_is_cleared()
    {
        await using var silo = await TieringSilo.StartAsync(new TieringSettings { KeepGone = TimeSpan.FromHours(1) });
        silo.World.AddVolume("v", "cold-a");
        silo.World.AddVolume("w", "cold-a");
        Assert.Null(await silo.MigrateAsync("v", null, "hot-b"));
        Assert.Null(await silo.MigrateAsync("w", null, "hot-c"));
        await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe())?.EndedAt is not null && (await silo.Volume("w").Describe())?.EndedAt is not null, "both end");

        silo.World.RemoveVolume("v");
        await silo.ReconcileAsync(1);
        silo.Time.Pass(3_500_000);
        await silo.ReconcileAsync(1);
        Assert.True(silo.Shelf.Has("storage.volume/v"));
        await silo.PassUntilAsync(() => !silo.Shelf.Has("storage.volume/v"), "it is cleared by itself, without a policy too", 60_000);
        Assert.True(silo.Shelf.Has("storage.volume/w"));
        Assert.Null(await silo.Volume("v").Describe());
        Assert.NotNull(await silo.Volume("w").Describe());
    }

    [Fact]
    public async Task An_order_is_taken_only_when_it_is_stored()
    {
        await using var first = await TieringSilo.StartAsync();
        first.World.AddVolume("v", "cold-a");
        var order = new MigrationOrder
        {
            Id = Guid.Parse("11111111-1111-1111-1111-111111111111"),
            Volume = "v",
            Moves = [new OrderedMove { SourcePool = "cold-a", SourceNode = "a", TargetPool = "hot-b", TargetNode = "b" }],
            SizeBytes = 1,
            CopyTimeoutMs = 60_000,
            NotBeforeMs = first.Time.GetUtcNow().ToUnixTimeMilliseconds() + 3_600_000,
        };
        first.Door.FailsWrites = true;
        await Assert.ThrowsAnyAsync<Exception>(() => first.Volume("v").Begin(order));
        await Assert.ThrowsAnyAsync<Exception>(() => first.Volume("v").Begin(order));
        first.Door.FailsWrites = false;
        Assert.True(await first.Volume("v").Begin(order));

        await using var next = await first.SucceedAsync();
        Assert.Equal(order.Id, (await next.Volume("v").Describe())?.Id);
    }

    [Fact]
    public async Task A_volume_whose_effect_hangs_is_not_touched_until_it_ends()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("v", "cold-a");
        Assert.Null(await silo.MigrateAsync("v", null, "hot-b"));
        await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe())?.Phase == "copying", "it copies", 100);
        var hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        silo.BackEnd.Hang = hang.Task;
        await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe())?.Problem?.Contains("has not ended an earlier call about v", StringComparison.Ordinal) == true, "its calls are refused", 10_000);
        var calls = silo.BackEnd.Calls;
        for (var look = 0; look < 5; look++)
        {
            silo.Time.Pass(1_000);
            await silo.Volume("v").Describe(); // comes after the look
        }

        Assert.Equal(calls, silo.BackEnd.Calls);
        silo.BackEnd.Hang = null;
        hang.SetResult();
        await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe())?.EndedAt is not null, "it ends");
        Assert.Empty(silo.World.Sins);
    }

    [Fact]
    public async Task An_order_that_was_stored_and_not_given_is_given_after_the_silos_death()
    {
        await using var first = await TieringSilo.StartAsync();
        first.World.AddVolume("v", "cold-a");
        first.Heat.Iops["v"] = 9_000;
        await first.ApplyAsync();
        await first.ReconcileAsync(3);
        await using var next = await first.SucceedAsync();

        await next.PassUntilAsync(async () => (await next.StatusAsync()).TotalMigrations == 1, "the migration is counted");
        Assert.StartsWith("hot-", Assert.Single(next.World.PoolsOf("v")), StringComparison.Ordinal);
        Assert.Single((await next.StatusAsync()).MigrationHistory);
    }

    [Fact]
    public async Task It_is_paused_resumed_and_aborted_by_request()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("v", "cold-a", 1_000 * VolumeWorld.Gigabyte / 2);
        Assert.Equal("it does not move", await silo.Volume("v").Pause());
        Assert.Null(await silo.MigrateAsync("v", null, "hot-b"));
        await silo.PassUntilAsync(() => silo.World.Copying == 1, "it copies");

        Assert.Null(await silo.Volume("v").Pause());
        await silo.PassUntilAsync(() => silo.World.Copying == 0, "it stands still");
        Assert.Equal("paused", (await silo.Volume("v").Describe())!.Phase);
        Assert.Null(await silo.Volume("v").Resume());
        await silo.PassUntilAsync(() => silo.World.Copying == 1, "it copies on");
        var report = await silo.Volume("v").Describe();
        Assert.Equal(("copying", 1, 1), (report!.Phase, report.Move, report.Moves));
        Assert.True(report.BytesPerSecond > 0);

        Assert.Null(await silo.Volume("v").Abort());
        await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe())?.EndedAt is not null, "it ends");
        Assert.Equal(["cold-a"], silo.World.PoolsOf("v"));
        Assert.Equal(1, silo.Meters.Sum("storage_operator_migrations_total", "status", "aborted"));
        Assert.Equal("aborted by request", (await silo.Volume("v").Describe())!.Reason);
        Assert.Empty(silo.World.Sins);
    }

    [Fact]
    public async Task An_abort_that_waits_for_a_dead_disk_is_ended_by_request()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("v", "cold-a", 1_000 * VolumeWorld.Gigabyte / 2);
        Assert.Null(await silo.MigrateAsync("v", null, "hot-b"));
        await silo.PassUntilAsync(() => silo.World.Copying == 1, "it copies");
        silo.World.Dead.Add("hot-b");
        Assert.Null((await silo.Policies.Abort("v")).Refusal);
        await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe())!.IsOverdue, "it is overdue");
        Assert.Equal(["cold-a", "hot-b"], silo.World.PoolsOf("v"));

        Assert.Null((await silo.Policies.Forget("v")).Refusal);
        await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe())?.EndedAt is not null, "it ends");
        Assert.Equal(["cold-a"], silo.World.PoolsOf("v"));
        Assert.Contains("was given up", (await silo.Volume("v").Describe())!.Reason, StringComparison.Ordinal);
        Assert.Equal(1, silo.Meters.Sum("storage_operator_migrations_total", "status", "aborted"));
        Assert.Empty(silo.World.Sins);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_a_sentence()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("v", "cold-a");
        silo.World.AddPool("small", "b", "hot", VolumeWorld.Gigabyte);

        Assert.Equal("there is no volume w", await silo.MigrateAsync("w", null, "hot-b"));
        Assert.StartsWith("there is no pool nowhere", await silo.MigrateAsync("v", null, "nowhere"), StringComparison.Ordinal);
        Assert.Equal("v has a replica in cold-a already", await silo.MigrateAsync("v", null, "cold-a"));
        Assert.StartsWith("v has no replica in hot-b", await silo.MigrateAsync("v", "hot-b", "hot-c"), StringComparison.Ordinal);
        Assert.True((await silo.Policies.Migrate("w", null, "hot-b")).IsUnknown);
        foreach (var (volume, answer) in new[] { ("v", await silo.Policies.Pause("v")), ("w", await silo.Policies.Resume("w")), ("v", await silo.Policies.Abort("v")) })
            Assert.Equal(volume == "v" ? ("v does not move", false) : ("there is no volume w", true), (answer.Refusal, answer.IsUnknown));
        Assert.False(silo.Shelf.Has("storage.volume/w"));
        Assert.StartsWith("hot-a lies on a", await silo.MigrateAsync("v", null, "hot-a"), StringComparison.Ordinal);
        Assert.StartsWith("small has 1000000000 bytes free", await silo.MigrateAsync("v", null, "small"), StringComparison.Ordinal);
        Assert.Null(await silo.MigrateAsync("v", null, "hot-b"));
        Assert.Equal("v moves already", await silo.MigrateAsync("v", null, "hot-c"));
    }

    [Fact]
    public async Task An_effect_that_the_back_end_refuses_for_good_ends_the_migration_with_its_sentence()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("v", "cold-a");
        silo.Heat.Iops["v"] = 9_000;
        silo.World.Fails = effect => effect.Effect == MigrationEffect.CreateTarget ? new BackEndException("the disk of the pool is read-only; replace it", isPermanent: true) : null;
        await silo.ApplyAsync();
        await silo.ReconcileAsync(3);
        await silo.PassUntilAsync(async () => (await silo.StatusAsync()).FailedMigrations == 1, "the failure is counted");

        Assert.Equal("the disk of the pool is read-only; replace it", Assert.Single((await silo.StatusAsync()).MigrationHistory).Error);
        Assert.Equal(["cold-a"], silo.World.PoolsOf("v"));
        Assert.Equal(1, silo.Meters.Sum("storage_operator_migrations_total", "status", "failed"));
    }

    [Fact]
    public async Task A_volume_that_vanishes_ends_its_migration()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("v", "cold-a", 500 * VolumeWorld.Gigabyte);
        Assert.Null(await silo.MigrateAsync("v", null, "hot-b"));
        await silo.PassUntilAsync(() => silo.World.Copying == 1, "it copies");
        silo.World.RemoveVolume("v");
        await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe())?.EndedAt is not null, "it ends");
        Assert.Equal("failed", (await silo.Volume("v").Describe())!.Phase);
    }

    [Fact]
    public async Task How_far_a_copy_has_come_is_measured_while_it_moves()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("v", "cold-a", 100 * VolumeWorld.Gigabyte);
        Assert.Null(await silo.MigrateAsync("v", null, "hot-b"));
        await silo.PassUntilAsync(() => silo.Meters.Observe("actors_migration_progress_ratio") is > 0.3 and < 0.9, "a part is copied");
        await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe())?.EndedAt is not null, "it ends");
        await TestGuard.UntilAsync(() => silo.Meters.Look("actors_migration_progress_ratio").Length == 0, "it is shown no more");
    }

    [Fact]
    public async Task A_store_that_fails_has_no_effect_come_before_its_phase_is_stored()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("v", "cold-a");
        Assert.Null(await silo.MigrateAsync("v", null, "hot-b"));
        silo.Door.FailsWrites = true;
        var before = silo.World.Effects.Count;
        for (var tick = 0; tick < 20; tick++)
        {
            silo.Time.Pass(1_000);
            await silo.Volume("v").Describe();
        }

        Assert.Equal(before, silo.World.Effects.Count);
        silo.Door.FailsWrites = false;
        await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe())?.EndedAt is not null, "it ends");
        Assert.Equal(["hot-b"], silo.World.PoolsOf("v"));
    }
}
