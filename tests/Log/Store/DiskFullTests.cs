using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Store;

/// <summary>A full disk is not final: appends are refused before anything is torn, reading goes on, and it ends when space returns.</summary>
public sealed class DiskFullTests
{
    /// <summary>What fails, and whether for want of space or because too many files are open.</summary>
    public static TheoryData<Fault, bool> Faults => new()
    {
        { new Fault(FileOperationKind.CreateDirectory, "/logs"), true },
        { new Fault(FileOperationKind.Open, ".log"), true },
        { new Fault(FileOperationKind.Write, ".log"), true },
        { new Fault(FileOperationKind.Write, "description.json"), true },
        { new Fault(FileOperationKind.Write, ".producers"), true },
        { new Fault(FileOperationKind.Open, "/checkpoint-"), true },
        { new Fault(FileOperationKind.Write, "/checkpoint-"), true },
        { new Fault(FileOperationKind.Open, ".log"), false },
        { new Fault(FileOperationKind.Open, "description.json"), false },
        { new Fault(FileOperationKind.Open, ".producers"), false },
        { new Fault(FileOperationKind.Open, "/checkpoint-"), false },
        { new Fault(FileOperationKind.SyncDirectory, "/logs"), false },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_write_that_finds_no_space_or_no_file_is_tried_again_until_it_does(Fault fault, bool isForSpace)
    {
        using var rig = new StoreRig(TestLog.SmallOptions() with { IndexIntervalBytes = 64 });
        PartitionLog log = rig.Create(new LogConfig { SegmentBytes = 100_000 });
        var expected = new List<byte>();
        int hits = 0;
        fault.Begin(rig.Files, path => isForSpace ? new NoSpaceException(path) : new TooManyOpenFilesException(path), () => hits++);
        for (int i = 0; i < 600 && hits == 0; i++)
        {
            byte[] batch = TestLog.Batch(1, 400, fill: (byte)i, producerId: 5, sequence: (int)log.EndOffset);
            if (TestLog.TryAppend(log, batch) == AppendRefusal.None)
                expected.AddRange(TestLog.Stored(batch, log.EndOffset - 1, 0));
            rig.Store.PumpFlush();
            if (i % 50 == 49)
                _ = rig.Store.CheckpointAsync(CancellationToken.None);
            if (i % 10 == 9)
                rig.Store.PumpAll();
        }

        rig.Store.PumpAll();
        Assert.NotEqual(0, hits);
        Assert.Null(rig.Store.Failure);
        AssertRefused(rig, log);
        Assert.Equal(log.EndOffset, log.DurableEndOffset);
        Assert.Equal(expected, TestLog.ReadAll(log));

        // It is tried again at each look, and not in between.
        int before = hits;
        rig.Store.PumpAll();
        rig.Time.Advance(rig.Options.DiskFullRecheck);
        rig.Store.PumpAll();
        Assert.InRange(hits, before + 1, before + 10);
        AssertRefused(rig, log);

        rig.Files.Before = null;
        rig.Time.Advance(rig.Options.DiskFullRecheck);
        rig.Store.PumpAll();
        Assert.Equal(AppendRefusal.None, rig.Store.Refusal);
        Assert.Equal(0, rig.Time.Armed);
        byte[] more = TestLog.Batch(1, 50, producerId: 5, sequence: (int)log.EndOffset);
        expected.AddRange(TestLog.Stored(more, log.EndOffset, 0));
        TestLog.MustAppend(log, more);
        rig.WriteSegments();
        rig.Checkpoint();
        Assert.Equal(expected, TestLog.ReadAll(log));
        rig.LosePower();
        Assert.Empty(rig.Store.Damage);
        Assert.Equal(expected, TestLog.ReadAll(rig.OpenLog(log.Description.Id)));
    }

    /// <summary>A disk without space for another write-ahead file: what is there is used again as soon as a checkpoint has freed it.</summary>
    [Fact]
    public void Without_space_for_a_write_ahead_file_those_that_are_there_go_round()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create(new LogConfig { SegmentBytes = 100_000 });
        new Fault(FileOperationKind.Allocate, "/wal-").Begin(rig.Files, path => new NoSpaceException(path));
        var expected = new List<byte>();
        int refused = 0;
        for (int i = 0; i < 2_000; i++)
        {
            byte[] batch = TestLog.Batch(1, 400, fill: (byte)i);
            AppendRefusal refusal = TestLog.TryAppend(log, batch);
            if (refusal == AppendRefusal.None)
            {
                expected.AddRange(TestLog.Stored(batch, log.EndOffset - 1, 0));
                continue;
            }

            rig.Store.PumpAll();
            if (rig.Store.Refusal != AppendRefusal.DiskFull)
                continue;
            refused++;
            AssertRefused(rig, log);
            Assert.Equal(log.EndOffset, log.DurableEndOffset);
            Assert.Equal(expected, TestLog.ReadAll(log));
            rig.Time.Advance(rig.Options.DiskFullRecheck);
            rig.Store.PumpAll();
            Assert.Equal(AppendRefusal.None, rig.Store.Refusal);
        }

        Assert.Null(rig.Store.Failure);
        Assert.InRange(refused, 2, 100);
        Assert.InRange(expected.Count, 500_000, 1_000_000);
        rig.Sync();
        rig.LosePower();
        Assert.Equal(expected, TestLog.ReadAll(rig.OpenLog(log.Description.Id)));
    }

