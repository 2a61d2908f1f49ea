using Actors.Grains.Tests.Support;

namespace Actors.Grains.Tests.Storage;

/// <content>What relies on how turns follow the house's clock (docs/orleans.md).</content>
public sealed partial class PoliciesGrainTests
{
    [Fact]
    public async Task Policies_are_reconciled_by_themselves_each_interval()
    {
        await using var silo = await TieringSilo.StartAsync();
        await silo.ApplyAsync();
        await silo.PassUntilAsync(() => silo.Heat.Reads == 1, "they are reconciled when they come", 1);
        await silo.Policies.Reconcile(); // one that runs has ended before
        silo.Time.Pass(269_000);
        Assert.Equal(2, silo.Heat.Reads);
        await silo.PassUntilAsync(() => silo.Heat.Reads == 3, "they are reconciled again", 61_000);
    }

    [Fact]
    public async Task A_store_that_fails_has_no_volume_move()
    {
        await using var silo = await TieringSilo.StartHotAsync();
        await silo.ReconcileAsync(2);
        silo.Door.BeforeWrite = static state => state == "tiering" ? Task.FromException(new IOException("The test lets this write fail.")) : Task.CompletedTask;
        silo.Time.Pass(30_000);
        await Assert.ThrowsAnyAsync<Exception>(() => silo.Policies.Reconcile());
        // Orders have a pause of up to 30 s before them, and are given again each 10 s; the volume's grain could store its own.
        for (var second = 0; second < 60; second++)
        {
            silo.Time.Pass(1_000);
            Assert.Null(await silo.Volume("v").Describe());
        }

        Assert.Empty(silo.World.Effects);

        silo.Door.BeforeWrite = null;
        await TestGuard.UntilAsync(
            async () =>
            {
                await silo.ReconcileAsync(1);
                return (await silo.StatusAsync()).ActiveMigrations == 1;
            },
            "it moves when the store is back");
    }

    [Fact]
    public async Task No_volume_is_told_of_an_order_whose_write_is_under_way()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("asked", "cold-a");
        silo.World.AddVolume("warm", "cold-b");
        silo.Heat.Iops["warm"] = 9_000;
        await silo.ApplyAsync();
        await silo.ReconcileAsync(2);
        var (first, second) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var writes = 0;
        silo.Door.BeforeWrite = state => state != "tiering" ? Task.CompletedTask : Interlocked.Increment(ref writes) == 1 ? first.Task : second.Task;

        var asking = silo.MigrateAsync("asked", null, "hot-c");
        await TestGuard.UntilAsync(() => Volatile.Read(ref writes) == 1, "the first order is being stored");
        silo.Time.Pass(30_000);
        var round = silo.Policies.Reconcile();
        await TestGuard.UntilAsync(async () => (await silo.Policies.Look()).Volumes.Single(static one => one.Name == "warm").IsMoving, "the second order is decided");
        first.SetResult();
        Assert.Null(await TestGuard.SoonAsync(asking, "the first order is given"));
        Assert.NotNull(await silo.Volume("asked").Describe());
        Assert.Null(await silo.Volume("warm").Describe());

        second.SetException(new IOException("The test lets this write fail."));
        await Assert.ThrowsAnyAsync<Exception>(() => TestGuard.SoonAsync(round, "the round ends"));
        Assert.Null(await silo.Volume("warm").Describe());
    }
}
