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

    /// <summary>Producers that were left out are told of, with their number, and once an hour at most; those who were silent too long are not.</summary>
    [Fact]
    public void Who_does_not_fit_is_told_of_now_and_then()
    {
        var log = new RecordingLogger();
        using var rig = new StoreRig(_rig.Options, logger: log);
        PartitionLog[] logs = [.. Enumerable.Range(0, 4).Select(i => rig.Create(topic: $"topic-{i}"))];
        int next = 1;
        void Round(int producers)
        {
            foreach (PartitionLog each in logs)
                Produce(rig, each, next, producers);
            next += producers;
            rig.Checkpoint();
        }

        Round(12);
        Assert.Empty(log.Warnings);
        Round(28);
        Assert.StartsWith("/data: 112 idempotent producers were left out of checkpoints", Assert.Single(log.Warnings), StringComparison.Ordinal);
        Assert.Contains("all partitions together keep 50 over a restart", log.Warnings[0]);
        Round(10);
        rig.Time.Advance(TimeSpan.FromMinutes(59));
        Round(12);
        Assert.Single(log.Warnings);
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Round(20);
        Assert.Equal(2, log.Warnings.Count);
        Assert.StartsWith("/data: 72 idempotent", log.Warnings[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(499, false)]
    [InlineData(500, true)]
    public void A_checkpoint_that_takes_half_of_what_it_may_is_told_of(int bytes, bool isTold)
    {
        var log = new RecordingLogger();
        var warnings = new CheckpointWarnings(_rig.Options, _rig.Time, log);
        for (int i = 0; i < 3; i++)
        {
            warnings.Made(Image(1, bytes), 1_000);
            _rig.Time.Advance(TimeSpan.FromMinutes(29));
        }

        Assert.Equal(isTold ? 1 : 0, log.Warnings.Count);
        Assert.All(log.Warnings, text => Assert.Contains("500 bytes, 50 % of what can be read back at start, for 0 partitions.", text));
        warnings.Made(Image(1, bytes), 1_000);
        Assert.Equal(isTold ? 2 : 0, log.Warnings.Count);
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
    private void Produce(PartitionLog log, int firstProducer, int producers) => Produce(_rig, log, firstProducer, producers);

    private static void Produce(StoreRig rig, PartitionLog log, int firstProducer, int producers)
    {
        if (!rig.Store.HasRoom)
        {
            rig.Store.MakeRoom();
            rig.Store.PumpAll();
        }

        for (int i = 0; i < producers; i++)
            TestLog.MustAppend(log, TestLog.Batch(1, 10, producerId: firstProducer + i));
        rig.Sync();
    }
}
