using System.Globalization;
using Actors.Grains.Tests.Support;
using Actors.Harness;
using Actors.Storage.BackEnds;
using Actors.Storage.Load;
using Actors.Storage.Migrations;
using Actors.Storage.Tests.Load;
using static Actors.Storage.Tests.BackEnds.Files.FilesSteps;

namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>Copies of files: leases and rates, what is left of a copy that ended, and disks that are full, hang or lose data.</summary>
public sealed class FilesCopyTests
{
    private const int Full = 28;
    private const int SegmentBytes = 65_536;
    private static readonly CopyRate LongGrant = new(MigrationDriver.Grant, TimeSpan.FromDays(1));

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
    public async Task A_copy_whose_lease_nobody_renews_ends_and_goes_on_from_where_it_was()
    {
        var time = new VirtualTime();
        await using var world = await FilesWorld.StartAsync(sizeBytes: 300_000, time);
        await PerformAsync(world, MigrationEffect.CreateTarget);
        TaskCompletionSource waits = new(TaskCreationOptions.RunContinuationsAsynchronously), read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Files.Before = (operation, path) =>
        {
            if (operation == "setlength" && path.Contains("hot-c", StringComparison.Ordinal)) waits.TrySetResult();
            if (operation == "read" && path.EndsWith("cold-a/v.r1.img", StringComparison.Ordinal)) read.TrySetResult();
        };
        var rate = new CopyRate(20_000, TimeSpan.FromSeconds(5));
        await PerformAsync(world, MigrationEffect.StartCopy, "r2", rate);
        await waits.Task.WaitAsync(BackEndWorld.Guard);
        time.Pass(3_200); // less than a segment
        await world.BackEnd.RenewAsync("v", rate, CancellationToken.None);
        Assert.False(read.Task.IsCompleted);
        time.Pass(100); // and now one
        await read.Task.WaitAsync(BackEndWorld.Guard);
        var view = await ReadAsync(world);
        Assert.Equal((true, 20_000L), (view.IsCopying, view.SpeedBytesPerSecond));

        time.Pass(5_000);
        await world.Own.WhenNotCopying("v").WaitAsync(BackEndWorld.Guard);
        await world.BackEnd.RenewAsync("v", rate, CancellationToken.None); // too late
        view = await ReadAsync(world);
        Assert.Equal((false, 0L), (view.IsCopying, view.SpeedBytesPerSecond));
        var synced = view.Replicas[1].SyncedBytes;
        Assert.InRange(synced, 65_536, 2 * 65_536); // one more may have come until the lease's end

        var began = 0L;
        world.Files.Before = (operation, path) => began += operation == "sync" && path.Contains("hot-c", StringComparison.Ordinal) ? 1 : 0;
        await PerformAsync(world, MigrationEffect.StartCopy, "r2", LongGrant);
        await PassUntilAsync(time, world.Own.WhenNotCopying("v"));
        Assert.True((await ReadAsync(world)).Replicas[1].IsInSync);
        Assert.Equal((300_000 - synced + 65_535) / 65_536 + 1, began); // the segments that were left, and the end
        Assert.Equal(FilesWorld.ChecksumOf(world.Link), FilesWorld.ChecksumOf(Path.Combine(world.PoolFolder("hot-c"), "v.r2.img")));
    }

