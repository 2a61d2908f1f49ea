using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Actors.Grains.Tests.Support;
using Actors.Harness;
using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Qemu;
using Actors.Storage.Migrations;

namespace Actors.Storage.Tests.BackEnds.Qemu;

/// <summary>Live moves under a client, rates, and daemons that die.</summary>
public sealed class QemuTests
{
    private const int SizeBytes = 8 << 20;

    [Fact]
    public async Task A_client_writes_and_reads_all_the_time_while_its_volume_moves()
    {
        await using var world = await QemuWorld.StartAsync(SizeBytes);
        await using var writer = await Writer.StartAsync(world);
        var driver = new MigrationDriver(world) { GrantBytesPerSecond = 1 << 20 };
        while ((await driver.RoundAsync()).Effect != MigrationEffect.StartCopy) Assert.False(driver.Stored.IsFinal, driver.Stored.ToString());
        await writer.WroteAsync(20);
        Assert.True((await ReadAsync(world)).IsCopying);
        driver.GrantBytesPerSecond = MigrationDriver.Grant; // more than the application changes, or the mirror never has all
        await world.BackEnd.RenewAsync("v", new(MigrationDriver.Grant, TimeSpan.FromMinutes(1)), CancellationToken.None);
        await driver.RunUntilAsync(MigrationPhase.Synced);
        await writer.WroteAsync(20); // the mirror follows
        await driver.RunUntilAsync(MigrationPhase.Soaking);
        await writer.WroteAsync(20);
        await driver.RunUntilAsync(MigrationPhase.Done);
        await writer.WroteAsync(20);

        await writer.AssertHoldsAsync();
        Assert.Empty(Directory.EnumerateFiles(world.PoolFolder("cold-a"), "*.img"));
        Assert.Single(Directory.EnumerateFiles(world.PoolFolder("hot-c"), "*.img"));
        await world.Own.DetachAsync("v", CancellationToken.None); // another daemon finds it where it is now
        await writer.ReconnectAsync(world);
        await writer.AssertHoldsAsync();
    }

    [Fact]
    public async Task R16_a_rate_that_nobody_renews_falls_and_another_process_lowers_what_it_did_not_grant()
    {
        var time = new VirtualTime();
        await using var world = await QemuWorld.StartAsync(64 << 20, time);
        await BeginAsync(world, new(8 << 20, TimeSpan.FromSeconds(3)));
        Assert.Equal(8 << 20, await world.SpeedAsync());
        time.Pass(2_000);
        await world.BackEnd.RenewAsync("v", new(4 << 20, TimeSpan.FromSeconds(3)), CancellationToken.None);
        time.Pass(2_900);
        Assert.Equal(4 << 20, await world.SpeedAsync());
        time.Pass(200);
        await UntilAsync(async () => await world.SpeedAsync() == QemuWorld.UnheldBytesPerSecond);

        await world.BackEnd.RenewAsync("v", new(8 << 20, TimeSpan.FromSeconds(3)), CancellationToken.None);
        Assert.Equal(8 << 20, (await ReadAsync(world)).SpeedBytesPerSecond);
        await world.CrashAsync();
        Assert.Equal(8 << 20, await world.SpeedAsync()); // until somebody looks
        var found = await ReadAsync(world);
        Assert.Equal((true, QemuWorld.UnheldBytesPerSecond), (found.IsCopying, found.SpeedBytesPerSecond));
        Assert.Equal(QemuWorld.UnheldBytesPerSecond, await world.SpeedAsync());
    }

