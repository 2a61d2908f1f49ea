using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Checkpoints;

/// <summary>What is kept of producers over a restart is bounded by time and by number, whoever still writes.</summary>
public sealed class ProducerExpiryTests : IDisposable
{
    private static readonly ProducerStatesOptions Producers = new() { ExpirationMs = 60_000, MaxProducers = 100, MaxProducersInAll = 50 };

    private readonly StoreRig _rig = new(TestLog.SmallOptions() with { Producers = Producers });

    public void Dispose() => _rig.Dispose();

    /// <summary>Nobody writes to the first log any more: the checkpoint that the second one brings about forgets its producers too.</summary>
    [Theory]
    [InlineData(59_999, 3)]
    [InlineData(60_000, 0)]
    public void A_checkpoint_forgets_who_has_been_silent_for_too_long(int silentMs, int kept)
    {
        PartitionLog quiet = _rig.Create(topic: "quiet");
        Produce(quiet, 1, 3);
        _rig.Checkpoint();
        _rig.Time.Advance(TimeSpan.FromMilliseconds(silentMs));
        PartitionLog busy = _rig.Create(topic: "busy");
        Produce(busy, 10, 2);
        _rig.Checkpoint();
        _rig.Restart();
        Assert.Equal(0, _rig.Store.ReplayedBytes);
        Assert.Equal(kept, Count(quiet.Description.Id));
        Assert.Equal(2, Count(busy.Description.Id));
    }

    /// <summary>Between two checkpoints too, the snapshots beside segments hold only who has written of late.</summary>
    [Fact]
    public void A_log_that_is_written_to_forgets_as_it_goes()
    {
        PartitionLog log = _rig.Create(new LogConfig { SegmentBytes = 1_024 });
        for (int i = 0; i < 90; i++)
        {
            Produce(log, 1 + i, 1);
            _rig.WriteSegments();
            _rig.Time.Advance(TimeSpan.FromSeconds(6));
        }

        string[] snapshots = [.. _rig.Files.ListFiles(_rig.LogFolder).Where(f => f.EndsWith(".producers", StringComparison.Ordinal))];
        Assert.InRange(snapshots.Length, 5, 90);
        Assert.All(snapshots, name =>
        {
            Assert.True(ProducerStates.TryReadSnapshot(_rig.Files.ReadWhole($"{_rig.LogFolder}/{name}", int.MaxValue), Producers, out ProducerStates states, out _));
            Assert.InRange(states.Count, 1, 10);
        });
    }

    /// <summary>A segment that ends after a long silence has no producers to remember, and no snapshot.</summary>
    [Fact]
    public void A_segment_that_ends_after_a_long_silence_has_no_snapshot()
    {
        PartitionLog log = _rig.Create();
        Produce(log, 1, 3);
        _rig.WriteSegments();
        _rig.Time.Advance(TimeSpan.FromMinutes(1));
        _rig.Run(log.SetStartOffsetAsync(3));
        _rig.WriteSegments();
        Assert.DoesNotContain(_rig.Files.ListFiles(_rig.LogFolder), f => f.EndsWith(".producers", StringComparison.Ordinal));
    }

    [Fact]
    public void All_logs_together_keep_so_many_and_each_keeps_those_that_wrote_last()
    {
        PartitionLog[] logs = [.. Enumerable.Range(0, 4).Select(i => _rig.Create(topic: $"topic-{i}"))];
        foreach (PartitionLog log in logs)
            Produce(log, 1, 40);
        _rig.Checkpoint();
        Assert.All(logs, log => Assert.Equal(40, log.Producers.Count));
        _rig.Restart();
        foreach (PartitionLog log in logs)
        {
            // 40 each are 160 in all; so are at most 50 each; at most 25 each are 100; at most 12 each fit.
            PartitionLog reopened = _rig.OpenLog(log.Description.Id);
            Assert.Equal(12, reopened.Producers.Count);
            Assert.Equal(ProducerVerdict.Ok, Check(reopened, 28));
            Assert.Equal(ProducerVerdict.OutOfOrder, Check(reopened, 29));
            reopened.Dispose();
        }
    }

    [Fact]
    public void A_checkpoint_that_could_not_be_read_back_is_not_written()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory("/data");
        var id = new Guid(1, 2, 3, new byte[8]);
        var slots = new CheckpointFile(files, "/data", id, maxBytes: 1_000);
        slots.Write(Image(1, 100));
        slots.Write(Image(2, 920));
        long changes = files.Changes;
        CheckpointTooLargeException refused = Assert.Throws<CheckpointTooLargeException>(() => slots.Write(Image(3, 921)));
        Assert.Equal((921, 920), (refused.Bytes, refused.MaxBytes));
        Assert.Equal(changes, files.Changes);

        Assert.True(new CheckpointFile(files, "/data", id, maxBytes: 1_000).TryRead(out CheckpointHeader header, out byte[] logs));
        Assert.Equal((2, 920), (header.Lsn, logs.Length));
        slots.Write(Image(4, 10));
        Assert.True(new CheckpointFile(files, "/data", id, maxBytes: 1_000).TryRead(out header, out _));
        Assert.Equal(4, header.Lsn);
    }

    private static CheckpointImage Image(long lsn, int bytes)
    {
        var logs = new System.Buffers.ArrayBufferWriter<byte>();
        logs.GetSpan(bytes)[..bytes].Fill(7);
        logs.Advance(bytes);
        return new CheckpointImage { Lsn = lsn, WalSequence = 0, NextLogId = 1, Logs = logs, LogCount = 0, Trims = [], Dirty = new DirtySet() };
    }

    private static ProducerVerdict Check(PartitionLog log, int producer) =>
        log.Producers.Check(TestLog.Append(TestLog.Batch(1, 10, producerId: producer, sequence: 7), 0).Header).Verdict;

    private int Count(LogId id)
    {
        using PartitionLog log = _rig.OpenLog(id);
        return log.Producers.Count;
    }

    /// <summary>One batch of each of so many producers.</summary>
    private void Produce(PartitionLog log, int firstProducer, int producers)
    {
        if (!_rig.Store.HasRoom)
        {
            _rig.Store.MakeRoom();
            _rig.Store.PumpAll();
        }

        for (int i = 0; i < producers; i++)
            TestLog.MustAppend(log, TestLog.Batch(1, 10, producerId: firstProducer + i));
        _rig.Sync();
    }
}
