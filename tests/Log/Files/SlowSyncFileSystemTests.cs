using System.Diagnostics;
using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Files;

/// <summary>Syncs that take longer, and nothing else.</summary>
public sealed class SlowSyncFileSystemTests
{
    private const int DelayMs = 25;

    private readonly SimulatedFileSystem _files = new();

    private SlowSyncFileSystem Slow => new(_files, TimeSpan.FromMilliseconds(DelayMs));

    [Fact]
    public void Every_sync_takes_longer()
    {
        SlowSyncFileSystem slow = Slow;
        slow.CreateDirectory("/data");
        using IFile file = slow.Open("/data/a", FileOpening.Create);
        using IFile direct = slow.OpenDirect("/data/b", FileOpening.Create);
        using IWholeSync whole = slow.OpenWholeSync("/data");
        Assert.All([file.Sync, direct.Sync, whole.Sync, () => slow.SyncDirectory("/data")], (Action sync) => Assert.InRange(MillisecondsOf(sync), DelayMs / 2, TestLog.Guard.TotalMilliseconds));
    }

    [Fact]
    public void Everything_is_done_by_the_file_system_behind_it()
    {
        SlowSyncFileSystem slow = Slow;
        _files.CapacityBytes = 100_000;
        var operations = new List<FileOperationKind>();
        _files.Before = operation => operations.Add(operation.Kind);
        slow.CreateDirectory("/data/in");
        using (IFile file = slow.Open("/data/a", FileOpening.Create))
        {
            file.Allocate(10);
            file.SetLength(4);
            file.WriteAll("text"u8, 0);
            file.StartWriteback(0, 4);
            file.Sync();
            Assert.Equal(("/data/a", 4), (file.Path, file.Length));
        }

        slow.Rename("/data/a", "/data/b");
        slow.SyncDirectory("/data");
        Assert.Equal("text"u8.ToArray(), slow.ReadWhole("/data/b", 10));
        Assert.True(slow.TryGetLength("/data/b", out long length) && slow.DirectoryExists("/data/in"));
        Assert.Equal((4, 99_996), (length, slow.GetFreeBytes("/data")));
        Assert.Equal("b", Assert.Single(slow.ListFiles("/data")));
        Assert.Equal("in", Assert.Single(slow.ListDirectories("/data")));
        slow.DeleteFile("/data/b");
        slow.DeleteDirectory("/data/in");
        Assert.Empty(slow.ListFiles("/data"));
        Assert.Empty(slow.ListDirectories("/data"));
        Assert.Equal(
            [
                FileOperationKind.CreateDirectory, FileOperationKind.Open, FileOperationKind.Allocate, FileOperationKind.SetLength, FileOperationKind.Write, FileOperationKind.Sync,
                FileOperationKind.Rename, FileOperationKind.SyncDirectory, FileOperationKind.Open, FileOperationKind.Read, FileOperationKind.Delete, FileOperationKind.Delete,
            ],
            operations);
    }

    [Fact]
    public void A_delay_that_is_none_is_a_mistake() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SlowSyncFileSystem(_files, TimeSpan.Zero));

    /// <summary>A slow disk is carried by larger flushes: whatever comes while one sync runs goes with the next.</summary>
    [Fact]
    public async Task A_slow_sync_covers_all_that_came_during_the_one_before()
    {
        int syncs = 0;
        await using LogStore store = TestLog.Open(Slow, TestLog.SmallOptions() with { MaxSlabBytes = 4 * TestLog.MiB, CheckpointBytes = 512 * TestLog.KiB, WalFileBytes = 512 * TestLog.KiB, MaxWalBytes = 2 * TestLog.MiB, MaxFlushBytes = 256 * TestLog.KiB, SlabBytes = 256 * TestLog.KiB });
        var observer = new RecordingObserver();
        using PartitionLog log = store.Open(await TestLog.CreateAsync(store), LogConfig.Default, observer);
        _files.Before = operation =>
        {
            if (operation.Kind == FileOperationKind.Sync && operation.Path.Contains("/wal-"))
                Interlocked.Increment(ref syncs);
        };
        for (int i = 0; i < 1_000; i++)
            TestLog.MustAppend(log, TestLog.Batch(1, 100));
        Task first = observer.WaitAsync(1);
        await first;
        Assert.InRange(log.DurableEndOffset, 1, 1_000);
        await observer.WaitAsync(1_000);
        Assert.InRange(Volatile.Read(ref syncs), 1, 200);
    }

    private static double MillisecondsOf(Action action)
    {
        long began = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
