using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Segments;

/// <summary>Snapshots of producer states beside segments speak of the batches that lie below them, and of no others.</summary>
public sealed class ProducerSnapshotTests : IDisposable
{
    private static readonly byte[] First = TestLog.Batch(1, 10, producerId: 1);
    private static readonly byte[] Second = TestLog.Batch(1, 10, producerId: 1, sequence: 1);
    private static readonly byte[] Other = TestLog.Batch(1, 10, producerId: 2);

    private readonly StoreRig _rig = new();

    private string[] Snapshots => [.. _rig.Files.ListFiles(_rig.LogFolder).Where(f => f.EndsWith(".producers", StringComparison.Ordinal))];

    public void Dispose() => _rig.Dispose();

    /// <summary>A segment that ends because the log's start has reached its end leaves a snapshot with no segment behind it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_snapshot_above_a_cut_is_not_taken_for_what_is_written_there_later(bool restarts)
    {
        PartitionLog log = _rig.Create();
        TestLog.MustAppend(log, First, Second);
        _rig.Sync();
        _rig.Run(log.SetStartOffsetAsync(2));
        _rig.WriteSegments();
        Assert.Equal(["00000000000000000002.producers"], Snapshots);

        _rig.Run(log.TruncateAsync(1));
        Assert.Empty(Snapshots);
        TestLog.MustAppend(log, Other, TestLog.Batch(1, 10));
        _rig.Sync();
        _rig.Run(log.TruncateAsync(2));
        if (restarts)
        {
            _rig.Restart();
            log = _rig.OpenLog(log.Description.Id);
        }

        AssertStates(log);
    }

    /// <summary>Else a batch that the leader sends again would be taken for a repetition, and be missing.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_log_that_has_been_emptied_knows_no_producers(bool restarts)
    {
        PartitionLog log = _rig.Create();
        TestLog.MustAppend(log, First, Second);
        _rig.WriteSegments();
        _rig.Run(log.ResetAsync(9));
        if (restarts)
        {
            _rig.Checkpoint();
            _rig.Restart();
            log = _rig.OpenLog(log.Description.Id);
        }

        Assert.Equal(0, log.Producers.Count);
        TestLog.MustAppend(log, First);
        Assert.Equal(10, log.EndOffset);
    }

    /// <summary>The power may bring the name of a snapshot back whose removal was not synced, in the folder of a log that replay makes anew.</summary>
    [Fact]
    public void A_snapshot_that_comes_back_beside_a_log_that_is_replayed_whole_goes_again()
    {
        PartitionLog log = _rig.Create();
        TestLog.MustAppend(log, First, Second);
        _rig.Sync();
        _rig.Run(log.SetStartOffsetAsync(2));
        _rig.WriteSegments();
        string path = $"{_rig.LogFolder}/{Assert.Single(Snapshots)}";
        byte[] snapshot = _rig.Files.ReadWhole(path, 10_000);
        _rig.Run(log.TruncateAsync(1));
        _rig.Kill();
        using (IFile file = _rig.Files.Open(path, FileOpening.Create))
            file.WriteAll(snapshot, 0);

        _rig.Restart();
        log = _rig.OpenLog(log.Description.Id);
        TestLog.MustAppend(log, Other, TestLog.Batch(1, 10));
        _rig.Sync();
        _rig.Run(log.TruncateAsync(2));
        AssertStates(log);
    }

    [Fact]
    public void A_cut_takes_the_states_from_the_last_snapshot_below_it_and_the_batches_behind_that()
    {
        PartitionLog log = _rig.Create(new LogConfig { SegmentBytes = 1_024 });
        for (int i = 0; i < 40; i++)
            TestLog.MustAppend(log, TestLog.Batch(1, 100, producerId: 7, sequence: i));
        _rig.WriteSegments();
        _rig.Run(log.SetStartOffsetAsync(20));
        _rig.Checkpoint();
        _rig.WriteSegments();
        _rig.Run(log.TruncateAsync(33));

        Assert.NotEmpty(Snapshots);
        Assert.All(Snapshots, name => Assert.InRange(long.Parse(name[..20]), 14, 33));
        Assert.Equal(ProducerVerdict.Duplicate, log.Producers.Check(Header(TestLog.Batch(1, 100, producerId: 7, sequence: 32))).Verdict);
        Assert.Equal(ProducerVerdict.Ok, log.Producers.Check(Header(TestLog.Batch(1, 100, producerId: 7, sequence: 33))).Verdict);
    }

    /// <summary>The records of a producer are deleted and their files unlinked; only the snapshot beside the next segment still knows it.</summary>
    [Fact]
    public void A_snapshot_that_a_checkpoint_covers_survives_a_loss_of_power()
    {
        using var rig = new StoreRig(TestLog.SmallOptions() with { MaxSingleSyncs = 100, MaxOpenFiles = 100 });
        PartitionLog log = rig.Create(new LogConfig { SegmentBytes = 1_024 });
        TestLog.MustAppend(log, Other);
        for (int i = 0; i < 39; i++)
            TestLog.MustAppend(log, TestLog.Batch(1, 100, producerId: 7, sequence: i));
        rig.WriteSegments();
        rig.Run(log.SetStartOffsetAsync(20));
        rig.Checkpoint();
        rig.WriteSegments();
        rig.LosePower();

        log = rig.OpenLog(log.Description.Id);
        Assert.InRange(log.Segments[0].BaseOffset, 1, 20);
        rig.Run(log.TruncateAsync(33));
        Assert.Equal(new ProducerCheck(ProducerVerdict.Duplicate, 0, 1_000), log.Producers.Check(Header(Other)));
    }

    private static RecordBatchHeader Header(byte[] batch) => TestLog.Append(batch, 0).Header;

    /// <summary>The log holds the first producer's first batch and the other producer's.</summary>
    private static void AssertStates(PartitionLog log)
    {
        Assert.Equal(2, log.EndOffset);
        Assert.Equal(new ProducerCheck(ProducerVerdict.Duplicate, 0, 1_000), log.Producers.Check(Header(First)));
        Assert.Equal(ProducerVerdict.Ok, log.Producers.Check(Header(Second)).Verdict);
        Assert.Equal(new ProducerCheck(ProducerVerdict.Duplicate, 1, 1_000), log.Producers.Check(Header(Other)));
    }
}
