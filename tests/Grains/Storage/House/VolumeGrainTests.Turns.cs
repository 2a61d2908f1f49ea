namespace Actors.Grains.Tests.Storage;

/// <content>What relies on how turns follow the house's clock (docs/orleans.md).</content>
public sealed partial class VolumeGrainTests
{
    [Fact]
    public async Task One_that_finds_a_copy_under_way_waits_until_no_share_of_another_is_in_force()
    {
        await using var silo = await TieringSilo.StartAsync();
        silo.World.AddVolume("v", "cold-a", 100 * VolumeWorld.Gigabyte);
        Assert.Null(await silo.MigrateAsync("v", null, "hot-b"));
        await silo.PassUntilAsync(() => silo.World.Copying == 1, "it copies");

        // Another writer was here: the activation ends without a word to the back end, and the next one is another process as far as it knows.
        silo.Shelf.Touch("storage.volume/v");
        await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe()) is { Phase: "waitingForSlot", WaitsFor: "a copy that was begun before to end" }, "it waits", 100);
        await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe())?.EndedAt is not null, "it ends");
        Assert.Equal(["hot-b"], silo.World.PoolsOf("v"));
        Assert.Empty(silo.World.Sins);
    }

    [Fact]
    public async Task An_order_that_its_volume_has_not_taken_is_taken_back_by_request_and_has_its_end()
    {
        await using var silo = await TieringSilo.StartHotAsync();
        await silo.ReconcileAsync(2);
        silo.Door.BeforeWrite = static state => state == "volume" ? Task.FromException(new IOException("The test lets this write fail.")) : Task.CompletedTask;
        await silo.ReconcileAsync(1);
        Assert.Contains("has not taken its order yet", (await silo.Policies.Abort("v")).Refusal, StringComparison.Ordinal);

        silo.Door.BeforeWrite = null;
        Assert.Null((await silo.Policies.Abort("v")).Refusal);
        await silo.PassUntilAsync(async () => (await silo.StatusAsync()).TotalMigrations == 1, "it is counted");
        Assert.Equal("aborted by request", Assert.Single((await silo.StatusAsync()).MigrationHistory).Error);
        Assert.Empty(silo.World.Effects);
        Assert.Equal(1, silo.Meters.Sum("storage_operator_migrations_total", "status", "aborted"));
    }
}
