using System.Globalization;
using Actors.Grains.Tests.Support;
using Actors.Harness;
using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;
using static Actors.Storage.Tests.BackEnds.Files.FilesSteps;

namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>What a copy does at once, so that it can go as fast as it may, and what it does in small pieces, so that nobody feels it.</summary>
public sealed class FilesPaceTests
{
    private const int PieceBytes = 256 << 10;
    private const string Source = "cold-a/v.r1.img";
    private const string Target = "hot-c/v.r2.img";

    [Fact]
    public async Task While_a_piece_is_written_the_next_one_is_read()
    {
        await using var world = await StartAsync(12 << 20, 8 << 20, TimeProvider.System);
        using var healed = new ManualResetEventSlim();
        var (read, twoAreRead) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        world.Files.Before = (operation, path) =>
        {
            if (operation == "write" && path.EndsWith(Target, StringComparison.Ordinal)) healed.Wait(BackEndWorld.Guard);
            if (operation == "read" && path.EndsWith(Source, StringComparison.Ordinal) && Interlocked.Increment(ref read) == 2) twoAreRead.TrySetResult();
        };
        await PerformAsync(world, MigrationEffect.StartCopy, "r2");
        await twoAreRead.Task.WaitAsync(BackEndWorld.Guard);
        healed.Set();
        await world.PassAsync();
        await AssertWholeAsync(world);
    }

    [Fact]
    public async Task A_piece_that_cannot_be_written_ends_it_and_what_is_under_way_is_waited_for()
    {
        await using var world = await StartAsync(6 << 20, 4 << 20, TimeProvider.System);
        using var healed = new ManualResetEventSlim();
        var (writes, secondBegins, done) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), false);
        world.Files.Before = (operation, path) =>
        {
            if (operation != "write" || !path.EndsWith(Target, StringComparison.Ordinal)) return;
            if (Interlocked.Increment(ref writes) == 1) throw new IOException("Input/output error", 5);
            secondBegins.TrySetResult();
            healed.Wait(BackEndWorld.Guard);
            done = true;
        };
        await PerformAsync(world, MigrationEffect.StartCopy, "r2");
        var ended = world.Own.WhenNotCopying("v");
        if (await Task.WhenAny(secondBegins.Task, ended).WaitAsync(BackEndWorld.Guard) == secondBegins.Task) Assert.False(ended.IsCompleted); // it uses the file
        healed.Set();
        await ended.WaitAsync(BackEndWorld.Guard);
        Assert.Equal(secondBegins.Task.IsCompleted, done);
        world.Files.Before = null;
        Assert.Contains("the disk answers with errors", (await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.StartCopy, "r2"))).Message);
        Assert.Equal(0, (await ReadAsync(world)).Replicas[1].SyncedBytes);

        await PerformAsync(world, MigrationEffect.StartCopy, "r2");
        await world.PassAsync();
        await AssertWholeAsync(world);
    }

    [Fact]
    public async Task What_was_copied_is_read_back_no_faster_than_twice_the_rate_and_at_once_when_the_copy_is_stopped()
    {
        var time = new VirtualTime();
        await using var world = await StartAsync(4 << 20, 2 << 20, time);
        var (copied, readBack) = (0, 0);
        world.Files.Before = (operation, path) =>
        {
            if (operation != "read") return;
            if (path.EndsWith(Source, StringComparison.Ordinal)) Interlocked.Increment(ref copied);
            if (path.EndsWith(Target, StringComparison.Ordinal)) Interlocked.Increment(ref readBack);
        };
        await PerformAsync(world, MigrationEffect.StartCopy, "r2", new(1_000_000, TimeSpan.FromDays(1)));
        while (true)
        {
            await UntilAsync(() => time.Armed >= 2); // its end, and that it waits for bytes
            if (Volatile.Read(ref copied) == (2 << 20) / PieceBytes) break;
            time.Pass(10);
        }

        // One piece was saved up meanwhile; for each that follows it waits.
        for (var piece = 1; piece <= 4; piece++)
        {
            await UntilAsync(() => time.Armed == 3);
            Assert.Equal(piece, Volatile.Read(ref readBack));
            time.Pass(1 + PieceBytes / 2_000);
        }

        Assert.Equal(0, (await ReadAsync(world)).Replicas[1].SyncedBytes);
        await PerformAsync(world, MigrationEffect.StopCopy); // no time passes
        Assert.Equal(2 << 20, (await ReadAsync(world)).Replicas[1].SyncedBytes);
    }

    [Fact]
    public async Task Zeros_within_a_piece_take_no_room()
    {
        await using var world = await StartAsync(8 << 20, 8 << 20, TimeProvider.System);
        using (var file = new FileStream(world.Link, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            for (var at = 0; at < 8 << 20; at += PieceBytes)
            {
                file.Position = at;
                file.Write(new byte[PieceBytes]);
                if (at % (1 << 20) != PieceBytes) continue;
                file.Position = at;
                file.WriteByte(1);
            }
        }

        await PerformAsync(world, MigrationEffect.StartCopy, "r2", new(1 << 30, TimeSpan.FromMinutes(1)));
        await world.PassAsync();
        await AssertWholeAsync(world);
        var ending = await ForeignProgram.RunAsync("stat", ["-c", "%b", Path.Combine(world.PoolFolder("hot-c"), "v.r2.img")], "", BackEndWorld.Guard);
        Assert.InRange(long.Parse(ending.OutputOfSuccess().Trim(), CultureInfo.InvariantCulture) * 512, 2 << 20, (2 << 20) + (128 << 10));
    }

    private static async Task<FilesWorld> StartAsync(int sizeBytes, int segmentBytes, TimeProvider time)
    {
        var world = await FilesWorld.StartAsync(sizeBytes, time);
        world.Options = world.Options with { SegmentBytes = segmentBytes };
        await world.CrashAsync();
        await PerformAsync(world, MigrationEffect.CreateTarget);
        return world;
    }

    private static async Task AssertWholeAsync(FilesWorld world)
    {
        Assert.True((await ReadAsync(world)).Replicas[1].IsInSync);
        Assert.Equal(FilesWorld.ChecksumOf(world.Link), FilesWorld.ChecksumOf(Path.Combine(world.PoolFolder("hot-c"), "v.r2.img")));
    }
}