    /// <summary>An index is a hint: one that cannot be written is no reason to refuse anything.</summary>
    [Fact]
    public void An_index_that_finds_no_space_is_done_without()
    {
        using var rig = new StoreRig(TestLog.SmallOptions() with { IndexIntervalBytes = 64 });
        PartitionLog log = rig.Create(new LogConfig { SegmentBytes = 40_000 });
        new Fault(FileOperationKind.Write, ".index").Begin(rig.Files, path => new NoSpaceException(path));
        for (int i = 0; i < 600; i++)
        {
            rig.Append(log);
            rig.Store.PumpAll();
        }

        Assert.Equal(AppendRefusal.None, rig.Store.Refusal);
        byte[] expected = TestLog.ReadAll(log);
        rig.Files.Before = null;
        rig.RestartCleanly();
        Assert.Equal(expected, TestLog.ReadAll(rig.OpenLog(log.Description.Id), maxBytes: 2_000));
    }

    /// <summary>Before a segment can find the disk full, appends are refused: what is acknowledged always fits.</summary>
    [Fact]
    public void Appends_are_refused_while_there_is_still_room_for_what_was_acknowledged()
    {
        using var rig = new StoreRig(new LogOptions
        {
            Directory = "/data",
            WalFileBytes = 8 * TestLog.MiB,
            MaxWalBytes = 32 * TestLog.MiB,
            CheckpointBytes = 24 * TestLog.MiB,
            SlabBytes = 256 * TestLog.KiB,
            MaxFlushBytes = 256 * TestLog.KiB,
            MaxSlabBytes = 64 * TestLog.MiB,
            MaxAppendBytes = 256 * TestLog.KiB,
            WriteBehindBytes = 32 * TestLog.MiB,
            ReserveBytes = 4 * TestLog.MiB,
            Seed = 1,
        });
        PartitionLog log = rig.Create();
        rig.Store.PumpAll();
        int fullHits = 0;
        rig.Files.CapacityBytes = rig.Files.UsedBytes + (24 * TestLog.MiB);
        var expected = new List<byte>();
        byte[] batch = TestLog.Batch(1, 200_000);
        while (TestLog.TryAppend(log, batch) is var refusal && refusal != AppendRefusal.DiskFull)
        {
            if (refusal == AppendRefusal.None)
                expected.AddRange(TestLog.Stored(batch, log.EndOffset - 1, 0));
            rig.Sync();
            rig.Store.PumpCheckpoint();
            Assert.InRange(expected.Count, 0, 24 * TestLog.MiB);
        }

        AssertRefused(rig, log);
        Assert.True(expected.Count > 4 * TestLog.MiB, $"{expected.Count} bytes were taken");
        Assert.Throws<LogRefusedException>(() => rig.Run(TestLog.CreateAsync(rig.Store, "other")));

        // Everything that was acknowledged fits into segments, and what frees space is taken.
        rig.Files.Before = _ => fullHits += rig.Store.Failure is null ? 0 : 1;
        rig.WriteSegments();
        rig.Checkpoint();
        Assert.Null(rig.Store.Failure);
        Assert.Equal(expected, TestLog.ReadAll(log));
        AssertRefused(rig, log);
        rig.Run(log.SeeEpochAsync(3));
        rig.Run(log.TruncateAsync(log.EndOffset - 1));
        rig.Run(log.SetStartOffsetAsync(1));
        log.Dispose();
        rig.Run(rig.Store.DeleteAsync([log.Description.Id], CancellationToken.None));
        rig.WriteSegments();

        rig.Time.Advance(rig.Options.DiskFullRecheck);
        Assert.Equal(AppendRefusal.None, rig.Store.Refusal);
        Assert.Equal(0, rig.Time.Armed);
        rig.Append(rig.Create(topic: "other"));
        Assert.Equal(0, fullHits);
    }

