using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Log;

namespace Actors.Grains.Tests.Partitions;

public sealed class ReplicaAppendTests
{
    [Fact]
    public async Task Nothing_is_acknowledged_or_visible_before_it_is_synced()
    {
        await using var rig = await ReplicaRig.StartAsync();
        rig.Files.CloseGate();

        var appends = rig.Append(new(TestBatch.Of(3), 1), new(TestBatch.Of(2), -1), new(TestBatch.Of(1), 0));

        Assert.Equal([false, false, true], appends.Select(append => append.IsDone));
        Assert.Equal(0, rig.Replica.HighWatermark);
        Assert.Equal(6, rig.Replica.Describe().LogEndOffset);
        Assert.Equal(1, rig.Meters.Observe("produce_partition_concurrency_gauge"));

        rig.Files.OpenGate();
        await Task.WhenAll(appends.Select(append => append.Done));
        await TestGuard.UntilAsync(() => rig.Replica.HighWatermark == 6, "the high watermark reaches the end");
        Assert.Equal([0L, 3L, 5L], appends.Select(append => append.BaseOffset));
        Assert.All(appends, append => Assert.Equal((ErrorCode.None, 0L, -1L), (append.Error, append.LogStartOffset, append.LogAppendTimeMs)));
        Assert.Equal(0, rig.Meters.Observe("produce_partition_concurrency_gauge"));
    }

    [Fact]
    public async Task Stored_batches_carry_offset_and_leader_epoch()
    {
        await using var rig = await ReplicaRig.StartAsync(epoch: 5);
        await rig.AppendAsync(TestBatch.Of(2));
        await rig.AppendAsync(TestBatch.Of(4));

        var headers = TestBatch.HeadersOf(rig.ReadAll());

        Assert.Equal([(0L, 5, 2), (2L, 5, 4)], headers.Select(header => (header.BaseOffset, header.PartitionLeaderEpoch, header.RecordCount)));
    }

    [Fact]
    public async Task A_duplicate_gets_the_originals_offset_and_only_when_the_original_is_durable()
    {
        await using var rig = await ReplicaRig.StartAsync();
        await rig.AppendAsync(TestBatch.Of(5));
        rig.Files.CloseGate();
        var batch = TestBatch.Of(3, producerId: 7, epoch: 0, sequence: 0);

        var (original, duplicate) = (new TestAppend(batch, 1), new TestAppend(batch, 1));
        rig.Append(original);
        rig.Append(duplicate);
        Assert.False(duplicate.IsDone);

        rig.Files.OpenGate();
        await duplicate.Done;
        Assert.True(original.IsDone);
        Assert.Equal((5L, 5L), (original.BaseOffset, duplicate.BaseOffset));
        Assert.Equal(8, rig.Replica.Describe().LogEndOffset);

        var later = new TestAppend(batch);
        rig.Append(later);
        Assert.True(later.IsDone);
        Assert.Equal((ErrorCode.None, 5L), (later.Error, later.BaseOffset));
    }