    [Fact]
    public async Task A_rate_of_nothing_pauses_and_progress_is_kept()
    {
        await using var world = await QemuWorld.StartAsync(32 << 20);
        await BeginAsync(world, new(16 << 20, TimeSpan.FromMinutes(1)));
        await UntilAsync(async () => (await ReadAsync(world)).Replicas[1].SyncedBytes > 0);
        await PerformAsync(world, MigrationEffect.StopCopy, null);
        var paused = await ReadAsync(world);
        Assert.False(paused.IsCopying);
        Assert.InRange(paused.Replicas[1].SyncedBytes, 1, (32 << 20) - 1);

        await PerformAsync(world, MigrationEffect.StartCopy, "r2", new(64 << 20, TimeSpan.FromMinutes(1)));
        var resumed = await ReadAsync(world);
        Assert.True(resumed.Replicas[1].SyncedBytes >= paused.Replicas[1].SyncedBytes);
        await world.BackEnd.RenewAsync("v", new(0, TimeSpan.FromMinutes(1)), CancellationToken.None);
        await UntilAsync(async () => !(await ReadAsync(world)).IsCopying);
        await PerformAsync(world, MigrationEffect.RemoveReplica, "r2"); // an abort in the middle
        Assert.Null(await world.JobAsync());
        Assert.Single((await ReadAsync(world)).Replicas);
    }

    [Fact]
    public async Task A_daemon_that_dies_in_the_copy_is_started_again_and_the_volume_moves()
    {
        await using var world = await QemuWorld.StartAsync(SizeBytes);
        var before = await world.ChecksumAsync();
        var driver = new MigrationDriver(world) { GrantBytesPerSecond = 1 << 20 };
        await driver.RunUntilAsync(() => driver.Stored.Target is not null);
        await BeginAsync(world, new(1 << 20, TimeSpan.FromMinutes(1)));
        await KillDaemonAsync(world);
        var view = await ReadAsync(world);
        Assert.Equal(("r1", false), (view.ActiveReplica, view.IsCopying));
        Assert.False(view.Replicas[1].IsInSync);

        driver.GrantBytesPerSecond = MigrationDriver.Grant;
        await driver.RunUntilAsync(MigrationPhase.Done);
        Assert.Equal(before, await world.ChecksumAsync());
    }

    [Fact]
    public async Task A_daemon_that_goes_over_while_the_silo_dies_is_followed()
    {
        await using var world = await QemuWorld.StartAsync();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Switching);
        using (var monitor = (await QmpClient.TryConnectAsync(Path.Combine(world.VolumeFolder, "qmp.sock"), CancellationToken.None))!)
        {
            await monitor.ExecuteAsync("job-complete", new JsonObject { ["id"] = "move" }, CancellationToken.None);
            while ((string?)(await monitor.NextEventAsync(CancellationToken.None).WaitAsync(BackEndWorld.Guard))["data"]?["status"] != "concluded")
            {
                // Of something else.
            }
        }

