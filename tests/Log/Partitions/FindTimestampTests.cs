using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Partitions;

/// <summary>A look-up by time holds nobody up and answers for the log as it is when it answers.</summary>
public sealed class FindTimestampTests(ITestOutputHelper output) : IDisposable
{
    private static readonly LogConfig Small = new() { SegmentBytes = 2_000 };

    private readonly StoreRig _rig = new(TestLog.SmallOptions() with { MaxSlabBytes = 4 * TestLog.MiB, CheckpointBytes = 800 * TestLog.KiB });

    public void Dispose() => _rig.Dispose();

    /// <summary>The search waits for the disk in the first segment that may hold the time; meanwhile the log changes.</summary>
    [Theory]
    [InlineData("append", 17)]
    [InlineData("start", 30)]
    [InlineData("unlink", 30)]
    [InlineData("truncate", 17)]
    [InlineData("truncate below", -1)]
    [InlineData("reset", -1)]
    public async Task While_a_search_waits_for_the_disk_the_log_goes_on(string change, long expected)
    {
        PartitionLog log = _rig.Create(Small);
        for (int i = 0; i < 40; i++)
            TestLog.MustAppend(log, TestLog.Batch(1, 100, timestampMs: 1_000 + i));
        _rig.WriteSegments();
        using var gate = new ManualResetEventSlim();
        using var reached = new ManualResetEventSlim();
        int reads = 0;
        _rig.Files.Before = operation =>
        {
            if (operation.Kind != FileOperationKind.Read || !operation.Path.EndsWith(".log", StringComparison.Ordinal) || Interlocked.Increment(ref reads) > 1)
                return;
            reached.Set();
            Assert.True(gate.Wait(TestLog.Guard));
        };
        Task<TimestampedOffset?> search = Task.Run(() => log.FindTimestamp(1_017));
        Assert.True(reached.Wait(TestLog.Guard));

        try
        {
            await Task.Run(() => Change(log, change)).WaitAsync(TestLog.Guard);
            Assert.False(search.IsCompleted);
        }
        finally
        {
            gate.Set();
        }

        TimestampedOffset? found = await search.WaitAsync(TestLog.Guard);
        Assert.Equal(expected < 0 ? null : new TimestampedOffset(expected, 1_000 + expected), found);
    }

    /// <summary>A segment has been chosen and goes before it is opened: what is there now answers.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_segment_that_is_unlinked_before_it_is_opened_is_no_failure(bool isSearch)
    {
        PartitionLog log = _rig.Create(Small);
        for (int i = 0; i < 40; i++)
            TestLog.MustAppend(log, TestLog.Batch(1, 100, timestampMs: 1_000 + i));
        _rig.WriteSegments();
        _rig.RestartCleanly();
        log = _rig.OpenLog(log.Description.Id, Small);
        _rig.Files.Before = operation =>
        {
            if (operation.Kind != FileOperationKind.Open || !operation.Path.EndsWith(".log", StringComparison.Ordinal))
                return;
            _rig.Files.Before = null;
            Change(log, "unlink");
        };
        if (isSearch)
        {
            Assert.Equal(new TimestampedOffset(30, 1_030), log.FindTimestamp(1_017));
        }
        else
        {
            using LogRead read = log.Read(17, long.MaxValue, 1_000, atLeastOneBatch: true);
            Assert.True(read.IsOutOfRange);
        }

        Assert.Null(_rig.Files.Before);
    }