    [Theory]
    [InlineData(".log", "/checkpoint-")]
    [InlineData("/checkpoint-", ".log")]
    public void One_that_gets_through_does_not_speak_for_the_other_that_is_stuck(string stillStuck, string getsThrough)
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        rig.Append(log);
        Task checkpoint = rig.Store.CheckpointAsync(CancellationToken.None);
        Assert.True(rig.Store.PumpCheckpoint());
        rig.WriteSegments();
        rig.Append(log, times: 5);
        byte[] expected = TestLog.ReadAll(log);
        HashSet<string> failing = [stillStuck, getsThrough];
        rig.Files.Before = operation =>
        {
            if (operation.Kind == FileOperationKind.Write && failing.Any(text => operation.Path.Contains(text, StringComparison.Ordinal)))
                throw new NoSpaceException(operation.Path);
        };
        rig.Store.PumpSegments(everything: true);
        rig.Store.PumpAll();
        AssertRefused(rig, log);

        // The other one's thread sleeps meanwhile.
        failing.Remove(getsThrough);
        while (getsThrough == ".log" ? rig.Store.PumpSegments(everything: true) : rig.Store.PumpCheckpoint())
        {
        }

        AssertRefused(rig, log);

        failing.Clear();
        rig.Time.Advance(rig.Options.DiskFullRecheck);
        rig.Run(checkpoint);
        rig.WriteSegments();
        Assert.Equal((AppendRefusal.None, 0), (rig.Store.Refusal, rig.Time.Armed));
        rig.Append(log);
        Assert.Equal(expected, TestLog.ReadAll(log)[..expected.Length]);
    }

    /// <summary>Files of deleted records go behind a checkpoint, and on a full disk no append brings one about.</summary>
    [Fact]
    public void Deleted_records_make_room_on_a_full_disk()
    {
        using var rig = new StoreRig(TestLog.SmallOptions() with { ReserveBytes = 300_000 });
        PartitionLog log = rig.Create(new LogConfig { SegmentBytes = 20_000 });
        rig.Append(log, valueBytes: 500, times: 300);
        rig.WriteSegments();
        rig.Checkpoint();
        rig.Files.CapacityBytes = rig.Files.UsedBytes + 400_000;
        while (TestLog.TryAppend(log, TestLog.Batch(1, 500)) == AppendRefusal.None)
            rig.Store.PumpAll();
        rig.Store.PumpAll();
        AssertRefused(rig, log);

        rig.Run(log.SetStartOffsetAsync(log.DurableEndOffset - 10));
        for (int i = 0; i < 5 && rig.Store.Refusal != AppendRefusal.None; i++)
        {
            rig.Time.Advance(rig.Options.DiskFullRecheck);
            rig.Store.PumpAll();
        }

        Assert.Equal(AppendRefusal.None, rig.Store.Refusal);
        Assert.Single(rig.Files.ListFiles(rig.LogFolder), name => name.EndsWith(".log", StringComparison.Ordinal));
        rig.Append(log, times: 10);
    }

    [Fact]
    public void A_store_that_was_left_on_a_full_disk_recovers_when_it_is_opened_with_space()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        rig.Append(log, times: 5);
        byte[] expected = TestLog.ReadAll(log);
        rig.Files.CapacityBytes = rig.Files.UsedBytes;
        rig.Kill();
        rig.Files.CapacityBytes = rig.Files.UsedBytes;
        Assert.Throws<NoSpaceException>(rig.Restart);

        rig.Files.CapacityBytes = long.MaxValue;
        rig.Restart();
        Assert.Empty(rig.Store.Damage);
        Assert.Equal(expected, TestLog.ReadAll(rig.OpenLog(log.Description.Id)));
    }

    [Fact]
    public void A_new_store_without_space_for_a_write_ahead_file_opens_and_waits_for_some()
    {
        var files = new SimulatedFileSystem { CapacityBytes = 100 * TestLog.KiB };
        using var rig = new StoreRig(files: files);
        Assert.Equal(AppendRefusal.DiskFull, rig.Store.Refusal);
        Task<LogId> refused = TestLog.CreateAsync(rig.Store);
        Assert.Equal(AppendRefusal.DiskFull, Assert.IsType<LogRefusedException>(refused.Exception?.InnerException).Refusal);
        files.CapacityBytes = long.MaxValue;
        rig.Time.Advance(rig.Options.DiskFullRecheck);
        rig.Store.PumpAll();
        rig.Append(rig.Create());
    }

    private static void AssertRefused(StoreRig rig, PartitionLog log)
    {
        long end = log.EndOffset;
        Assert.Equal(AppendRefusal.DiskFull, rig.Store.Refusal);
        Assert.Equal(AppendRefusal.DiskFull, TestLog.TryAppend(log, TestLog.Batch(1, 10)));
        Assert.Equal(end, log.EndOffset);
        Assert.Equal(1, rig.Time.Armed);
    }
}
