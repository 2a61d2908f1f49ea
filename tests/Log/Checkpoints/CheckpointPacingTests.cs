using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Checkpoints;

/// <summary>Producers do not feel a checkpoint.</summary>
public sealed class CheckpointPacingTests
{
    /// <summary>However long the disk takes for a checkpoint's syncs, the write-ahead log goes on and answers.</summary>
    [Fact]
    public async Task Appends_are_acknowledged_while_a_checkpoint_waits_for_the_disk()
    {
        var files = new SimulatedFileSystem();
        LogOptions options = TestLog.SmallOptions() with { MaxSlabBytes = 4 * TestLog.MiB, WalFileBytes = 2 * TestLog.MiB, MaxWalBytes = 8 * TestLog.MiB };
        LogStore store = TestLog.Open(files, options);
        using var gate = new ManualResetEventSlim();
        try
        {
            LogId id = await TestLog.CreateAsync(store);
            var observer = new RecordingObserver();
            PartitionLog log = store.Open(id, LogConfig.Default, observer);
            TestLog.MustAppend(log, TestLog.Batch(1, 1_000));
            await observer.WaitAsync(1);

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            files.Before = operation =>
            {
                if (!IsSync(operation) || operation.Path.Contains("/wal"))
                    return;
                reached.TrySetResult();
                gate.Wait();
            };
            Task checkpoint = store.CheckpointAsync(CancellationToken.None);
            await reached.Task.WaitAsync(TestLog.Guard);
            for (int i = 1; i <= 200; i++)
            {
                TestLog.MustAppend(log, TestLog.Batch(1, 500));
                await observer.WaitAsync(i + 1);
            }

            Assert.False(checkpoint.IsCompleted);
            gate.Set();
            await checkpoint.WaitAsync(TestLog.Guard);
        }
        finally
        {
            gate.Set();
            await store.DisposeAsync();
        }
    }

    /// <summary>Appends that use up a write-ahead file while a checkpoint syncs find the next one, and need not wait for its end.</summary>
    [Fact]
    public void A_file_is_made_ready_between_the_syncs_of_a_checkpoint()
    {
        using var rig = new StoreRig(TestLog.SmallOptions() with { MaxSingleSyncs = 64, MaxSlabBytes = 4 * TestLog.MiB });
        PartitionLog[] logs = [.. Enumerable.Range(0, 5).Select(i => rig.Create(topic: $"topic-{i}"))];
        foreach (PartitionLog log in logs)
            rig.Append(log);
        rig.WriteSegments();
        Task checkpoint = rig.Store.CheckpointAsync(CancellationToken.None);
        var hadRoom = new List<bool>();
        rig.Files.Before = operation =>
        {
            if (operation.Kind != FileOperationKind.Sync || operation.Path.Contains("/wal"))
                return;
            hadRoom.Add(rig.Store.HasRoom);
            while (hadRoom.Count == 1 && TestLog.TryAppend(logs[0], TestLog.Batch(1, 10_000)) == AppendRefusal.None)
            {
            }
        };
        rig.Run(checkpoint);
        Assert.InRange(hadRoom.Count, 5, 30);
        Assert.DoesNotContain(false, hadRoom);
        rig.Files.Before = null;
    }

    /// <summary>One step of a checkpoint does one thing, and syncs no more files one by one than it is allowed to.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(60)]
    public void A_step_of_a_checkpoint_does_a_bounded_number_of_syncs(int logs)
    {
        using var rig = new StoreRig(TestLog.SmallOptions() with { MaxSingleSyncs = 64, MaxOpenFiles = 500 });
        var open = new List<PartitionLog>();
        IReadOnlyList<LogId> ids = rig.Run(rig.Store.CreateAsync([.. Enumerable.Range(0, logs).Select(i => new NewLog("topic", new Guid(1, 2, 3, new byte[8]), i))], CancellationToken.None));
        foreach (LogId id in ids)
        {
            open.Add(rig.OpenLog(id));
            rig.Append(open[^1]);
        }

        rig.WriteSegments();
        var syncs = new List<string>();
        rig.Files.Before = operation =>
        {
            if (IsSync(operation))
                syncs.Add($"{operation.Kind} {operation.Path}");
        };
        Task checkpoint = rig.Store.CheckpointAsync(CancellationToken.None);
        int most = 0;
        int steps = 0;
        int whole = 0;
        while (!checkpoint.IsCompleted && steps < 1_000)
        {
            syncs.Clear();
            if (!rig.Store.PumpCheckpoint())
                rig.Store.PumpSegments(everything: false);
            most = Math.Max(most, syncs.Count);
            whole += syncs.Count(s => s.StartsWith("WholeSync", StringComparison.Ordinal));
            steps++;
        }

        Assert.InRange(steps, 5, 20);
        Assert.InRange(most, 1, 65);
        Assert.Equal(logs > 20 ? 1 : 0, whole);
    }

    /// <summary>Nothing is written and no checkpoint is made while nothing is appended.</summary>
    [Fact]
    public void An_idle_store_does_nothing()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        rig.Append(log, times: 3);
        rig.Checkpoint();
        rig.Store.PumpAll();
        long changes = rig.Files.Changes;
        for (int i = 0; i < 10; i++)
        {
            rig.Time.Advance(TimeSpan.FromMinutes(1));
            rig.Store.PumpAll();
        }

        Assert.Equal(changes, rig.Files.Changes);
        Assert.Equal(0, rig.Time.Armed);
    }

    private static bool IsSync(FileOperation operation) =>
        operation.Kind is FileOperationKind.Sync or FileOperationKind.SyncDirectory or FileOperationKind.WholeSync;
}
