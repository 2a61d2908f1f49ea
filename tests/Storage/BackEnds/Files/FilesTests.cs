using Actors.Harness;
using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Files;
using Actors.Storage.Migrations;
using static Actors.Storage.Tests.BackEnds.Files.FilesSteps;

namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>What is the files' own: open volumes, the switch, whoever writes in between.</summary>
public sealed class FilesTests
{
    [Fact]
    public async Task R17_an_open_volume_is_refused_at_the_start_with_the_process_that_holds_it()
    {
        await using var world = await FilesWorld.StartAsync();
        await using var holder = new FileHolder(world.Link);
        await holder.OpenedAsync();
        var refusal = await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.CreateTarget));

        Assert.Contains($"v is open by process {holder.Id} (bash)", refusal.Message);
        Assert.True(refusal.IsPermanent);
        Assert.Equal(["cold-a/v.r1.img"], world.Replicas());
    }

    [Fact]
    public async Task A_holder_that_nobody_sees_is_no_reason_to_give_up()
    {
        await using var world = await FilesWorld.StartAsync();
        var refusals = 0;
        world.Files.IsOpenUnseen = path => path.EndsWith("cold-a/v.r1.img", StringComparison.Ordinal) && ++refusals < 3;
        var refusal = await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.CreateTarget));
        Assert.Contains("somebody whom this process may not see", refusal.Message);
        Assert.False(refusal.IsPermanent);

        refusals = 0;
        world.Files.IsOpenUnseen = path => path.EndsWith("cold-a/v.r1.img", StringComparison.Ordinal) && ++refusals % 2 == 1; // gone when it is looked for
        await PerformAsync(world, MigrationEffect.CreateTarget);
        await PerformAsync(world, MigrationEffect.StartCopy, "r2");
        await world.PassAsync();
        Assert.True((await ReadAsync(world)).Replicas[1].IsInSync);
        Assert.Equal(6, refusals); // twice each, when the replica was made, and when the copy was asked for and began
    }

    [Fact]
    public async Task R17_a_volume_that_was_opened_during_the_copy_is_not_switched()
    {
        await using var world = await FilesWorld.StartAsync();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Switching);
        await using (var holder = new FileHolder(world.Link))
        {
            await holder.OpenedAsync();
            await driver.RunUntilAsync(() => driver.Stored.Attempts == 2);
            Assert.Equal((MigrationPhase.Switching, "r1"), (driver.Stored.Phase, (await ReadAsync(world)).ActiveReplica));
            await driver.RunUntilAsync(MigrationPhase.Failed);
            Assert.Contains($"process {holder.Id} (bash)", driver.Stored.Reason);
        }

        Assert.Equal(["cold-a/v.r1.img"], world.Replicas());
    }

    [Fact]
    public async Task R17_whoever_opens_the_volume_in_the_moment_of_the_switch_has_the_file_that_it_runs_on()
    {
        await using var world = await FilesWorld.StartAsync();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Switching);
        FileHolder? holder = null;
        world.Files.Before = (operation, path) =>
        {
            if (operation == "rename" && path == world.Link && holder is null)
            {
                var hold = world.Files.Holds[Path.Combine(world.PoolFolder("cold-a"), "v.r1.img")];
                holder = new FileHolder(world.Link);
                Assert.True(SpinWait.SpinUntil(() => hold.IsWanted, BackEndWorld.Guard)); // it waits in the kernel
            }
        };
        var view = await ReadAsync(world);
        var target = view.Replicas.Single(replica => replica.Id != view.ActiveReplica).Id;
        var refusal = await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.Switch, target));

        Assert.Contains("opened while it was put onto r2", refusal.Message);
        Assert.Equal("r1", (await ReadAsync(world)).ActiveReplica);
        await holder!.OpenedAsync();
        await holder.DisposeAsync();
        await PerformAsync(world, MigrationEffect.Switch, target);
        Assert.Equal(target, (await ReadAsync(world)).ActiveReplica);
    }

    [Fact]
    public async Task A_holder_that_nobody_sees_at_the_end_of_a_switch_does_not_undo_it()
    {
        await using var world = await FilesWorld.StartAsync();
        await new MigrationDriver(world).RunUntilAsync(MigrationPhase.Switching);
        var asked = 0;
        world.Files.IsOpenUnseen = path => path.EndsWith("cold-a/v.r1.img", StringComparison.Ordinal) && ++asked == 2; // the end's look, and gone when it is looked for
        await PerformAsync(world, MigrationEffect.Switch, "r2");
        Assert.Equal(("r2", 3), ((await ReadAsync(world)).ActiveReplica, asked));

        await PerformAsync(world, MigrationEffect.Switch, "r1");
        asked = 0;
        world.Files.IsOpenUnseen = path => path.EndsWith("cold-a/v.r1.img", StringComparison.Ordinal) && ++asked >= 2;
        Assert.Contains("somebody whom this process may not see", (await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.Switch, "r2"))).Message);
        Assert.Equal("r1", (await ReadAsync(world)).ActiveReplica);
    }

    [Fact]
    public async Task A_volume_that_was_written_to_during_the_copy_is_copied_anew()
    {
        await using var world = await FilesWorld.StartAsync();
        var (segments, wasWritten) = (0, false);
        world.Files.Before = (operation, path) =>
        {
            if (operation != "sync" || !path.Contains("hot-c", StringComparison.Ordinal) || ++segments != 3) return;
            world.Write(0x5A);
            wasWritten = true;
        };
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Synced);
        Assert.True(wasWritten);
        Assert.Equal(FilesWorld.ChecksumOf(world.Link), FilesWorld.ChecksumOf(Path.Combine(world.PoolFolder("hot-c"), "v.r2.img")));

        world.Write(0x5B); // after the copy, before the switch
        await driver.RunUntilAsync(MigrationPhase.Done);
        using var file = File.OpenRead(world.Link);
        Assert.Equal(0x5B, file.ReadByte());
    }

    [Fact]
    public async Task A_volume_that_is_written_to_all_the_time_stays()
    {
        await using var world = await FilesWorld.StartAsync();
        byte value = 0;
        world.Files.Before = (operation, path) =>
        {
            if (operation == "sync" && path.Contains("hot-c", StringComparison.Ordinal)) world.Write(++value);
        };
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Failed);

        Assert.Contains("was written to each of 4 times", driver.Stored.Reason);
        Assert.Equal(["cold-a/v.r1.img"], world.Replicas());
        using var file = File.OpenRead(world.Link);
        Assert.Equal(value, file.ReadByte());
    }

    [Fact]
    public async Task A_write_after_the_switch_leaves_the_old_replica_behind()
    {
        await using var world = await FilesWorld.StartAsync();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Soaking);
        Assert.All((await ReadAsync(world)).Replicas, replica => Assert.True(replica.IsInSync));
        world.Write(0x77);

        Assert.Equal(["r2"], (await ReadAsync(world)).Replicas.Where(replica => replica.IsInSync).Select(replica => replica.Id));
        Assert.Contains("behind", (await driver.RoundAsync(command: MigrationCommand.Abort)).Refusal);
        await driver.RunUntilAsync(MigrationPhase.Done);
        using var file = File.OpenRead(world.Link);
        Assert.Equal(0x77, file.ReadByte());
    }

    [Fact]
    public async Task An_old_replica_that_somebody_changed_is_none_to_go_back_to()
    {
        await using var world = await FilesWorld.StartAsync();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Soaking);
        await File.AppendAllTextAsync(Path.Combine(world.PoolFolder("cold-a"), "v.r1.img"), "x");
        Assert.Equal(["r2"], (await ReadAsync(world)).Replicas.Where(replica => replica.IsInSync).Select(replica => replica.Id));
    }

    [Fact]
    public async Task An_old_replica_that_somebody_changed_after_the_switch_is_kept()
    {
        await using var world = await FilesWorld.StartAsync();
        var old = Path.Combine(world.PoolFolder("cold-a"), "v.r1.img");
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Soaking);
        await File.AppendAllTextAsync(old, "x"); // by its own path: the link leads to the new one

        await driver.RunUntilAsync(MigrationPhase.RemovingSource);
        for (var round = 0; round < 5; round++) await driver.RoundAsync();
        Assert.Equal(["cold-a/v.r1.img", "hot-c/v.r2.img"], world.Replicas());
        var refusal = await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.RemoveReplica, "r1"));
        Assert.Contains($"{old} was written to although v runs on r2", refusal.Message);
        Assert.False(refusal.IsPermanent);

        File.Delete(old);
        await driver.RunUntilAsync(() => driver.Stored.IsFinal);
        Assert.Equal(MigrationPhase.Done, driver.Stored.Phase);
    }

    [Fact]
    public async Task A_new_replica_that_somebody_changed_after_the_way_back_is_kept()
    {
        await using var world = await FilesWorld.StartAsync();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Soaking);
        await PerformAsync(world, MigrationEffect.Switch, "r1");
        await File.AppendAllTextAsync(Path.Combine(world.PoolFolder("hot-c"), "v.r2.img"), "x");

        var refusal = await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.RemoveReplica, "r2"));
        Assert.Contains("was written to although v runs on r1", refusal.Message);
        Assert.Equal(["cold-a/v.r1.img", "hot-c/v.r2.img"], world.Replicas());
    }

    [Fact]
    public async Task A_volume_that_is_open_when_its_copy_is_to_begin_anew_is_not_copied()
    {
        await using var world = await FilesWorld.StartAsync();
        await PerformAsync(world, MigrationEffect.CreateTarget);
        FileStream? open = null;
        var segments = 0;
        world.Files.Before = (operation, path) =>
        {
            if (operation != "sync" || !path.Contains("hot-c", StringComparison.Ordinal) || ++segments != 2) return;
            open = new FileStream(world.Link, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            open.WriteByte(0x5A);
            open.Flush();
        };
        await PerformAsync(world, MigrationEffect.StartCopy, "r2");
        await world.PassAsync();

        Assert.NotNull(open);
        var refusal = await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.StartCopy, "r2"));
        Assert.Contains($"v is open by process {Environment.ProcessId}", refusal.Message);
        Assert.False(refusal.IsPermanent);
        Assert.Equal(2, segments);

        await open.DisposeAsync();
        await PerformAsync(world, MigrationEffect.StartCopy, "r2");
        await world.PassAsync();
        Assert.True((await ReadAsync(world)).Replicas[1].IsInSync);
        Assert.Equal(FilesWorld.ChecksumOf(world.Link), FilesWorld.ChecksumOf(Path.Combine(world.PoolFolder("hot-c"), "v.r2.img")));
    }

    [Fact]
    public async Task A_process_that_is_being_started_holds_up_a_move_and_does_not_end_it()
    {
        await using var world = await FilesWorld.StartAsync();
        StartingProcess starting;
        using (new FileStream(world.Link, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            starting = new StartingProcess();
            await StartingProcess.WhenForkedAsync();
            Assert.Contains($"process {Environment.ProcessId} ", Assert.Single(FileHolders.Find(world.Link)));
        }

        using (starting)
        {
            Assert.Empty(FileHolders.Find(world.Link));
            var refusal = await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.CreateTarget));
            Assert.Contains("v is open by somebody", refusal.Message);
            Assert.False(refusal.IsPermanent);
        }

        await PerformAsync(world, MigrationEffect.CreateTarget);
    }

    [Fact]
    public async Task The_new_file_has_the_old_ones_owner_and_mode()
    {
        await using var world = await FilesWorld.StartAsync();
        if (Environment.IsPrivilegedProcess) (await ForeignProgram.RunAsync("chown", ["-L", "4711:4712", world.Link], "", BackEndWorld.Guard)).OutputOfSuccess();
        (await ForeignProgram.RunAsync("chmod", ["0604", world.Link], "", BackEndWorld.Guard)).OutputOfSuccess();
        var before = await RightsAsync(world.Link);
        Assert.EndsWith(":604", before.Trim(), StringComparison.Ordinal);
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(() => world.Replicas().Count == 2);
        Assert.Equal(before, await RightsAsync(Path.Combine(world.PoolFolder("hot-c"), "v.r2.img")));

        (await ForeignProgram.RunAsync("chmod", ["0640", world.Link], "", BackEndWorld.Guard)).OutputOfSuccess(); // and what was changed until the copy began
        before = await RightsAsync(world.Link);
        await driver.RunUntilAsync(MigrationPhase.Done);
        Assert.Equal(before, await RightsAsync(world.Link));
        Assert.Equal(["hot-c/v.r2.img"], world.Replicas());
    }

    [Fact]
    public async Task Rights_that_cannot_be_given_end_it()
    {
        await using var world = await FilesWorld.StartAsync();
        world.Files.Before = (operation, _) =>
        {
            if (operation == "setrights") throw new IOException("Operation not permitted", 1);
        };
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Failed);
        Assert.Contains("the silo's user has no right to it", driver.Stored.Reason);
        Assert.Equal(["cold-a/v.r1.img"], world.Replicas());
    }

    [Fact]
    public async Task A_link_that_leads_out_of_the_pool_is_refused()
    {
        await using var world = await FilesWorld.StartAsync();
        await PerformAsync(world, MigrationEffect.CreateTarget);
        var (file, elsewhere) = (Path.Combine(world.PoolFolder("cold-a"), "v.r1.img"), Path.Combine(Directory.CreateDirectory(world.PoolFolder("old")).FullName, "v.r1.img"));
        File.Copy(file, elsewhere);
        Lead(elsewhere);

        var refusal = await Assert.ThrowsAsync<BackEndException>(() => ReadAsync(world));
        Assert.Contains($"{world.Link} leads to {elsewhere}, and r1 of v in the pool cold-a is {file}", refusal.Message);
        Assert.False(Assert.Single((await world.BackEnd.ListAsync(CancellationToken.None)).Volumes).IsHealthy);
        await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.StartCopy, "r2"));
        await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.Switch, "r2"));
        await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.RemoveReplica, "r2"));

        Directory.CreateSymbolicLink(world.PoolFolder("alias"), world.PoolFolder("cold-a"));
        Lead(Path.Combine(world.PoolFolder("alias"), "v.r1.img")); // the same file under another name
        await PerformAsync(world, MigrationEffect.StartCopy, "r2");
        await world.PassAsync();
        await PerformAsync(world, MigrationEffect.Switch, "r2");
        Assert.Equal("r2", (await ReadAsync(world)).ActiveReplica);

        void Lead(string target)
        {
            File.Delete(world.Link);
            File.CreateSymbolicLink(world.Link, target);
        }
    }

    [Fact]
    public async Task An_abort_in_the_soak_goes_back_while_nobody_wrote()
    {
        await using var world = await FilesWorld.StartAsync();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Soaking);
        Assert.Null((await driver.RoundAsync(command: MigrationCommand.Abort)).Refusal);
        await driver.RunUntilAsync(MigrationPhase.Failed);
        Assert.Equal(["cold-a/v.r1.img"], world.Replicas());
    }

    private static async Task<string> RightsAsync(string path) => (await ForeignProgram.RunAsync("stat", ["-L", "-c", "%u:%g:%a", path], "", BackEndWorld.Guard)).OutputOfSuccess();
}
