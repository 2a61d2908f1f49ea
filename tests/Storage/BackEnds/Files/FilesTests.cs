using System.Globalization;
using System.Text.Json.Nodes;
using Actors.Grains.Tests.Support;
using Actors.Harness;
using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;

namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>What is the files' own: open volumes, damage, full disks, leases.</summary>
public sealed class FilesTests
{
    private const int Full = 28;

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
    public async Task A_copy_that_an_earlier_silo_has_not_ended_is_waited_for()
    {
        await using var world = await FilesWorld.StartAsync(sizeBytes: 300_000, new VirtualTime());
        await PerformAsync(world, MigrationEffect.CreateTarget);
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Files.Before = (operation, path) =>
        {
            if (operation == "setlength" && path.Contains("hot-c", StringComparison.Ordinal)) began.TrySetResult();
        };
        var slow = new CopyRate(1, TimeSpan.FromSeconds(5));
        await PerformAsync(world, MigrationEffect.StartCopy, "r2", slow);
        await began.Task.WaitAsync(BackEndWorld.Guard);

        await using var next = world.StartAnother();
        var start = new VolumeEffect("v", MigrationEffect.StartCopy, "cold-a", "hot-c", "r2", slow);
        var refusal = await Assert.ThrowsAsync<BackEndException>(() => next.PerformAsync(start, CancellationToken.None));
        Assert.Contains("v is open by process", refusal.Message);
        Assert.False(refusal.IsPermanent);

        await PerformAsync(world, MigrationEffect.StopCopy);
        await next.PerformAsync(start, CancellationToken.None);
        Assert.True((await next.ReadAsync("v", "hot-c", CancellationToken.None))!.IsCopying);
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

    [Fact]
    public async Task A_copy_whose_lease_nobody_renews_ends_and_goes_on_from_where_it_was()
    {
        var time = new VirtualTime();
        await using var world = await FilesWorld.StartAsync(sizeBytes: 300_000, time);
        await PerformAsync(world, MigrationEffect.CreateTarget);
        var rate = new CopyRate(1, TimeSpan.FromSeconds(5));
        await PerformAsync(world, MigrationEffect.StartCopy, "r2", rate);
        time.Pass(4_000);
        await world.BackEnd.RenewAsync("v", rate, CancellationToken.None);
        time.Pass(4_900);
        var view = await ReadAsync(world);
        Assert.Equal((true, 1L), (view.IsCopying, view.SpeedBytesPerSecond));

        time.Pass(200);
        await world.Own.WhenNotCopying("v").WaitAsync(BackEndWorld.Guard);
        await world.BackEnd.RenewAsync("v", rate, CancellationToken.None); // too late
        view = await ReadAsync(world);
        Assert.Equal((false, 0L, 0L), (view.IsCopying, view.SpeedBytesPerSecond, view.Replicas[1].SyncedBytes));
    }

    [Fact]
    public async Task A_copy_goes_on_behind_what_is_durable_when_the_process_was_killed()
    {
        await using var world = await FilesWorld.StartAsync();
        await PerformAsync(world, MigrationEffect.CreateTarget);
        var segments = 0;
        world.Files.Before = (operation, path) =>
        {
            if (operation == "sync" && path.Contains("hot-c", StringComparison.Ordinal) && ++segments == 3) world.Files.Kill();
        };
        await PerformAsync(world, MigrationEffect.StartCopy, "r2");
        await world.PassAsync();
        await world.CrashAsync();
        Assert.Equal(2 * 65_536, (await ReadAsync(world)).Replicas[1].SyncedBytes);

        segments = 0;
        world.Files.Before = (operation, path) => segments += operation == "sync" && path.Contains("hot-c", StringComparison.Ordinal) ? 1 : 0;
        await PerformAsync(world, MigrationEffect.StartCopy, "r2");
        await world.PassAsync();
        Assert.Equal(3, segments); // two that were left, and the end
        Assert.True((await ReadAsync(world)).Replicas[1].IsInSync);
    }

    [Fact]
    public async Task A_full_disk_ends_it_and_a_full_pool_takes_nothing()
    {
        await using var world = await FilesWorld.StartAsync();
        world.Files.Before = (operation, path) =>
        {
            if (operation == "write" && path.Contains("hot-c", StringComparison.Ordinal)) throw new IOException("No space left on device", Full);
        };
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Failed);
        Assert.Contains("the disk is full; free some of it", driver.Stored.Reason);
        Assert.Equal(["cold-a/v.r1.img"], world.Replicas());

        world.Files.Before = null;
        await world.AddAsync("large", 60 << 20, "hot-c");
        var full = new MigrationDriver(world);
        await full.RunUntilAsync(() => full.Stored.Phase == MigrationPhase.Copying);
        await world.AddAsync("more", 4 << 20, "hot-c");
        await full.RunUntilAsync(MigrationPhase.Failed);
        Assert.Contains("the pool hot-c has 0 bytes left and 200000 are needed", full.Stored.Reason);
        Assert.False((await ReadAsync(world)).IsTargetPoolUsable);
    }