    [Fact]
    public async Task Sequences_are_checked_as_Kafka_does()
    {
        await using var rig = await ReplicaRig.StartAsync();
        var first = new TestAppend(TestBatch.Of(2, 7, 1, 0));
        var gap = new TestAppend(TestBatch.Of(1, 7, 1, 3));
        var next = new TestAppend(TestBatch.Of(1, 7, 1, 2));
        var oldEpoch = new TestAppend(TestBatch.Of(1, 7, 0, 0));
        var newEpochNotAtZero = new TestAppend(TestBatch.Of(1, 7, 2, 3));
        var newEpoch = new TestAppend(TestBatch.Of(1, 7, 2, 0));
        var unknownProducer = new TestAppend(TestBatch.Of(1, 8, 0, 41));

        rig.Append(first, gap, next, oldEpoch, newEpochNotAtZero, newEpoch, unknownProducer);
        foreach (var append in new[] { first, next, newEpoch, unknownProducer })
            await append.Done;

        Assert.Equal((0L, 2L, 3L, 4L), (first.BaseOffset, next.BaseOffset, newEpoch.BaseOffset, unknownProducer.BaseOffset));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, gap.Error);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, oldEpoch.Error);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, newEpochNotAtZero.Error);
        Assert.Equal(-1, gap.BaseOffset);
    }

    [Fact]
    public async Task The_sequence_goes_on_at_zero_after_the_largest_number()
    {
        await using var rig = await ReplicaRig.StartAsync();
        await rig.AppendAsync(TestBatch.Of(2, 7, 0, int.MaxValue - 1));

        var wrapped = await rig.AppendAsync(TestBatch.Of(1, 7, 0, 0));

        Assert.Equal((ErrorCode.None, 2L), (wrapped.Error, wrapped.BaseOffset));
    }

    [Fact]
    public async Task Producers_are_known_after_a_restart()
    {
        await using var rig = await ReplicaRig.StartAsync();
        await rig.AppendAsync(TestBatch.Of(1));
        await rig.AppendAsync(TestBatch.Of(3, 7, 0, 0));

        await rig.RestartAsync(epoch: 1);

        var duplicate = await rig.AppendAsync(TestBatch.Of(3, 7, 0, 0));
        var next = await rig.AppendAsync(TestBatch.Of(1, 7, 0, 3));
        Assert.Equal((ErrorCode.None, 1L), (duplicate.Error, duplicate.BaseOffset));
        Assert.Equal((ErrorCode.None, 4L), (next.Error, next.BaseOffset));
        Assert.Equal([0, 0, 1], TestBatch.HeadersOf(rig.ReadAll()).Select(header => header.PartitionLeaderEpoch));
    }

    [Fact]
    public async Task A_failed_sync_fails_all_who_wait_and_refuses_all_who_come()
    {
        await using var rig = await ReplicaRig.StartAsync();
        await rig.AppendAsync(TestBatch.Of(4));
        rig.Files.CloseGate();
        var waiting = rig.Append(new(TestBatch.Of(1), 1), new(TestBatch.Of(1), -1));

        rig.Files.FailSyncs();

        foreach (var append in waiting)
        {
            await append.Done;
            Assert.Equal((ErrorCode.KafkaStorageError, -1L), (append.Error, append.BaseOffset));
        }

        var late = await rig.AppendAsync(TestBatch.Of(1), acks: 1);
        Assert.Equal(ErrorCode.KafkaStorageError, late.Error);
        Assert.Equal(4, rig.Replica.HighWatermark);
        Assert.Equal(4, Assert.Single(TestBatch.HeadersOf(rig.ReadAll())).RecordCount);
        Assert.Contains("The test lets every sync fail", rig.Replica.Describe().Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_replica_sends_everyone_elsewhere_exactly_once()
    {
        await using var rig = await ReplicaRig.StartAsync();
        rig.Files.CloseGate();
        var waiting = rig.Append(new(TestBatch.Of(1), 1), new(TestBatch.Of(1), -1));

        rig.Replica.Dispose();
        rig.Replica.Dispose();
        var late = new TestAppend(TestBatch.Of(1));
        rig.Append(late);

        Assert.All([.. waiting, late], append => Assert.Equal((ErrorCode.NotLeaderOrFollower, 1), (append.Error, append.Completions)));
        Assert.Equal(0, rig.Meters.Observe("produce_partition_concurrency_gauge"));
    }

    [Fact]
    public async Task Too_few_in_sync_replicas_refuse_acks_all_and_hold_the_high_watermark()
    {
        await using var rig = await ReplicaRig.StartAsync(configs => configs["min.insync.replicas"] = "2", replicas: [1, 2, 3], inSync: [1]);

        var all = await rig.AppendAsync(TestBatch.Of(1), acks: -1);
        var one = await rig.AppendAsync(TestBatch.Of(1), acks: 1);

        Assert.Equal(ErrorCode.NotEnoughReplicas, all.Error);
        Assert.Equal((ErrorCode.None, 0L), (one.Error, one.BaseOffset));
        Assert.Equal(0, rig.Replica.HighWatermark);
    }

    [Fact]
    public async Task More_in_sync_replicas_than_the_topic_has_cannot_be_asked_for()
    {
        await using var rig = await ReplicaRig.StartAsync(configs => configs["min.insync.replicas"] = "2");

        Assert.Equal(ErrorCode.None, (await rig.AppendAsync(TestBatch.Of(1))).Error);
    }

    [Fact]
    public async Task The_brokers_own_writers_name_the_epoch_that_they_write_under()
    {
        await using var rig = await ReplicaRig.StartAsync(epoch: 3);
        var stale = new TestAppend(TestBatch.Of(1)) { ExpectedLeaderEpoch = 2 };
        var right = new TestAppend(TestBatch.Of(1)) { ExpectedLeaderEpoch = 3 };

        rig.Append(stale, right);
        await right.Done;

        Assert.Equal((ErrorCode.FencedLeaderEpoch, ErrorCode.None), (stale.Error, right.Error));
    }

    [Fact]
    public async Task LogAppendTime_stamps_the_brokers_time_also_in_the_answer()
    {
        await using var rig = await ReplicaRig.StartAsync(configs => configs["message.timestamp.type"] = "LogAppendTime");
        var batch = TestBatch.Of(2, 7, 0, 0, timestampMs: 5);
        rig.Clock.NowMs = 1_234_567;
        var append = await rig.AppendAsync(batch);
        rig.Clock.NowMs = 2_000_000;
        var duplicate = await rig.AppendAsync(batch);

        var stored = rig.ReadAll();
        var header = TestBatch.HeaderOf(stored);

        Assert.Equal((1_234_567L, 1_234_567L), (append.LogAppendTimeMs, header.MaxTimestampMs));
        Assert.Equal(TimestampType.LogAppendTime, header.TimestampType);
        Assert.Equal(RecordBatch.ComputeCrc(stored), header.Crc);
        Assert.Equal(0, duplicate.BaseOffset);
    }

    [Fact]
    public async Task A_busy_log_takes_what_it_can_and_the_rest_after_room_was_made()
    {
        await using var rig = await ReplicaRig.StartAsync(smallLog: true);
        rig.Files.CloseGate();
        var appends = Enumerable.Range(0, 40).Select(_ => new TestAppend(TestBatch.Of(1, valueBytes: 30_000))).ToArray();

        var taken = 0;
        while (taken < appends.Length && rig.Replica.Append(appends.AsSpan(taken, 1)) == 1)
            taken++;
        Assert.InRange(taken, 1, appends.Length - 1);
        Assert.All(appends[taken..], append => Assert.Equal(0, append.Completions));

        rig.Files.OpenGate();
        while (taken < appends.Length)
        {
            taken += rig.Replica.Append(appends.AsSpan(taken));
            if (taken < appends.Length)
                await rig.Store.WaitForRoomAsync(CancellationToken.None).WaitAsync(TestGuard.Limit);
        }

        foreach (var append in appends)
            await append.Done;
        Assert.Equal(Enumerable.Range(0, 40).Select(offset => (long)offset), appends.Select(append => append.BaseOffset));
        Assert.All(appends, append => Assert.Equal((ErrorCode.None, 1), (append.Error, append.Completions)));
    }

    [Fact]
    public async Task Acknowledgements_leave_in_the_order_of_their_offsets()
    {
        await using var rig = await ReplicaRig.StartAsync();
        var order = new List<long>();
        rig.Files.CloseGate();
        TestAppend? last = null;
        for (var count = 0; count < 100; count++)
        {
            TestAppend append = null!;
            append = new TestAppend(TestBatch.Of(1)) { OnComplete = () => order.Add(append.BaseOffset) };
            rig.Append(append);
            last = append;
        }

        rig.Files.OpenGate();
        await last!.Done;

        Assert.Equal(Enumerable.Range(0, 100).Select(offset => (long)offset), order);
    }

    [Fact]
    public async Task Many_threads_get_contiguous_offsets_and_one_answer_each()
    {
        await using var rig = await ReplicaRig.StartAsync();
        var threads = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var mine = new List<TestAppend>();
            for (var round = 0; round < 50; round++)
            {
                TestAppend[] appends = [new(TestBatch.Of(2), 1), new(TestBatch.Of(1), -1), new(TestBatch.Of(3), 0)];
                for (var taken = 0; taken < appends.Length; taken += rig.Replica.Append(appends.AsSpan(taken)))
                {
                }

                mine.AddRange(appends);
                await appends[1].Done;
            }

            return mine;
        })).ToList();

        var all = (await Task.WhenAll(threads)).SelectMany(appends => appends).ToList();
        foreach (var append in all)
            await append.Done;

        var expected = 0L;
        foreach (var append in all.OrderBy(append => append.BaseOffset))
        {
            Assert.Equal((expected, ErrorCode.None, 1), (append.BaseOffset, append.Error, append.Completions));
            expected += append.Header.RecordCount;
        }

        Assert.True(rig.Meters.Count("lock_acquisition_duration_us") >= all.Count / 3);
    }

    [Fact]
    public async Task A_lock_that_had_to_be_waited_for_is_counted()
    {
        await using var rig = await ReplicaRig.StartAsync();
        var stop = new CancellationTokenSource();
        var others = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                    rig.Append(new TestAppend(TestBatch.Of(1, 9, 0, 5), 0));
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToList();

        await TestGuard.UntilAsync(() => rig.Meters.Sum("lock_contention_count") > 0, "a thread waits for the replica's lock");
        await stop.CancelAsync();
        await Task.WhenAll(others);
    }
}