        Assert.EndsWith("cold-a/v.r1.img", new FileInfo(Path.Combine(world.VolumeFolder, "data")).LinkTarget);
        Assert.Equal("r2", (await ReadAsync(world)).ActiveReplica);
        Assert.EndsWith("hot-c/v.r2.img", new FileInfo(Path.Combine(world.VolumeFolder, "data")).LinkTarget); // durable before anybody goes by it
        await driver.RunUntilAsync(MigrationPhase.Done);
    }

    [Fact]
    public async Task A_daemon_that_died_in_the_switch_leaves_it_to_somebody_to_look()
    {
        await using var world = await QemuWorld.StartAsync();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Switching);
        await using (new MonitorInBetween(Path.Combine(world.VolumeFolder, "qmp.sock"), "job-complete", () => KillDaemonAsync(world)))
            await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.Switch, "r2"));
        var text = JsonNode.Parse(await File.ReadAllTextAsync(world.Descriptor))!;
        Assert.Equal("r2", (string?)text["switching"]); // noted before the order

        var refusal = await Assert.ThrowsAsync<BackEndException>(() => ReadAsync(world));
        Assert.Contains("nobody knows whether r2 or r1 has the last writes", refusal.Message);
        await Assert.ThrowsAsync<BackEndException>(() => world.Own.AttachAsync("v", CancellationToken.None));
        await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.RemoveReplica, "r1"));
        Assert.False((await world.BackEnd.ListAsync(CancellationToken.None)).Volumes.Single().IsHealthy);
        Assert.True(File.Exists(Path.Combine(world.PoolFolder("cold-a"), "v.r1.img")) && File.Exists(Path.Combine(world.PoolFolder("hot-c"), "v.r2.img")));

        text.AsObject().Remove("switching");
        await File.WriteAllTextAsync(world.Descriptor, text.ToJsonString());
        await driver.RunUntilAsync(() => driver.Stored.IsFinal);
        Assert.Single((await ReadAsync(world)).Replicas);
    }

    [Fact]
    public async Task A_daemon_that_was_started_for_the_move_ends_with_it_and_one_that_somebody_uses_does_not()
    {
        await using var world = await QemuWorld.StartAsync();
        await world.Own.DetachAsync("v", CancellationToken.None); // nobody uses the volume
        await new MigrationDriver(world).RunUntilAsync(MigrationPhase.Done);
        Assert.Null(await QmpClient.TryConnectAsync(Path.Combine(world.VolumeFolder, "qmp.sock"), CancellationToken.None));
        Assert.DoesNotContain("daemonIsForMove", await File.ReadAllTextAsync(world.Descriptor), StringComparison.Ordinal);

        await using var used = await QemuWorld.StartAsync();
        await used.Own.DetachAsync("v", CancellationToken.None);
        var driver = new MigrationDriver(used);
        await driver.RunUntilAsync(() => driver.Stored.Target is not null);
        await driver.RunUntilAsync(MigrationPhase.Synced);
        Assert.Contains("\"daemonIsForMove\": true", await File.ReadAllTextAsync(used.Descriptor), StringComparison.Ordinal);
        await using (await NbdClient.ConnectAsync(Path.Combine(used.VolumeFolder, "nbd.sock"), "v")) // came without asking
            await driver.RunUntilAsync(MigrationPhase.Done);
        using var monitor = await QmpClient.TryConnectAsync(Path.Combine(used.VolumeFolder, "qmp.sock"), CancellationToken.None);
        Assert.NotNull(monitor);

        await using var asked = await QemuWorld.StartAsync();
        await asked.Own.DetachAsync("v", CancellationToken.None);
        var last = new MigrationDriver(asked);
        await last.RunUntilAsync(MigrationPhase.Synced);
        await asked.Own.AttachAsync("v", CancellationToken.None); // somebody is about to
        await last.RunUntilAsync(MigrationPhase.Done);
        Assert.Contains("v.r2.img", await asked.FileAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_hangs_leaves_no_process_behind()
    {
        var time = new VirtualTime();
        await using var world = await QemuWorld.StartAsync(time: time);
        await world.Own.DetachAsync("v", CancellationToken.None);
        var (program, told) = (Path.Combine(world.VolumeFolder, "hangs"), Path.Combine(world.VolumeFolder, "ids"));
        (await ForeignProgram.RunAsync("mkfifo", [told], "", BackEndWorld.Guard)).OutputOfSuccess();
        // As a daemon does: its child has left it, and its group.
        // Another process writes it: what this one has open for writing, one that it starts meanwhile has open too, and then it cannot be run.
        var script = $"#!/bin/bash\nsetsid bash -c 'setsid sleep 1000 & echo $! > {told}; exec sleep 1000'\n";
        (await ForeignProgram.RunAsync("bash", ["-c", "cat > \"$0\"; chmod 0700 \"$0\"", program], script, BackEndWorld.Guard)).OutputOfSuccess();
        await using var hanging = new QemuBackEnd(Options(world, Path.GetDirectoryName(world.VolumeFolder)!) with { Program = program }, time);
        var starting = hanging.AttachAsync("v", CancellationToken.None);
        var left = int.Parse((await Task.Run(() => File.ReadAllText(told)).WaitAsync(BackEndWorld.Guard)).Trim(), CultureInfo.InvariantCulture);
        using var process = Process.GetProcessById(left);
        time.Pass(10_000);

        Assert.Contains("did not start in", (await Assert.ThrowsAsync<BackEndException>(() => starting)).Message);
        await process.WaitForExitAsync().WaitAsync(BackEndWorld.Guard);
    }

    [Fact]
    public async Task Daemons_that_hang_are_asked_at_once_and_hide_no_other_volume()
    {
        var time = new VirtualTime();
        await using var world = await QemuWorld.StartAsync(time: time);
        var hanging = new List<Socket>();
        for (var index = 0; index < 5; index++)
        {
            var name = FormattableString.Invariant($"h{index}");
            await world.Own.CreateVolumeAsync(name, "", new Dictionary<string, string>(), "cold-a", 512, CancellationToken.None);
            var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(Path.GetDirectoryName(world.VolumeFolder)!, name, "qmp.sock")));
            listener.Listen(1);
            hanging.Add(listener);
        }

        var listing = world.BackEnd.ListAsync(CancellationToken.None);
        var asked = await Task.WhenAll(hanging.Select(listener => listener.AcceptAsync())).WaitAsync(BackEndWorld.Guard);
        time.Pass(999);
        await UntilAsync(() => Task.FromResult(time.Armed == hanging.Count)); // the one that answers has, or begins only now
        time.Pass(1);
        Assert.Equal(
            [("h0", false), ("h1", false), ("h2", false), ("h3", false), ("h4", false), ("v", true)], (await listing).Volumes.Select(volume => (volume.Name, volume.IsHealthy)));
        foreach (var socket in hanging.Concat(asked)) socket.Dispose();
    }

    [Fact]
    public async Task A_daemon_is_not_started_on_a_file_that_the_link_does_not_lead_to()
    {
        await using var world = await QemuWorld.StartAsync();
        await world.Own.DetachAsync("v", CancellationToken.None);
        var link = Path.Combine(world.VolumeFolder, "data");
        var elsewhere = Path.Combine(Directory.CreateDirectory(world.PoolFolder("old")).FullName, "v.r1.img");
        File.Copy(link, elsewhere);
        File.Delete(link);
        File.CreateSymbolicLink(link, elsewhere);
        Assert.Contains($"leads to {elsewhere}", (await Assert.ThrowsAsync<BackEndException>(() => world.Own.AttachAsync("v", CancellationToken.None))).Message);
        await Assert.ThrowsAsync<BackEndException>(() => ReadAsync(world));
    }

    [Fact]
    public async Task When_a_volume_is_not_served_any_more_nothing_of_its_daemon_is_left_that_could_be_in_the_next_ones_way()
    {
        await using var world = await QemuWorld.StartAsync();
        var pidFile = Path.Combine(world.VolumeFolder, "daemon.pid");
        for (var turn = 0; turn < 10; turn++)
        {
            Assert.True(File.Exists(pidFile));
            await world.Own.DetachAsync("v", CancellationToken.None);
            Assert.False(File.Exists(pidFile));
            await world.Own.AttachAsync("v", CancellationToken.None);
            await using var client = await world.ConnectAsync();
            Assert.Equal(1 << 20, client.SizeBytes);
        }
    }

    [Fact]
    public async Task No_daemon_is_started_before_the_one_before_it_has_ended_and_one_that_was_killed_has()
    {
        var time = new VirtualTime();
        await using var world = await QemuWorld.StartAsync(time: time);
        await world.Own.DetachAsync("v", CancellationToken.None);
        var pidFile = Path.Combine(world.VolumeFolder, "daemon.pid");
        using (var ending = Process.Start(new ProcessStartInfo("bash", ["-c", "read", "bash", pidFile]) { RedirectStandardInput = true })!) // as one that takes its time
        {
            try
            {
                await File.WriteAllTextAsync(pidFile, string.Create(CultureInfo.InvariantCulture, $"{ending.Id}\n"));
                var attaching = world.Own.AttachAsync("v", CancellationToken.None);
                await UntilAsync(() =>
                {
                    time.Pass(1);
                    return Task.FromResult(attaching.IsCompleted);
                });
                var refusal = await Assert.ThrowsAsync<BackEndException>(() => attaching);
                Assert.Contains("neither answers nor ends", refusal.Message);
                Assert.False(refusal.IsPermanent);
            }
            finally
            {
                ending.Kill();
                await ending.WaitForExitAsync().WaitAsync(BackEndWorld.Guard);
            }
        }

        await world.Own.AttachAsync("v", CancellationToken.None).WaitAsync(BackEndWorld.Guard); // it has left its file
        Assert.False(DaemonEnd.HasEnded(pidFile));
        await KillDaemonAsync(world);
        Assert.True(File.Exists(pidFile));
        Assert.True(DaemonEnd.HasEnded(pidFile));
        await File.WriteAllTextAsync(pidFile, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")); // another program has its number
        await world.Own.AttachAsync("v", CancellationToken.None).WaitAsync(BackEndWorld.Guard);
        await using var client = await world.ConnectAsync();
        Assert.Equal(1 << 20, client.SizeBytes);
    }

    [Fact]
    public async Task The_old_replica_is_behind_from_the_switch_on()
    {
        await using var world = await QemuWorld.StartAsync();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Soaking);
        Assert.Equal([("r1", false), ("r2", true)], (await ReadAsync(world)).Replicas.Select(replica => (replica.Id, replica.IsInSync)));
        Assert.Contains("behind", (await driver.RoundAsync(command: MigrationCommand.Abort)).Refusal);
        await driver.RunUntilAsync(MigrationPhase.Done);
    }

    [Fact]
    public async Task A_program_that_is_missing_and_a_path_that_is_too_long_are_named()
    {
        await using var world = await QemuWorld.StartAsync();
        await world.Own.DetachAsync("v", CancellationToken.None);
        await using var missing = new QemuBackEnd(Options(world, Path.GetDirectoryName(world.VolumeFolder)!) with { Program = "no-such-daemon" }, TimeProvider.System);
        Assert.Contains("qemu-system-common", (await Assert.ThrowsAsync<BackEndException>(() => missing.AttachAsync("v", CancellationToken.None))).Message);

        var deep = Path.Combine(Path.GetDirectoryName(world.VolumeFolder)!, new string('d', 100));
        await using var far = new QemuBackEnd(Options(world, deep), TimeProvider.System);
        await far.CreateVolumeAsync("w", "", new Dictionary<string, string>(), "cold-a", 512, CancellationToken.None);
        Assert.Contains("longer than the 107 bytes", (await Assert.ThrowsAsync<BackEndException>(() => far.AttachAsync("w", CancellationToken.None))).Message);
    }

    private static QemuOptions Options(QemuWorld world, string volumes) => new() { VolumesFolder = volumes, PoolFolders = [world.PoolFolder("cold-a"), world.PoolFolder("hot-c")] };

    private static async Task<VolumeView> ReadAsync(QemuWorld world) => (await world.BackEnd.ReadAsync(world.Volume, world.TargetPool, CancellationToken.None))!;

    private static Task PerformAsync(QemuWorld world, MigrationEffect effect, string? replica, CopyRate rate = default) =>
        world.BackEnd.PerformAsync(new(world.Volume, effect, world.SourcePool, world.TargetPool, replica, rate), CancellationToken.None);

    private static async Task BeginAsync(QemuWorld world, CopyRate rate)
    {
        await PerformAsync(world, MigrationEffect.CreateTarget, null);
        await PerformAsync(world, MigrationEffect.StartCopy, "r2", rate);
    }

    private static async Task KillDaemonAsync(QemuWorld world)
    {
        using var daemon = Process.GetProcessById(world.DaemonId);
        daemon.Kill();
        await daemon.WaitForExitAsync().WaitAsync(BackEndWorld.Guard);
    }

    // Each look is a round trip to the daemon.
    private static async Task UntilAsync(Func<Task<bool>> isReached)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await isReached()) Assert.True(Stopwatch.GetElapsedTime(started) < BackEndWorld.Guard, "it did not come about");
    }
}