    [Fact]
    public async Task A_torn_descriptor_is_named_and_hides_no_other_volume()
    {
        await using var world = await FilesWorld.StartAsync();
        await world.AddAsync("w", 1_000, "cold-b");
        var text = await File.ReadAllTextAsync(world.Descriptor);
        await File.WriteAllTextAsync(world.Descriptor, text[..(text.Length / 2)]);

        var refusal = await Assert.ThrowsAsync<BackEndException>(() => ReadAsync(world));
        Assert.Contains("volume.json is damaged", refusal.Message);
        Assert.Contains("bring it back from a copy", refusal.Message);
        var volumes = (await world.BackEnd.ListAsync(CancellationToken.None)).Volumes;
        Assert.Equal([("v", false), ("w", true)], volumes.Select(volume => (volume.Name, volume.IsHealthy)));
    }

    [Theory]
    [InlineData("""{ "id": "r1", "pool": "cold-a" }, { "id": "r1", "pool": "cold-b" }""", "r1 is there 2 times")]
    [InlineData("""{ "id": "r1", "pool": "cold-a" }, null""", "a replica is null")]
    [InlineData("""{ "id": "../r1", "pool": "cold-a" }""", "\"../r1\" is no replica's id")]
    public async Task A_descriptor_with_a_mistake_is_named_and_hides_no_other_volume(string replicas, string told)
    {
        await using var world = await FilesWorld.StartAsync();
        await world.AddAsync("w", 1_000, "cold-b");
        await File.WriteAllTextAsync(world.Descriptor, $$"""{ "name": "v", "storageClass": "fast", "labels": { }, "lastReplica": 2, "replicas": [{{replicas}}] }""");

        var refusal = await Assert.ThrowsAsync<BackEndException>(() => ReadAsync(world));
        Assert.Contains("volume.json is damaged", refusal.Message);
        Assert.Contains(told, refusal.Message);
        await RequireShownAsync(world);
    }

    [Fact]
    public async Task A_descriptor_without_labels_is_named_and_hides_no_other_volume()
    {
        await using var world = await FilesWorld.StartAsync();
        await world.AddAsync("w", 1_000, "cold-b");
        await File.WriteAllTextAsync(world.Descriptor, """{ "name": "v", "storageClass": "fast", "lastReplica": 1, "replicas": [{ "id": "r1", "pool": "cold-a" }] }""");
        Assert.Contains("labels are missing", (await Assert.ThrowsAsync<BackEndException>(() => ReadAsync(world))).Message);
        await RequireShownAsync(world);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_looked_into_hides_no_other_volume()
    {
        await using var world = await FilesWorld.StartAsync();
        await world.AddAsync("w", 1_000, "cold-b");
        world.Files.Before = (operation, path) =>
        {
            if (operation == "stamp" && path == world.Descriptor) throw new IOException("Permission denied", 13);
        };
        await RequireShownAsync(world);
    }

    [Fact]
    public async Task A_pool_that_vanished_is_unusable_until_it_is_back()
    {
        await using var world = await FilesWorld.StartAsync();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Soaking);
        var pool = world.PoolFolder("hot-c");
        Directory.Move(pool, pool + ".away");
        Directory.CreateDirectory(pool); // the mount point of a disk that is gone

        var shown = (await world.BackEnd.ListAsync(CancellationToken.None)).Pools.Single(pool => pool.Name == "hot-c");
        Assert.Equal((false, "n3", 0L), (shown.IsUsable, shown.Node, shown.FreeBytes));
        for (var round = 0; round < 8; round++) await driver.RoundAsync();
        Assert.Equal(["cold-a/v.r1.img"], world.Replicas()); // the old one is not removed while the new one is away

        Directory.Delete(pool);
        Directory.Move(pool + ".away", pool);
        await driver.RunUntilAsync(() => driver.Stored.IsFinal);
        Assert.Single(world.Replicas());
        Assert.Equal(200_000, new FileInfo(world.Link).ResolveLinkTarget(true) is FileInfo file ? file.Length : 0);
    }

