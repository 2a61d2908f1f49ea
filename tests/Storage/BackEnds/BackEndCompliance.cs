using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;
using static Actors.Storage.Tests.Migrations.MigrationBench;

namespace Actors.Storage.Tests.BackEnds;

/// <summary>What every back end keeps, whatever lies behind it.</summary>
public abstract class BackEndCompliance
{
    private static readonly MigrationPhase[] Way =
    [
        MigrationPhase.WaitingForSlot, MigrationPhase.Copying, MigrationPhase.Synced, MigrationPhase.Switching, MigrationPhase.Soaking, MigrationPhase.RemovingSource, MigrationPhase.Done,
    ];

    private protected abstract Task<BackEndWorld> StartAsync();

    [Fact]
    public async Task A_migration_goes_its_way_and_the_volume_is_the_same()
    {
        await using var world = await StartAsync();
        var before = await world.ChecksumAsync();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Done);

        Assert.Equal(Way, driver.Phases);
        await AssertLiesAsync(world, world.TargetPool);
        Assert.Equal(before, await world.ChecksumAsync());
    }

    [Fact]
    public async Task R9_whoever_dies_at_any_step_another_goes_on()
    {
        var deaths = 0;
        foreach (var death in (Death[])[Death.BeforeStoring, Death.AfterStoring, Death.AfterTheEffect])
        {
            for (var at = 0; ; at++)
            {
                await using var world = await StartAsync();
                var before = await world.ChecksumAsync();
                var driver = new MigrationDriver(world);
                for (var round = 0; round < at; round++) await driver.RoundAsync();
                if (driver.Stored.IsFinal) break;
                await driver.RoundAsync(death);
                deaths++;
                await driver.RunUntilAsync(MigrationPhase.Done);
                await AssertLiesAsync(world, world.TargetPool);
                Assert.Equal(before, await world.ChecksumAsync());
            }
        }

        Assert.InRange(deaths, 24, 200);
    }

    [Fact]
    public async Task An_effect_that_comes_twice_is_no_second_change()
    {
        await using var world = await StartAsync();
        var before = await world.ChecksumAsync();
        var driver = new MigrationDriver(world) { IsStuttering = true };
        await driver.RunUntilAsync(MigrationPhase.Done);

        await AssertLiesAsync(world, world.TargetPool);
        Assert.Equal(before, await world.ChecksumAsync());
    }

    [Theory]
    [InlineData(MigrationPhase.WaitingForSlot)]
    [InlineData(MigrationPhase.Copying)]
    [InlineData(MigrationPhase.Synced)]
    [InlineData(MigrationPhase.Switching)]
    public async Task Defect_10_an_abort_leaves_what_was_there_before(MigrationPhase phase)
    {
        await using var world = await StartAsync();
        var (before, view) = (await world.ChecksumAsync(), await ReadAsync(world));
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(phase);
        for (var round = 0; round < 2 && phase == MigrationPhase.Copying; round++) await driver.RoundAsync();
        Assert.Null((await driver.RoundAsync(command: MigrationCommand.Abort)).Refusal);
        await driver.RunUntilAsync(MigrationPhase.Failed);

        Assert.Equal("aborted by request", driver.Stored.Reason);
        await AssertLiesAsync(world, world.SourcePool);
        Assert.Equal(view.Replicas.Select(replica => replica.Id), (await ReadAsync(world)).Replicas.Select(replica => replica.Id));
        Assert.Equal(before, await world.ChecksumAsync());
    }

    [Fact]
    public async Task A_copy_that_is_stopped_shows_so_stands_still_where_it_can_and_can_go_on()
    {
        await using var world = await StartAsync();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(() => driver.Phases.LastOrDefault() == MigrationPhase.Copying);
        while ((await driver.RoundAsync()).Effect != MigrationEffect.CreateTarget) Assert.False(driver.Stored.IsFinal, driver.Stored.ToString());
        await driver.RoundAsync(command: MigrationCommand.Pause);
        var paused = await ReadNewAsync();
        for (var round = 0; round < 4; round++) await driver.RoundAsync();
        Assert.Equal((MigrationPhase.Paused, false), (driver.Stored.Phase, (await ReadAsync(world)).IsCopying));
        if (world.BackEnd.Budget == BudgetKind.None) Assert.True((await ReadNewAsync()).IsInSync); // it is only not shown
        else Assert.Equal(paused, await ReadNewAsync());
        await driver.RoundAsync(command: MigrationCommand.Resume);
        await driver.RunUntilAsync(MigrationPhase.Done);
        await AssertLiesAsync(world, world.TargetPool);

        async Task<ReplicaView> ReadNewAsync() => (await ReadAsync(world)).Replicas.Single(replica => replica.Pool == world.TargetPool);
    }

    [Fact]
    public async Task A_replica_that_is_not_whole_is_not_switched_to_and_one_that_is_needed_is_not_removed()
    {
        await using var world = await StartAsync();
        var before = await ReadAsync(world);
        await PerformAsync(world, MigrationEffect.CreateTarget, null);
        var made = (await ReadAsync(world)).Replicas.Single(replica => replica.Pool == world.TargetPool);
        Assert.False(made.IsInSync);

        if (before.ActiveReplica is not null) await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.Switch, made.Id));
        foreach (var effect in (MigrationEffect[])[MigrationEffect.RemoveReplica, MigrationEffect.ForgetReplica])
        {
            foreach (var replica in before.Replicas) await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, effect, replica.Id));
        }

        var after = await ReadAsync(world);
        Assert.Equal((before.ActiveReplica, before.Replicas.Count + 1), (after.ActiveReplica, after.Replicas.Count));
        await PerformAsync(world, MigrationEffect.RemoveReplica, made.Id);
        await AssertLiesAsync(world, world.SourcePool);
    }

    [Fact]
    public async Task It_lists_what_it_shows_and_knows_no_other_volume()
    {
        await using var world = await StartAsync();
        Assert.Null(await world.BackEnd.ReadAsync("no-such-volume", world.TargetPool, CancellationToken.None));
        var all = await world.BackEnd.ListAsync(CancellationToken.None);
        var volume = all.Volumes.Single(volume => volume.Name == world.Volume);

        Assert.Equal((await ReadAsync(world)).Replicas.Select(replica => replica.Pool).Order(), volume.Pools.Order());
        Assert.True(volume.IsHealthy && volume.SizeBytes > 0);
        var pools = all.Pools.ToDictionary(pool => pool.Name);
        Assert.All((string[])[world.SourcePool, world.TargetPool, .. world.OtherPools], name => Assert.True(pools[name].IsUsable && pools[name].FreeBytes <= pools[name].CapacityBytes));
    }

    private protected static async Task<VolumeView> ReadAsync(BackEndWorld world) => (await world.BackEnd.ReadAsync(world.Volume, world.TargetPool, CancellationToken.None))!;

    private protected static Task PerformAsync(BackEndWorld world, MigrationEffect effect, string? replica) =>
        world.BackEnd.PerformAsync(new(world.Volume, effect, world.SourcePool, world.TargetPool, replica, new(MigrationDriver.Grant, TimeSpan.FromMinutes(1))), CancellationToken.None);

    /// <summary>One replica in the pool, and the others where they were; all in sync, and nothing under way.</summary>
    private protected static async Task AssertLiesAsync(BackEndWorld world, string pool)
    {
        var view = await ReadAsync(world);
        Assert.Equal(world.OtherPools.Append(pool).Order(), view.Replicas.Select(replica => replica.Pool).Order());
        Assert.All(view.Replicas, replica => Assert.True(replica.IsInSync));
        Assert.False(view.IsCopying);
        if (view.ActiveReplica is { } active) Assert.Equal(pool, view.Replicas.Single(replica => replica.Id == active).Pool);
    }
}