    [Fact]
    public async Task R16_a_copy_reads_no_more_than_its_rate_brings_and_a_burst()
    {
        var time = new VirtualTime();
        await using var world = await FilesWorld.StartAsync(sizeBytes: 4 << 20, time);
        await PerformAsync(world, MigrationEffect.CreateTarget);
        var read = 0L;
        world.Files.Before = (operation, path) =>
        {
            if (operation == "read" && path.EndsWith("cold-a/v.r1.img", StringComparison.Ordinal)) Interlocked.Add(ref read, SegmentBytes); // each segment is one piece
        };
        var (began, looks) = (time.GetTimestamp(), 0);
        await PerformAsync(world, MigrationEffect.StartCopy, "r2", new(1_000_000, LongGrant.TimeToLive));
        var ended = world.Own.WhenNotCopying("v");
        while (true)
        {
            await UntilAsync(() => ended.IsCompleted || time.Armed >= 2); // its end, and that it waits for bytes
            if (ended.IsCompleted) break;
            var brought = (time.GetTimestamp() - began) * 1_000;
            Assert.InRange(read, brought - 3 * SegmentBytes, brought); // nothing was saved up: it always took what was there
            looks++;
            time.Pass(10);
        }

        Assert.InRange(looks, 300, 500);
        Assert.True((await ReadAsync(world)).Replicas[1].IsInSync);
        Assert.Equal(4 << 20, read);
        Assert.Equal(BudgetKind.Enforced, world.BackEnd.Budget);
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
    public async Task A_disk_that_hangs_keeps_nobody_from_ending()
    {
        var time = new VirtualTime();
        await using var world = await FilesWorld.StartAsync(time: time);
        await PerformAsync(world, MigrationEffect.CreateTarget);
        TaskCompletionSource hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var healed = new ManualResetEventSlim();
        world.Files.Before = (operation, path) =>
        {
            if (operation != "sync" || !path.Contains("hot-c", StringComparison.Ordinal)) return;
            hangs.TrySetResult();
            healed.Wait(BackEndWorld.Guard);
        };
        await PerformAsync(world, MigrationEffect.StartCopy, "r2", LongGrant);
        await PassUntilAsync(time, hangs.Task);
        var ended = world.Own.WhenNotCopying("v");
        var disposed = world.Own.DisposeAsync().AsTask();
        time.Pass(4_999);
        Assert.False(disposed.IsCompleted);
        time.Pass(1);
        await disposed.WaitAsync(BackEndWorld.Guard);
        Assert.False(ended.IsCompleted);
        healed.Set();
        await ended.WaitAsync(BackEndWorld.Guard);
    }

    [Fact]
    public async Task What_volumes_have_not_written_yet_is_not_free()
    {
        await using var world = await FilesWorld.StartAsync();
        world.Files.SpaceOfAll = (40 << 20, 10 << 20); // much of the disk is other people's
        await world.Own.CreateVolumeAsync("sparse", "", new Dictionary<string, string>(), "hot-c", 8 << 20, CancellationToken.None); // of zeros, which take no room
        Assert.Equal(2 << 20, (await world.BackEnd.ListAsync(CancellationToken.None)).Pools.Single(pool => pool.Name == "hot-c").FreeBytes);
        await AssertFullAsync();
        await File.WriteAllBytesAsync(world.LinkOf("sparse"), new byte[8 << 20]);
        world.Files.SpaceOfAll = (40 << 20, 2 << 20);
        Assert.InRange((await world.BackEnd.ListAsync(CancellationToken.None)).Pools.Single(pool => pool.Name == "hot-c").FreeBytes, (2 << 20) - 4_096, 2 << 20); // the same, now that it is written

        async Task AssertFullAsync() => Assert.Contains("bytes left and 3145728 are needed", (await Assert.ThrowsAsync<BackEndException>(() => world.Own.CreateVolumeAsync(
            "more", "", new Dictionary<string, string>(), "hot-c", 3 << 20, CancellationToken.None))).Message);
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
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_disk_that_loses_data_is_found_when_the_copy_ends_before_that_is_seen(bool leaseRunsOut, bool writeFails)
    {
        var time = new VirtualTime();
        await using var world = await FilesWorld.StartAsync(sizeBytes: 300_000, time);
        await PerformAsync(world, MigrationEffect.CreateTarget);
        world.Files.Lies = path => path.EndsWith("hot-c/v.r2.img", StringComparison.Ordinal);
        TaskCompletionSource seals = new(TaskCreationOptions.RunContinuationsAsynchronously), fails = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goesOn = new ManualResetEventSlim();
        var writes = 0;
        world.Files.Before = (operation, path) =>
        {
            if (!path.EndsWith("hot-c/v.r2.img", StringComparison.Ordinal)) return;
            if (operation == "sync" && seals.TrySetResult()) goesOn.Wait(BackEndWorld.Guard);
            if (operation != "write" || Interlocked.Increment(ref writes) != 2 || !writeFails) return;
            fails.TrySetResult();
            throw new IOException("Input/output error", 5);
        };
        var rate = new CopyRate(20_000, writeFails ? LongGrant.TimeToLive : TimeSpan.FromSeconds(5));
        await PerformAsync(world, MigrationEffect.StartCopy, "r2", rate);
        await PassUntilAsync(time, seals.Task);
        var ended = world.Own.WhenNotCopying("v");
        if (writeFails) await PassUntilAsync(time, fails.Task);
        else if (leaseRunsOut) time.Pass(5_000);
        var stopping = leaseRunsOut || writeFails ? Task.CompletedTask : PerformAsync(world, MigrationEffect.StopCopy);
        goesOn.Set();
        await PassUntilAsync(time, Task.WhenAll(stopping, ended));
        await stopping;

        var refusal = await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.StartCopy, "r2", LongGrant));
        Assert.Contains("its disk loses data", refusal.Message);
        Assert.True(refusal.IsPermanent);
    }

    [Fact]
    public async Task What_a_disk_fails_to_do_is_not_counted_for_ever()
    {
        var disks = new FakeDisks();
        await using var world = await FilesWorld.StartAsync();
        string[] files = [Path.Combine(world.PoolFolder("cold-a"), "v.r1.img"), Path.Combine(world.PoolFolder("hot-c"), "v.r2.img")];
        foreach (var file in files) disks.Work(file, 1_000_000);
        world.Activity = new DiskActivity(disks);
        await world.CrashAsync();
        await PerformAsync(world, MigrationEffect.CreateTarget);
        foreach (var (failing, file) in ((string, string)[])[("read", files[0]), ("write", files[1]), ("read", files[1])])
        {
            world.Files.Before = (operation, path) =>
            {
                if (operation == failing && path == file) throw new IOException("Input/output error", 5);
            };
            await PerformAsync(world, MigrationEffect.StartCopy, "r2");
            await world.PassAsync();
            await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.StartCopy, "r2"));
            Assert.All(files, disk =>
            {
                var (least, most) = world.Activity.ApplicationSectors(disk)!.Value;
                Assert.Equal(least, most);
            });
        }
    }
}
