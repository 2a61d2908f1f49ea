using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Partitions;

/// <summary>In the steady state, an append and the flush that carries it allocate nothing on the thread that does them.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Appends_and_flushes_allocate_nothing(bool isIdempotent)
    {
        using var folder = new TemporaryFolder();
        LogOptions options = TestLog.SmallOptions(folder.Path) with { SlabBytes = 256 * TestLog.KiB, MaxSlabBytes = 8 * TestLog.MiB, WalFileBytes = TestLog.MiB, MaxWalBytes = 8 * TestLog.MiB, CheckpointBytes = 2 * TestLog.MiB };
        LogStore store = TestLog.Open(LinuxFileSystem.Instance, options, hasThreads: false);
        LogId id = TestLog.Pumped(store, TestLog.CreateAsync(store));
        using PartitionLog log = store.Open(id, LogConfig.Default, new QuietObserver());
        byte[][] batches = [.. Enumerable.Range(0, 5_000).Select(i => isIdempotent ? TestLog.Batch(1, 256, producerId: 3, sequence: i) : TestLog.Batch(1, 256))];
        var appends = new LogAppend[1];
        int appending = 0;
        int flushes = 0;
        int allocating = 0;
        for (int i = 0; i < batches.Length; i++)
        {
            if (i % 200 == 0)
            {
                store.MakeRoom();
                store.PumpAll();
            }

            bool isWarm = i >= 2_000;
            appends[0] = TestLog.Append(batches[i], log.EndOffset);

            long before = GC.GetAllocatedBytesForCurrentThread();
            ProducerCheck check = log.Producers.Stage(appends[0].Header, log.EndOffset, 1_000);
            AppendRefusal refusal = log.Append(appends, 0);
            long after = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal((ProducerVerdict.Ok, AppendRefusal.None), (check.Verdict, refusal));
            appending += isWarm && after > before ? 1 : 0;
            if (i % 4 != 3)
                continue;

            before = GC.GetAllocatedBytesForCurrentThread();
            store.PumpFlush();
            store.PumpCompletion();
            after = GC.GetAllocatedBytesForCurrentThread();
            if (!isWarm)
                continue;
            flushes++;
            allocating += after > before ? 1 : 0;
        }

        // A collection that other tests bring about may count to this thread; and once a mebibyte the flusher looks at the free space.
        Assert.InRange(appending, 0, 5);
        Assert.Equal(750, flushes);
        Assert.InRange(allocating, 0, 5 + (750 * 8 * TestLog.KiB / TestLog.MiB));
        store.Abandon();
    }

    private sealed class QuietObserver : ILogObserver
    {
        public void OnDurable(long durableEndOffset)
        {
        }

        public void OnFailed(LogFailure failure)
        {
        }
    }
}
