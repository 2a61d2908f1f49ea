using Actors.Grains.Partitions;
using Actors.Grains.Tests.Support;
using Actors.Kafka;

namespace Actors.Grains.Tests.Partitions;

public sealed class ReplicaFetchTests
{
    [Fact]
    public async Task A_look_says_what_may_be_read()
    {
        await using var rig = await ReplicaRig.StartAsync(epoch: 4);
        await rig.AppendAsync(TestBatch.Of(3));

        var snapshot = rig.Replica.Look(new FetchPosition(1, 4));

        Assert.Equal((ErrorCode.None, 3L, 3L, 0L, false),
            (snapshot.Error, snapshot.HighWatermark, snapshot.LastStableOffset, snapshot.LogStartOffset, snapshot.IsDiverging));
        Assert.Equal(ErrorCode.OffsetOutOfRange, rig.Replica.Look(new FetchPosition(4)).Error);
        Assert.Equal(ErrorCode.OffsetOutOfRange, rig.Replica.Look(new FetchPosition(-1)).Error);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, rig.Replica.Look(new FetchPosition(1, 3)).Error);
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, rig.Replica.Look(new FetchPosition(1, 5)).Error);
        rig.Replica.Dispose();
        Assert.Equal(ErrorCode.NotLeaderOrFollower, rig.Replica.Look(new FetchPosition(1)).Error);
    }

    [Fact]
    public async Task A_waiter_hears_of_progress_that_came_before_it_watched()
    {
        await using var rig = await ReplicaRig.StartAsync();
        var waiter = new Waiter();
        await rig.AppendAsync(TestBatch.Of(1));

        Assert.False(rig.Replica.Watch(waiter, knownHighWatermark: 0));
        rig.Replica.Unwatch(waiter);
        Assert.True(rig.Replica.Watch(waiter, knownHighWatermark: 1));
        Assert.Equal(0, waiter.Calls);
    }

    [Fact]
    public async Task A_waiter_is_told_when_records_are_durable_and_not_when_they_are_appended()
    {
        await using var rig = await ReplicaRig.StartAsync();
        var waiter = new Waiter();
        Assert.True(rig.Replica.Watch(waiter, 0));
        rig.Files.CloseGate();
        var append = rig.Append(new TestAppend(TestBatch.Of(1)))[0];
        Assert.Equal(0, waiter.Calls);

        rig.Files.OpenGate();
        await append.Done;
        await TestGuard.UntilAsync(() => waiter.Calls == 1, "the waiter is told");

        rig.Replica.Unwatch(waiter);
        await rig.AppendAsync(TestBatch.Of(1));
        Assert.Equal(1, waiter.Calls);
        Assert.True(rig.Replica.Watch(waiter, 2));
        rig.Replica.Dispose();
        Assert.Equal(2, waiter.Calls);
    }

    [Fact]
    public async Task Offsets_are_found_by_time_and_by_name()
    {
        await using var rig = await ReplicaRig.StartAsync(epoch: 2);
        Assert.Equal((0L, -1), rig.Replica.FindOffset(OffsetAnswer.Latest, -1, false) is var empty ? (empty.Offset, empty.LeaderEpoch) : default);
        Assert.Equal(-1, rig.Replica.FindOffset(OffsetAnswer.MaxTimestamp, -1, false).Offset);
        await rig.AppendAsync(TestBatch.Of(3, timestampMs: 1_000));
        await rig.AppendAsync(TestBatch.Of(1, timestampMs: 9_000));
        await rig.AppendAsync(TestBatch.Of(1, timestampMs: 5_000));

        Assert.Equal(new OffsetAnswer(ErrorCode.None, 5, -1, 2), rig.Replica.FindOffset(OffsetAnswer.Latest, 2, false));
        Assert.Equal(new OffsetAnswer(ErrorCode.None, 0, -1, 2), rig.Replica.FindOffset(OffsetAnswer.Earliest, -1, true));
        Assert.Equal(new OffsetAnswer(ErrorCode.None, 0, -1, 2), rig.Replica.FindOffset(OffsetAnswer.EarliestLocal, -1, true));
        Assert.Equal(new OffsetAnswer(ErrorCode.None, 3, 9_000, 2), rig.Replica.FindOffset(OffsetAnswer.MaxTimestamp, -1, false));
        Assert.Equal(new OffsetAnswer(ErrorCode.None), rig.Replica.FindOffset(OffsetAnswer.LatestTiered, -1, false));
        Assert.Equal(new OffsetAnswer(ErrorCode.None, 1, 1_001, 2), rig.Replica.FindOffset(1_001, -1, false));
        Assert.Equal(new OffsetAnswer(ErrorCode.None, 3, 9_000, 2), rig.Replica.FindOffset(2_000, -1, false));
        Assert.Equal(new OffsetAnswer(ErrorCode.None), rig.Replica.FindOffset(9_001, -1, false));
        Assert.Equal(ErrorCode.UnsupportedVersion, rig.Replica.FindOffset(-9, -1, false).Error);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, rig.Replica.FindOffset(0, 1, false).Error);
    }

    [Fact]
    public async Task What_is_not_acknowledged_is_not_found()
    {
        await using var rig = await ReplicaRig.StartAsync();
        await rig.AppendAsync(TestBatch.Of(1, timestampMs: 1_000));
        rig.Files.CloseGate();
        rig.Append(new TestAppend(TestBatch.Of(1, timestampMs: 2_000)));

        Assert.Equal(1, rig.Replica.FindOffset(OffsetAnswer.Latest, -1, false).Offset);
        Assert.Equal(-1, rig.Replica.FindOffset(1_500, -1, false).Offset);
        Assert.Equal(ErrorCode.OffsetNotAvailable, rig.Replica.FindOffset(OffsetAnswer.MaxTimestamp, -1, false).Error);
    }

    [Fact]
    public async Task Deleted_records_are_gone_for_readers_and_stay_gone()
    {
        await using var rig = await ReplicaRig.StartAsync();
        for (var count = 0; count < 4; count++)
            await rig.AppendAsync(TestBatch.Of(2));

        Assert.Equal((ErrorCode.None, 4L), await rig.Replica.DeleteRecordsAsync(4).WaitAsync(TestGuard.Limit));
        Assert.Equal((ErrorCode.OffsetOutOfRange, -1L), await rig.Replica.DeleteRecordsAsync(9).WaitAsync(TestGuard.Limit));
        await rig.RestartAsync(epoch: 1);

        Assert.Equal(4, rig.Replica.LogStartOffset);
        Assert.Equal(ErrorCode.OffsetOutOfRange, rig.Replica.Look(new FetchPosition(3)).Error);
        Assert.Equal((ErrorCode.None, 8L), await rig.Replica.DeleteRecordsAsync(-1).WaitAsync(TestGuard.Limit));
    }

    [Fact]
    public async Task Retention_lets_go_of_what_is_too_old_and_says_when_to_look_again()
    {
        await using var rig = await ReplicaRig.StartAsync(configs => configs["retention.ms"] = "10000");
        await rig.AppendAsync(TestBatch.Of(2, timestampMs: rig.Clock.NowMs));
        Assert.Equal(1, rig.RetentionRequests);

        Assert.Equal(0, rig.Replica.FindRetention(out var dueInMs));
        Assert.Equal(10_002, dueInMs);
        rig.Clock.NowMs += dueInMs!.Value;

        Assert.Equal(2, rig.Replica.FindRetention(out _));
    }

    [Fact]
    public async Task When_nothing_is_left_to_expire_the_next_append_asks_again()
    {
        await using var rig = await ReplicaRig.StartAsync(configs => configs["retention.ms"] = "10000");
        await rig.AppendAsync(TestBatch.Of(1, timestampMs: rig.Clock.NowMs));
        await rig.AppendAsync(TestBatch.Of(1, timestampMs: rig.Clock.NowMs));
        Assert.Equal(1, rig.RetentionRequests);
        rig.Clock.NowMs += 20_000;
        await rig.Replica.DeleteRecordsAsync(rig.Replica.FindRetention(out _)).WaitAsync(TestGuard.Limit);
        Assert.Equal((2L, null), (rig.Replica.FindRetention(out var dueInMs), dueInMs));

        rig.Replica.AskForRetentionAtNextAppend();
        await rig.AppendAsync(TestBatch.Of(1, timestampMs: rig.Clock.NowMs));
        await rig.AppendAsync(TestBatch.Of(1, timestampMs: rig.Clock.NowMs));
        Assert.Equal(2, rig.RetentionRequests);
    }

    [Fact]
    public async Task An_append_under_way_makes_the_look_come_again_and_not_end()
    {
        await using var rig = await ReplicaRig.StartAsync(configs => configs["retention.ms"] = "10000");
        rig.Files.CloseGate();
        var append = Assert.Single(rig.Append(new TestAppend(TestBatch.Of(1, timestampMs: 1), -1)));

        Assert.Equal((0L, 0L), (rig.Replica.FindRetention(out var dueInMs), dueInMs));
        rig.Files.OpenGate();
        await append.Done.WaitAsync(TestGuard.Limit);
        Assert.Equal(1, rig.Replica.FindRetention(out _));
    }

    [Fact]
    public async Task Without_limits_nothing_is_let_go_and_nothing_is_due()
    {
        await using var rig = await ReplicaRig.StartAsync(configs => configs["retention.ms"] = "-1");
        await rig.AppendAsync(TestBatch.Of(2, timestampMs: 1));

        Assert.Equal((0L, null), (rig.Replica.FindRetention(out var dueInMs), dueInMs));
    }

    [Fact]
    public async Task A_compacted_topic_lets_nothing_go_by_age()
    {
        await using var rig = await ReplicaRig.StartAsync(configs => (configs["cleanup.policy"], configs["retention.ms"]) = ("compact", "1"));
        await rig.AppendAsync(TestBatch.Of(2, timestampMs: 1));

        Assert.Equal(0, rig.Replica.FindRetention(out _));
    }

    [Fact]
    public async Task A_store_that_is_older_than_the_log_may_not_lead()
    {
        await using var rig = await ReplicaRig.StartAsync(epoch: 6);
        await rig.AppendAsync(TestBatch.Of(1));
        rig.Replica.Dispose();

        var failure = Assert.Throws<StaleLeaderEpochException>(() => rig.OpenReplica(epoch: 5));

        Assert.Equal((5, 6), (failure.StoredEpoch, failure.SeenEpoch));
        rig.OpenReplica(epoch: 7);
    }

    private sealed class Waiter : IFetchWaiter
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public void OnProgress(Replica replica) => Interlocked.Increment(ref _calls);
    }
}
