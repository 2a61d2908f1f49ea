using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Store;

/// <summary>
/// Who waits for room is woken by whatever makes it. The clock stands still and the store has no threads, so nothing else can.
/// </summary>
public sealed class WaitForRoomTests
{
    private readonly SimulatedFileSystem _files = new();

    [Fact]
    public async Task A_file_that_is_made_ready_wakes_who_waits_for_one()
    {
        LogStore store = Open(TestLog.SmallOptions());
        PartitionLog log = await OpenLogAsync(store);
        FillFile(store, log);

        Task waiting = store.WaitForRoomAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        while (store.PumpSegments(everything: false))
        {
        }

        Assert.False(store.HasRoom, "Everything is in segments; what is missing is a write-ahead file.");
        store.PumpCheckpoint();
        Assert.True(store.HasRoom);
        await waiting.WaitAsync(TestLog.Guard);
        store.Abandon();
    }

    [Fact]
    public async Task A_checkpoint_that_frees_files_wakes_who_waits_for_one()
    {
        LogStore store = Open(TestLog.SmallOptions() with { MaxWalBytes = 3 * 128 * TestLog.KiB, CheckpointBytes = 256 * TestLog.KiB });
        PartitionLog log = await OpenLogAsync(store);
        for (int i = 0; i < 2; i++)
        {
            FillFile(store, log);
            store.PumpCheckpoint();
        }

        FillFile(store, log);
        Task waiting = store.WaitForRoomAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        store.PumpAll();
        Assert.True(store.HasRoom);
        await waiting.WaitAsync(TestLog.Guard);
        store.Abandon();
    }

    [Fact]
    public async Task A_checkpoint_that_came_too_early_to_free_anything_is_asked_for_again()
    {
        LogStore store = Open(TestLog.SmallOptions() with { MaxWalBytes = 3 * 128 * TestLog.KiB, CheckpointBytes = 256 * TestLog.KiB, MaxSlabBytes = 4 * TestLog.MiB });
        PartitionLog log = await OpenLogAsync(store);
        store.PumpAll();
        for (int i = 0; i < 3; i++)
        {
            while (Append(log))
            {
            }

            store.PumpCheckpoint();
        }

        // Nothing of the three files is synced: the checkpoint that is made now covers none of them.
        Task waiting = store.WaitForRoomAsync(CancellationToken.None);
        while (store.PumpCheckpoint() | store.PumpSegments(everything: false))
        {
        }

        Assert.False(store.HasRoom);
        while (!waiting.IsCompleted)
        {
            store.PumpAll();
            if (store.HasRoom)
                await waiting.WaitAsync(TestLog.Guard);
            else
                await Task.Yield();
        }

        store.Abandon();
    }

    [Fact]
    public async Task A_slab_that_a_reader_gives_back_wakes_who_waits_for_memory()
    {
        LogStore store = Open(TestLog.SmallOptions() with { MaxWalBytes = 16 * TestLog.MiB });
        PartitionLog log = await OpenLogAsync(store);
        var reads = new List<LogRead>();
        while (store.HasRoom)
        {
            Assert.True(Append(log));
            store.PumpFlush();
            store.PumpCompletion();
            store.PumpCheckpoint();
            reads.Add(log.Read(log.EndOffset - 1, long.MaxValue, 1, atLeastOneBatch: true));
        }

        Task waiting = store.WaitForRoomAsync(CancellationToken.None);
        store.PumpAll();
        await Task.Yield();
        Assert.False(waiting.IsCompleted, "The reads still hold the slabs.");
        foreach (LogRead read in reads)
            read.Dispose();
        await waiting.WaitAsync(TestLog.Guard);
        Assert.True(store.HasRoom);
        store.Abandon();
    }

    [Fact]
    public async Task A_full_disk_and_a_failure_are_answers_too()
    {
        LogStore store = Open(TestLog.SmallOptions());
        PartitionLog log = await OpenLogAsync(store);
        FillFile(store, log);
        Task full = store.WaitForRoomAsync(CancellationToken.None);
        _files.CapacityBytes = _files.UsedBytes;
        store.PumpCheckpoint();
        await full.WaitAsync(TestLog.Guard);
        Assert.Equal(AppendRefusal.DiskFull, store.Refusal);

        _files.CapacityBytes = long.MaxValue;
        _files.Before = operation =>
        {
            if (operation.Kind == FileOperationKind.Allocate)
                throw new IOException("The disk is broken.");
        };
        store.PumpCheckpoint();
        Assert.Equal(AppendRefusal.Failed, store.Refusal);
        await store.WaitForRoomAsync(CancellationToken.None).WaitAsync(TestLog.Guard);
        store.Abandon();
    }

    [Fact]
    public async Task Whoever_gives_up_stops_waiting()
    {
        LogStore store = Open(TestLog.SmallOptions());
        PartitionLog log = await OpenLogAsync(store);
        FillFile(store, log);
        using var giveUp = new CancellationTokenSource();
        Task waiting = store.WaitForRoomAsync(giveUp.Token);
        giveUp.Cancel();
        await Assert.ThrowsAsync<TaskCanceledException>(() => waiting.WaitAsync(TestLog.Guard));
        store.Abandon();
    }

    private LogStore Open(LogOptions options) => TestLog.Open(_files, options, hasThreads: false, time: new FixedTime(1_000));

    private static async Task<PartitionLog> OpenLogAsync(LogStore store)
    {
        Task<LogId> created = TestLog.CreateAsync(store);
        store.PumpFlush();
        store.PumpCompletion();
        return store.Open(await created, LogConfig.Default, new RecordingObserver());
    }

    /// <summary>Appends until nothing more fits into the file, with everything synced behind it; no other file is made ready.</summary>
    private static void FillFile(LogStore store, PartitionLog log)
    {
        while (Append(log))
        {
            store.PumpFlush();
            store.PumpCompletion();
            while (store.PumpSegments(everything: true))
            {
            }
        }
    }

    private static bool Append(PartitionLog log)
    {
        AppendRefusal refusal = log.Append([TestLog.Append(TestLog.Batch(1, 3_000), log.EndOffset)], 0);
        Assert.True(refusal is AppendRefusal.None or AppendRefusal.Busy, refusal.ToString());
        return refusal == AppendRefusal.None;
    }

    /// <summary>Else its producer would be told that the batch is there already, and it would be lost.</summary>
    [Fact]
    public void A_batch_that_was_refused_is_not_taken_for_a_repetition_when_it_comes_again()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        byte[] batch = [];
        int taken = -1;
        do
        {
            taken++;
            batch = TestLog.Batch(1, 20_000, producerId: 5, sequence: taken);
        }
        while (TestLog.TryAppend(log, batch) == AppendRefusal.None);

        Assert.Equal(taken, log.EndOffset);
        rig.Store.MakeRoom();
        rig.Store.PumpAll();
        TestLog.MustAppend(log, batch);
        Assert.Equal(taken + 1, log.EndOffset);
        Assert.Equal(ProducerVerdict.Duplicate, log.Producers.Check(TestLog.Append(batch, 0).Header).Verdict);
    }
}
