using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Store;

/// <summary>Sizes that contradict each other are found before anything is opened.</summary>
public sealed class LogOptionsTests
{
    private static readonly LogOptions Default = new() { Directory = "/data" };

    public static TheoryData<string, LogOptions> Mistakes => new()
    {
        { "Directory", Default with { Directory = " " } },
        { "SlabBytes", Default with { SlabBytes = 5_000 } },
        { "WalFileBytes", Default with { WalFileBytes = 40_000 } },
        { "MaxWalBytes", Default with { MaxWalBytes = 100 * TestLog.MiB } },
        { "MaxWalBytes", Default with { MaxWalBytes = long.MaxValue } },
        { "MaxWalBytes", Default with { WalFileBytes = long.MaxValue / 4_096 * 4_096 } },
        { "CheckpointBytes", Default with { CheckpointBytes = 0 } },
        { "CheckpointBytes", Default with { CheckpointBytes = 760 * TestLog.MiB } },
        { "MaxFlushBytes", Default with { MaxFlushBytes = 4_096 } },
        { "MaxAppendBytes", Default with { MaxAppendBytes = 10 } },
        { "WalFileBytes", Default with { MaxAppendBytes = 64 * TestLog.MiB } },
        { "MaxSlabBytes", Default with { MaxSlabBytes = 60 * TestLog.MiB } },
        { "MaxSlabBytes", Default with { MaxSlabBytes = long.MaxValue } },
        { "WriteBehindBytes", Default with { WriteBehindBytes = 0 } },
        { "MaxSlabBytes", Default with { WriteBehindBytes = 80 * TestLog.MiB } },
        { "ReserveBytes", Default with { ReserveBytes = -1 } },
        { "ReserveBytes", Default with { ReserveBytes = long.MaxValue } },
        { "DiskFullRecheck", Default with { DiskFullRecheck = TimeSpan.Zero } },
        { "MaxOpenFiles", Default with { MaxOpenFiles = 2 } },
        { "MaxSingleSyncs", Default with { MaxSingleSyncs = -1 } },
        { "IndexIntervalBytes", Default with { IndexIntervalBytes = 1 } },
        { "Producers.ExpirationMs", Default with { Producers = new() { ExpirationMs = 0 } } },
        { "Producers.MaxProducers", Default with { Producers = new() { MaxProducers = 1_000_001 } } },
        { "Producers.MaxProducersInAll", Default with { Producers = new() { MaxProducersInAll = 0 } } },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named(string name, LogOptions options) =>
        Assert.Contains(options.Validate(), sentence => sentence.StartsWith(name + " ", StringComparison.Ordinal));

    [Fact]
    public void The_defaults_and_those_of_the_tests_are_fine()
    {
        Assert.Empty(Default.Validate());
        Assert.Empty(TestLog.SmallOptions().Validate());
    }

    /// <summary>The smallest memory that the options allow still takes the largest append, again and again, of one batch or of many.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_smallest_memory_that_is_allowed_is_enough(bool hasManyBatches)
    {
        const int MaxAppendBytes = 200 * TestLog.KiB;
        LogOptions options = TestLog.SmallOptions() with { MaxAppendBytes = MaxAppendBytes, WalFileBytes = 1 * TestLog.MiB, MaxWalBytes = 4 * TestLog.MiB };
        long slabBytes = 4_096;
        while ((options with { MaxSlabBytes = slabBytes }).Validate().Count > 0)
            slabBytes += 4_096;
        Assert.InRange(slabBytes, 400 * TestLog.KiB, 2 * TestLog.MiB);

        using var rig = new StoreRig(options with { MaxSlabBytes = slabBytes });
        PartitionLog log = rig.Create();
        int overheadBytes = TestLog.Batch(1, 10_000).Length - 10_000;
        for (int i = 0; i < 20; i++)
        {
            rig.Store.MakeRoom();
            rig.Store.PumpAll();
            Assert.True(rig.Store.HasRoom, $"no room for append {i}");
            byte[] small = TestLog.Batch(1, 1);
            byte[][] batches = hasManyBatches
                ? [.. Enumerable.Repeat(small, MaxAppendBytes / small.Length)]
                : [TestLog.Batch(1, MaxAppendBytes - overheadBytes - 2)];
            TestLog.MustAppend(log, batches);
        }
    }
}
