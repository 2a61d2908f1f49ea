using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Partitions;

/// <summary>In the steady state, an append and the flush that carries it allocate nothing on the thread that does them.</summary>
public sealed class AllocationTests
{
    private const int BatchesPerRound = 3_000;

    /// <summary>Code that the runtime has not optimised yet allocates; on a busy machine that takes more than one round.</summary>
    private const int MaxRounds = 10;

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
        var counts = new RoundCounts(int.MaxValue, int.MaxValue);
        for (int round = 0; round < MaxRounds && !counts.AreSteady; round++)
            counts = Run(store, log, isIdempotent, round * BatchesPerRound);
        Assert.True(counts.AreSteady, $"{counts.Appends} of {BatchesPerRound} appends and {counts.Flushes} of {BatchesPerRound / 4} flushes have allocated.");
        store.Abandon();
    }

    private static RoundCounts Run(LogStore store, PartitionLog log, bool isIdempotent, int firstSequence)
    {
        byte[][] batches =
        [
            .. Enumerable.Range(firstSequence, BatchesPerRound)
                .Select(sequence => isIdempotent ? TestLog.Batch(1, 256, producerId: 3, sequence: sequence) : TestLog.Batch(1, 256)),
        ];
        var appends = new LogAppend[1];
        int appending = 0;
        int flushing = 0;
        for (int i = 0; i < batches.Length; i++)
        {
            if (i % 200 == 0)
            {
                store.MakeRoom();
                store.PumpAll();
            }

            appends[0] = TestLog.Append(batches[i], log.EndOffset);

            long before = GC.GetAllocatedBytesForCurrentThread();
            ProducerCheck check = log.Producers.Stage(appends[0].Header, log.EndOffset, 1_000);
            AppendRefusal refusal = log.Append(appends, 0);
            appending += GC.GetAllocatedBytesForCurrentThread() > before ? 1 : 0;
            Assert.Equal((ProducerVerdict.Ok, AppendRefusal.None), (check.Verdict, refusal));
            if (i % 4 != 3)
                continue;

            before = GC.GetAllocatedBytesForCurrentThread();
            store.PumpFlush();
            store.PumpCompletion();
            flushing += GC.GetAllocatedBytesForCurrentThread() > before ? 1 : 0;
        }

        return new RoundCounts(appending, flushing);
    }

    /// <summary>A collection that other tests bring about may count to this thread; and once a mebibyte the flusher looks at the free space.</summary>
    private readonly record struct RoundCounts(int Appends, int Flushes)
    {
        public bool AreSteady => Appends <= 5 && Flushes <= 5 + (BatchesPerRound / 4 * 8 * TestLog.KiB / TestLog.MiB);
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
