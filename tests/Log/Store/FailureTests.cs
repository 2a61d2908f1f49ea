using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Store;

/// <summary>The first failed write or sync is final, wherever it happens: what the disk holds of the bytes is not known.</summary>
public sealed class FailureTests
{
    public static TheoryData<Fault, int> Faults => new()
    {
        { new Fault(FileOperationKind.Write, "/wal-"), 64 },
        { new Fault(FileOperationKind.Sync, "/wal-"), 64 },
        { new Fault(FileOperationKind.Allocate, "/wal-"), 64 },
        { new Fault(FileOperationKind.SyncDirectory, "/wal"), 64 },
        { new Fault(FileOperationKind.Open, ".log"), 64 },
        { new Fault(FileOperationKind.Write, ".log"), 64 },
        { new Fault(FileOperationKind.Sync, ".log"), 64 },
        { new Fault(FileOperationKind.Write, ".index"), 64 },
        { new Fault(FileOperationKind.Write, ".producers"), 64 },
        { new Fault(FileOperationKind.CreateDirectory, "/logs"), 64 },
        { new Fault(FileOperationKind.SyncDirectory, "/logs"), 64 },
        { new Fault(FileOperationKind.WholeSync, "/"), 0 },
        { new Fault(FileOperationKind.Open, "/checkpoint-"), 64 },
        { new Fault(FileOperationKind.Write, "/checkpoint-"), 64 },
        { new Fault(FileOperationKind.Sync, "/checkpoint-"), 64 },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_failed_write_or_sync_is_final(Fault fault, int maxSingleSyncs)
    {
        using var rig = new StoreRig(TestLog.SmallOptions() with { MaxSingleSyncs = maxSingleSyncs, IndexIntervalBytes = 64 });
        PartitionLog log = rig.Create(new LogConfig { SegmentBytes = 100_000 });
        for (int i = 0; i < 3; i++)
            TestLog.MustAppend(log, TestLog.Batch(1, 100, fill: (byte)i, producerId: 5, sequence: i));
        rig.Sync();
        RecordingObserver observer = rig.Observer;
        byte[] acknowledged = TestLog.ReadAll(log);
        var broken = new IOException("The disk is broken.");
        fault.Begin(rig.Files, _ => broken);

        // Enough to roll a segment, fill an index block, take a write-ahead file and make a checkpoint.
        var appended = new List<byte[]>();
        Task checkpoint = Task.CompletedTask;
        for (int i = 0; i < 600 && rig.Store.Failure is null; i++)
        {
            byte[] batch = TestLog.Batch(1, 400, fill: (byte)i, producerId: 5, sequence: 3 + appended.Count);
            if (TestLog.TryAppend(log, batch) == AppendRefusal.None)
                appended.Add(TestLog.Stored(batch, log.EndOffset - 1, 0));
            rig.Store.PumpFlush();
            if (i % 50 == 49)
                checkpoint = rig.Store.CheckpointAsync(CancellationToken.None);
            if (i % 10 == 9)
                rig.Store.PumpAll();
        }

        rig.Store.PumpAll();
        Assert.Same(broken, rig.Store.Failure?.Cause);
        Assert.Contains("The disk is broken.", rig.Store.Failure!.ToString());
        Assert.Equal(AppendRefusal.Failed, rig.Store.Refusal);
        Assert.Same(rig.Store.Failure, await observer.Failed.WaitAsync(TestLog.Guard));
        if (!checkpoint.IsCompletedSuccessfully)
            await Assert.ThrowsAsync<LogFailedException>(() => checkpoint.WaitAsync(TestLog.Guard));

        // The disk does as it should again, but it is not trusted: everything is refused, and nothing is written.
        rig.Files.Before = null;
        long changes = rig.Files.Changes;
        (long durable, long end) = (log.DurableEndOffset, log.EndOffset);
        await RefusesEverythingAsync(rig, log);
        rig.Store.PumpAll();
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        rig.Store.PumpAll();
        Assert.Equal(changes, rig.Files.Changes);
        Assert.Equal((durable, end), (log.DurableEndOffset, log.EndOffset));
        Assert.Equal(1, observer.Failures);
        Assert.Empty(observer.SignalsAfterFailure);

        // What is durable can be read, here and after the next start.
        byte[] expected = [.. acknowledged, .. appended.Take((int)durable - 3).SelectMany(b => b)];
        Assert.Equal(expected, ReadTo(log, durable));
        rig.Restart();
        Assert.Empty(rig.Store.Damage);
        log = rig.OpenLog(log.Description.Id);
        Assert.InRange(log.EndOffset, durable, end);
        Assert.Equal(expected, ReadTo(log, durable));
        TestLog.MustAppend(log, TestLog.Batch(1, 10));
    }

    /// <summary>A segment fails while the write-ahead log syncs: the owner hears of the failure first, and of nothing afterwards.</summary>
    [Fact]
    public async Task What_is_synced_after_the_failure_was_told_is_not_told_as_durable()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        rig.Append(log);
        RecordingObserver observer = rig.Observer;
        TestLog.MustAppend(log, TestLog.Batch(1, 10));
        Task seen = log.SeeEpochAsync(4);
        bool isInside = false;
        rig.Files.Before = operation =>
        {
            if (operation.Kind == FileOperationKind.Open && operation.Path.EndsWith(".log", StringComparison.Ordinal))
                throw new IOException("The disk is broken.");
            if (operation.Kind == FileOperationKind.Sync && operation.Path.Contains("/wal-") && !isInside)
            {
                isInside = true;
                rig.Store.PumpSegments(everything: true);
                rig.Store.PumpCompletion();
            }
        };
        rig.Store.PumpFlush();
        rig.Store.PumpAll();

        Assert.True(isInside);
        Assert.Equal(1, observer.Failures);
        Assert.Empty(observer.SignalsAfterFailure);
        Assert.Equal(1, log.DurableEndOffset);
        await Assert.ThrowsAsync<LogFailedException>(() => seen.WaitAsync(TestLog.Guard));
    }