    /// <summary>A batch of 40 MB that travels in 40 KB is searched in memory; appends are not held up by that.</summary>
    [Fact]
    public async Task While_a_search_decompresses_what_is_in_memory_appends_go_on()
    {
        PartitionLog log = _rig.Create();
        var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = CompressionCodec.Gzip });
        builder.Append(1_000, null, new byte[40 * TestLog.MiB]);
        builder.Append(2_000, null, [1]);
        TestLog.MustAppend(log, builder.Build());
        _rig.Sync();

        const int Searches = 4;
        using var begun = new ManualResetEventSlim();
        Task<TimestampedOffset?[]> searching = Task.Run(() =>
        {
            begun.Set();
            return Enumerable.Range(0, Searches).Select(_ => log.FindTimestamp(2_000)).ToArray();
        });
        Assert.True(begun.Wait(TestLog.Guard));
        int appended = 0;
        for (; appended < 400 && !searching.IsCompleted; appended++)
            TestLog.MustAppend(log, TestLog.Batch(1, 10));

        output.WriteLine($"{appended} appends during {Searches} searches.");
        Assert.All(await searching.WaitAsync(TestLog.Guard), found => Assert.Equal(new TimestampedOffset(1, 2_000), found));
        Assert.InRange(appended, 10 * Searches, int.MaxValue);
    }

    /// <summary>129 MiB travel in a few kilobytes: they are not unpacked to answer, in memory or from a file.</summary>
    [Fact]
    public void A_batch_that_would_become_too_large_answers_with_its_first_record()
    {
        PartitionLog log = _rig.Create();
        var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = CompressionCodec.Zstd });
        builder.Append(1_000, null, new byte[129 * TestLog.MiB]);
        builder.Append(2_000, null, [1]);
        TestLog.MustAppend(log, builder.Build());
        Assert.Equal(new TimestampedOffset(0, 2_000), log.FindTimestamp(1_500));
        _rig.WriteSegments();
        Assert.Equal(new TimestampedOffset(0, 2_000), log.FindTimestamp(1_500));
    }

    /// <summary>Batches of the same size take the places of those that were cut off, with other times.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void What_a_truncation_took_away_leads_no_search_astray(int rounds, bool restarts)
    {
        PartitionLog log = _rig.Create();
        for (int i = 0; i < 40; i++)
            TestLog.MustAppend(log, TestLog.Batch(1, 100, timestampMs: i == 30 ? 9_000 : 1_000));
        _rig.WriteSegments();
        for (int round = 0; round < rounds; round++)
        {
            _rig.Run(log.TruncateAsync(10));
            Assert.Equal(new TimestampedOffset(0, 1_000), log.MaxTimestamp);
            for (int i = 0; i < 30; i++)
                TestLog.MustAppend(log, TestLog.Batch(1, 100, timestampMs: 5_000 + round));
            _rig.WriteSegments();
        }

        long last = 4_999 + rounds;
        if (restarts)
        {
            _rig.Restart();
            log = _rig.OpenLog(log.Description.Id);
        }

        Assert.Equal(new TimestampedOffset(10, last), log.FindTimestamp(last));
        Assert.Equal(new TimestampedOffset(10, last), log.MaxTimestamp);
        Assert.Null(log.FindTimestamp(9_000));
    }

    /// <summary>A cut of the index file that had not reached the disk: what it took away is there again, beside the batches that came instead.</summary>
    [Fact]
    public void An_index_that_a_loss_of_power_has_made_longer_again_is_not_believed()
    {
        PartitionLog log = _rig.Create();
        _rig.Append(log, times: 10);
        _rig.Checkpoint();
        LogId id = log.Description.Id;
        Rewrite(log, 1_000);
        string path = $"{_rig.LogFolder}/{Assert.Single(_rig.Files.ListFiles(_rig.LogFolder), f => f.EndsWith(".index", StringComparison.Ordinal))}";
        byte[] before = _rig.Files.ReadWhole(path, TestLog.MiB);
        Assert.InRange(before.Length, IndexBlock.Bytes, TestLog.MiB);
        _rig.Run(log.TruncateAsync(10));
        Rewrite(log, 5_000);
        _rig.Kill();
        _rig.Files.Corrupt(path, file => file.Write(before, 0));
        _rig.Restart();

        log = _rig.OpenLog(id);
        Assert.Equal(new TimestampedOffset(10, 5_000), log.FindTimestamp(5_000));
    }

    [Fact]
    public void Every_time_is_found_wherever_batches_lie()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}.");
        var random = new Random(seed);
        for (int round = 0; round < 25; round++)
        {
            PartitionLog log = _rig.Create(Small, topic: $"topic-{round}");
            var records = new List<TimestampedOffset>();
            int batches = random.Next(1, 40);
            for (int i = 0; i < batches; i++)
            {
                AppendRandom(log, random, records);
                if (random.Next(12) == 0)
                    _rig.WriteSegments();
                if (random.Next(10) == 0)
                    _rig.Checkpoint();
            }

            _rig.Sync();
            if (random.Next(2) == 0)
                _rig.Run(log.TruncateAsync(random.NextInt64(0, log.EndOffset + 1)));
            if (random.Next(2) == 0)
                _rig.Run(log.SetStartOffsetAsync(random.NextInt64(0, log.DurableEndOffset + 1)));
            for (long wanted = -1; wanted <= 32; wanted++)
            {
                TimestampedOffset expected = records.Find(r => r.Offset >= log.StartOffset && r.Offset < log.EndOffset && r.TimestampMs >= wanted);
                bool isThere = records.Exists(r => r.Offset >= log.StartOffset && r.Offset < log.EndOffset && r.TimestampMs >= wanted);
                Assert.Equal(isThere ? expected : null, log.FindTimestamp(wanted));
            }
        }
    }

    /// <summary>Times that rise and fall, codecs, and batches that promise a later time than they have.</summary>
    private static void AppendRandom(PartitionLog log, Random random, List<TimestampedOffset> records)
    {
        var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = (CompressionCodec)random.Next(0, 5) });
        long offset = log.EndOffset;
        int count = random.Next(1, 6);
        for (int i = 0; i < count; i++)
        {
            long timestampMs = random.Next(0, 30);
            builder.Append(timestampMs, null, new byte[random.Next(0, 300)]);
            records.Add(new TimestampedOffset(offset + i, timestampMs));
        }

        byte[] batch = builder.Build();
        if (random.Next(6) == 0)
            RecordBatch.SetMaxTimestamp(batch, 31);
        TestLog.MustAppend(log, batch);
    }

    /// <summary>So many batches of one size that a block of the index is written.</summary>
    private void Rewrite(PartitionLog log, long timestampMs)
    {
        byte[] batch = TestLog.Batch(1, 200, timestampMs: timestampMs);
        Assert.InRange(batch.Length, _rig.Options.IndexIntervalBytes, 300);
        for (int i = 0; i < IndexBlock.MaxEntries + 10; i++)
        {
            if (!_rig.Store.HasRoom)
                _rig.Store.PumpAll();
            TestLog.MustAppend(log, batch);
        }

        _rig.WriteSegments();
    }

    private void Change(PartitionLog log, string change)
    {
        switch (change)
        {
            case "append":
                _rig.Append(log);
                break;
            case "start":
                _rig.Run(log.SetStartOffsetAsync(30));
                break;
            case "unlink":
                _rig.Run(log.SetStartOffsetAsync(30));
                _rig.Checkpoint();
                _rig.Store.PumpAll();
                Assert.InRange(log.Segments[0].BaseOffset, 18, 30);
                break;
            case "truncate":
                _rig.Run(log.TruncateAsync(20));
                break;
            case "truncate below":
                _rig.Run(log.TruncateAsync(10));
                _rig.Append(log, times: 20);
                break;
            default:
                _rig.Run(log.ResetAsync(7));
                break;
        }
    }
}