    [Fact]
    public async Task A_disk_that_does_not_hold_what_was_written_is_found()
    {
        await using var world = await FilesWorld.StartAsync();
        world.Files.Lies = path => path.EndsWith("hot-c/v.r2.img", StringComparison.Ordinal);
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Failed);
        Assert.Contains("does not hold what was written to it, between the bytes 0 and 65536", driver.Stored.Reason);
        Assert.Equal(["cold-a/v.r1.img"], world.Replicas());
    }

    [Fact]
    public async Task Zeros_take_no_room_in_the_new_pool()
    {
        await using var world = await FilesWorld.StartAsync(sizeBytes: 6 << 20);
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Done);
        var ending = await ForeignProgram.RunAsync("stat", ["-L", "-c", "%b", world.Link], "", BackEndWorld.Guard);
        Assert.InRange(long.Parse(ending.OutputOfSuccess().Trim(), CultureInfo.InvariantCulture) * 512, 4 << 20, (4 << 20) + (256 << 10));
    }

    [Theory]
    [InlineData("{ \"name\": \"hot-c\" }", "hot-c", "node")]
    [InlineData("{ \"name\": \"hot-c\", \"node\": \"n\", \"capacity\": 1 }", "hot-c", "capacity")]
    [InlineData("{ \"name\": \"\", \"node\": \"n\" }", "hot-c", "lacks a name")]
    [InlineData("{ \"name\": \"cold-a\", \"node\": \"n\" }", "hot-c", "there is no pool")]
    public async Task A_pools_descriptor_with_a_mistake_makes_no_pool(string text, string target, string told)
    {
        await using var world = await FilesWorld.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(world.PoolFolder("hot-c"), "pool.json"), text);
        var refusal = await Assert.ThrowsAsync<BackEndException>(() => world.BackEnd.PerformAsync(
            new("v", MigrationEffect.CreateTarget, "cold-a", target, null, default), CancellationToken.None));
        Assert.Contains(told, refusal.Message);
    }

    [Theory]
    [InlineData("../v")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("-x")]
    public async Task A_name_that_leads_elsewhere_is_no_volumes_name(string name)
    {
        await using var world = await FilesWorld.StartAsync();
        await Assert.ThrowsAsync<BackEndException>(() => world.BackEnd.ReadAsync(name, "hot-c", CancellationToken.None));
        await Assert.ThrowsAsync<BackEndException>(() => world.Own.CreateVolumeAsync(name, "", new Dictionary<string, string>(), "hot-c", 1, CancellationToken.None));
    }

    [Fact]
    public async Task The_descriptor_is_as_it_is_documented()
    {
        await using var world = await FilesWorld.StartAsync();
        await PerformAsync(world, MigrationEffect.CreateTarget);
        var text = JsonNode.Parse(await File.ReadAllTextAsync(world.Descriptor))!;
        Assert.Equal(
            """{"name":"v","storageClass":"fast","labels":{"app":"db"},"lastReplica":2,"replicas":[{"id":"r1","pool":"cold-a"},{"id":"r2","pool":"hot-c","copy":{"source":"r1","syncedBytes":0,"restarts":0}}]}""",
            text.ToJsonString());
    }

    private static async Task RequireShownAsync(FilesWorld world) => Assert.Equal(
        [("v", false), ("w", true)], (await world.BackEnd.ListAsync(CancellationToken.None)).Volumes.Select(volume => (volume.Name, volume.IsHealthy)));

    private static async Task<string> RightsAsync(string path) => (await ForeignProgram.RunAsync("stat", ["-L", "-c", "%u:%g:%a", path], "", BackEndWorld.Guard)).OutputOfSuccess();

    private static async Task<VolumeView> ReadAsync(FilesWorld world) => (await world.BackEnd.ReadAsync(world.Volume, world.TargetPool, CancellationToken.None))!;

    private static Task PerformAsync(FilesWorld world, MigrationEffect effect, string? replica = null, CopyRate? rate = null) => world.BackEnd.PerformAsync(
        new(world.Volume, effect, world.SourcePool, world.TargetPool, replica, rate ?? new(MigrationDriver.Grant, TimeSpan.FromMinutes(1))), CancellationToken.None);
}