    /// <summary>What waits for the write-ahead log when a segment fails is failed, though the write-ahead log would still take it.</summary>
    [Fact]
    public async Task What_was_appended_before_a_segment_failed_is_not_written_any_more()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        rig.Append(log);
        TestLog.MustAppend(log, TestLog.Batch(1, 10));
        Task seen = log.SeeEpochAsync(4);
        new Fault(FileOperationKind.Open, ".log").Begin(rig.Files, path => new IOException($"{path} is broken."));
        rig.Store.PumpSegments(everything: true);
        Assert.NotNull(rig.Store.Failure);
        rig.Files.Before = null;
        long changes = rig.Files.Changes;
        rig.Store.PumpAll();

        Assert.Equal(changes, rig.Files.Changes);
        Assert.Equal((1, 1), (log.DurableEndOffset, rig.Observer.Failures));
        await Assert.ThrowsAsync<LogFailedException>(() => seen.WaitAsync(TestLog.Guard));
    }

    [Fact]
    public async Task With_threads_every_append_is_answered_once_durable_or_failed()
    {
        var files = new SimulatedFileSystem();
        int left = 40;
        files.Before = operation =>
        {
            if (operation.Kind == FileOperationKind.Sync && operation.Path.Contains("/wal-") && Interlocked.Decrement(ref left) < 0)
                throw new IOException("The disk is broken.");
        };
        LogStore store = TestLog.Open(files, TestLog.SmallOptions());
        LogId id = await TestLog.CreateAsync(store);
        var observer = new RecordingObserver();
        PartitionLog log = store.Open(id, LogConfig.Default, observer);
        while (true)
        {
            AppendRefusal refusal = TestLog.TryAppend(log, TestLog.Batch(1, 100));
            if (refusal == AppendRefusal.Failed)
                break;
            if (refusal == AppendRefusal.Busy)
                await store.WaitForRoomAsync(CancellationToken.None).WaitAsync(TestLog.Guard);
        }

        await observer.Failed.WaitAsync(TestLog.Guard);
        long durable = log.DurableEndOffset;
        await store.DisposeAsync().AsTask().WaitAsync(TestLog.Guard);
        Assert.Equal((1, durable), (observer.Failures, log.DurableEndOffset));
        Assert.Empty(observer.SignalsAfterFailure);
        files.Before = null;
        await using LogStore again = TestLog.Open(files.AfterKill(), TestLog.SmallOptions());
        using PartitionLog reopened = again.Open(id, LogConfig.Default, new RecordingObserver());
        Assert.InRange(reopened.EndOffset, durable, long.MaxValue);
    }

    /// <summary>Writes that do a part, at any length, are gone on with.</summary>
    [Fact]
    public void Short_writes_lose_nothing()
    {
        using var rig = new StoreRig();
        var random = new Random(5);
        rig.Files.ShortWrite = bytes => random.Next(1, bytes + 1);
        PartitionLog log = rig.Create(new LogConfig { SegmentBytes = 4_000 });
        for (int i = 0; i < 60; i++)
            rig.Append(log, valueBytes: 100 + i);
        rig.Checkpoint();
        byte[] expected = TestLog.ReadAll(log);
        rig.Restart();
        Assert.Equal(expected, TestLog.ReadAll(rig.OpenLog(log.Description.Id)));
    }

    private static async Task RefusesEverythingAsync(StoreRig rig, PartitionLog log)
    {
        LogId id = log.Description.Id;
        LogStore store = rig.Store;
        Assert.Equal(AppendRefusal.Failed, TestLog.TryAppend(log, TestLog.Batch(1, 10)));
        Assert.Equal(AppendRefusal.Failed, log.StartEpoch(9));
        Func<Task>[] calls =
        [
            () => log.SeeEpochAsync(9),
            () => log.TruncateAsync(1),
            () => log.ResetAsync(100),
            () => log.SetStartOffsetAsync(1),
            () => TestLog.CreateAsync(store, "other"),
            () => store.DescribeAsync(id, new Dictionary<string, string>(), CancellationToken.None),
            () => store.DeleteAsync([id], CancellationToken.None),
            () => store.CheckpointAsync(CancellationToken.None),
        ];
        foreach (Func<Task> call in calls)
        {
            LogFailedException refused = await Assert.ThrowsAsync<LogFailedException>(() => call().WaitAsync(TestLog.Guard));
            Assert.Contains("check the disk and restart", refused.Message);
        }

        await store.WaitForRoomAsync(CancellationToken.None).WaitAsync(TestLog.Guard);
    }

    private static byte[] ReadTo(PartitionLog log, long end)
    {
        var all = new MemoryStream();
        long offset = log.StartOffset;
        while (offset < end)
        {
            using LogRead read = log.Read(offset, end, 5_000, atLeastOneBatch: true);
            Assert.True(read.Bytes > 0, $"nothing at {offset} of {end}");
            all.Write(read.ToArray());
            offset = read.NextOffset;
        }

        return all.ToArray();
    }
}
