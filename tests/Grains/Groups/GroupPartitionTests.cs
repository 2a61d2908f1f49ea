using Actors.Grains.Groups;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using static Actors.Grains.Tests.Groups.MemoryGroupLog;

namespace Actors.Grains.Tests.Groups;

/// <summary>A partition of <c>__consumer_offsets</c> in memory: replay, the shared way into the log, and what goes wrong there.</summary>
public sealed class GroupPartitionTests : IDisposable
{
    private readonly MemoryGroupLog _log = new();
    private readonly VirtualTime _time = new();
    private readonly TestMeters _meters = new();
    private readonly GroupServices _services;

    public GroupPartitionTests() => _services = new GroupServices(
        new GroupOptions { MaxQueuedBytes = 1_048_576 }, _time, new GroupMetrics(_meters), NullLogger.Instance);

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task A_group_comes_back_as_its_last_records_say()
    {
        var before = await LoadedAsync();
        await before.AppendAsync([Offset("g", 1), Offset("h", 5)]);
        await before.AppendAsync([Offset("g", 2), Metadata("g", 3, "m")]);
        await before.AppendAsync([Offset("h", null)]);

        var after = await LoadedAsync();
        var group = await after.SnapshotAsync("g");
        Assert.Equal(3, group!.Metadata!.Generation);
        Assert.Equal(2, Assert.Single(group.Offsets).Value.Offset);
        Assert.Equal(2, Assert.Single(group.Offsets).Value.LogOffset);
        Assert.Null(await after.SnapshotAsync("h"));
        Assert.False(after.Knows("h"));
        Assert.Equal(["g"], after.GroupsWithMembers());
        Assert.Equal(("g", "consumer", "Stable"), Assert.Single(after.Overviews().Select(one => (one.GroupId, one.ProtocolType, one.State))));
    }

    [Fact]
    public async Task Appends_keep_the_images_as_a_replay_would_build_them()
    {
        var partition = await LoadedAsync();
        await partition.AppendAsync([Offset("g", 1)]);
        Assert.Equal(1, (await partition.SnapshotAsync("g"))!.Offsets.Single().Value.Offset);
        await partition.AppendAsync([Offset("g", null)]);
        Assert.Null(await partition.SnapshotAsync("g"));
        Assert.Empty(partition.Overviews());
    }

    [Fact]
    public async Task A_snapshot_does_not_change_with_later_records()
    {
        var partition = await LoadedAsync();
        await partition.AppendAsync([Offset("g", 1)]);
        var snapshot = await partition.SnapshotAsync("g");
        await partition.AppendAsync([Offset("g", 2)]);
        Assert.Equal(1, snapshot!.Offsets.Single().Value.Offset);
    }

    [Fact]
    public async Task Records_of_other_kinds_and_broken_ones_are_left_out()
    {
        _log.Put(new GroupLogEntry(Convert.FromHexString("0003000167"), null));
        _log.Put(new GroupLogEntry(Convert.FromHexString("000100"), null));
        _log.Put(GroupRecordCodec.Encode(Offset("g", 4)));
        var partition = await LoadedAsync();
        Assert.Equal(4, (await partition.SnapshotAsync("g"))!.Offsets.Single().Value.Offset);
        Assert.Single(partition.Overviews());
    }

    [Fact]
    public async Task The_log_is_read_once_however_many_ask()
    {
        var gate = new TaskCompletionSource();
        _log.ReadGate = gate.Task;
        var partition = Create();
        var asking = Enumerable.Range(0, 10).Select(_ => partition.LoadAsync()).ToArray();
        Assert.False(partition.IsLoaded);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, (await partition.AppendAsync([Offset("g", 1)])).Error);
        gate.SetResult();
        Assert.All(await Task.WhenAll(asking).WaitAsync(Guard), error => Assert.Equal(ErrorCode.None, error));
        Assert.Equal(ErrorCode.None, await partition.LoadAsync());
        Assert.Equal(1, _log.Reads);
        Assert.Equal(1, _meters.Count("actors_consumer_group_load_seconds"));
    }

    [Fact]
    public async Task A_replay_that_fails_is_tried_again_by_the_next_who_asks()
    {
        _log.ReadFailure = new GroupLogException(0, ErrorCode.CoordinatorNotAvailable, "on purpose");
        var partition = Create();
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await partition.LoadAsync().WaitAsync(Guard));
        Assert.False(partition.IsLoaded);
        await Assert.ThrowsAsync<GroupLogException>(() => partition.SnapshotAsync("g"));
        _log.ReadFailure = new InvalidOperationException("on purpose");
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await partition.LoadAsync().WaitAsync(Guard));
        _log.ReadFailure = null;
        Assert.Equal(ErrorCode.None, await partition.LoadAsync().WaitAsync(Guard));
        Assert.True(partition.IsLoaded);
    }

    [Fact]
    public async Task Writes_that_come_while_one_is_under_way_share_the_next_batch()
    {
        var partition = await LoadedAsync();
        _log.EndsAtOnce = false;
        var writes = Enumerable.Range(0, 100).Select(index => partition.AppendAsync([Offset($"g{index}", index)])).ToArray();
        Assert.Equal(1, _log.Appends);
        await _log.EndAsync();
        Assert.Equal(0, (await writes[0].WaitAsync(Guard)).BaseOffset);
        await _log.EndAsync();
        var results = await Task.WhenAll(writes).WaitAsync(Guard);
        Assert.Equal(2, _log.Appends);
        Assert.All(results[1..], result => Assert.Equal(new GroupAppendResult(ErrorCode.None, 1), result));
        Assert.Equal(100, partition.Overviews().Length);
        Assert.Equal(2, _meters.Sum("actors_consumer_group_appends_total", "error", "None"));
    }

    [Fact]
    public async Task A_shared_batch_has_a_limit()
    {
        var partition = await LoadedAsync();
        _log.EndsAtOnce = false;
        var first = partition.AppendAsync([Offset("g", 0)]);
        var large = Enumerable.Range(0, 3).Select(_ => partition.AppendAsync([Metadata("g", 1, new string('m', 30_000), 10)])).ToArray();
        for (var batch = 0; batch < 4; batch++)
            await _log.EndAsync();
        await Task.WhenAll([first, .. large]).WaitAsync(Guard);
        Assert.Equal(4, _log.Appends); // 300,000 bytes each: no two fit into 512 KiB
    }

    [Fact]
    public async Task What_the_log_refuses_changes_nothing()
    {
        var partition = await LoadedAsync();
        await partition.AppendAsync([Offset("g", 1)]);
        _log.EndsAtOnce = false;
        var write = partition.AppendAsync([Offset("g", 2)]);
        await _log.EndAsync(ErrorCode.NotEnoughReplicas);
        Assert.Equal(GroupAppendResult.Failed(ErrorCode.NotEnoughReplicas), await write.WaitAsync(Guard));
        Assert.Equal(1, (await partition.SnapshotAsync("g"))!.Offsets.Single().Value.Offset);
        Assert.Equal(1, _meters.Sum("actors_consumer_group_appends_total", "error", "NotEnoughReplicas"));
    }

    [Fact]
    public async Task A_log_that_throws_late_fails_its_batch_and_no_other()
    {
        var partition = await LoadedAsync();
        _log.EndsAtOnce = false;
        var first = partition.AppendAsync([Offset("g", 1)]);
        var second = partition.AppendAsync([Offset("g", 2)]);
        await _log.ThrowAsync(new ObjectDisposedException("log"));
        await _log.EndAsync();

        Assert.Equal(ErrorCode.UnknownServerError, (await first.WaitAsync(Guard)).Error);
        Assert.Equal(ErrorCode.None, (await second.WaitAsync(Guard)).Error);
        Assert.Equal(2, (await partition.SnapshotAsync("g"))!.Offsets.Single().Value.Offset);
    }

    [Fact]
    public async Task A_log_that_does_not_answer_holds_nobody_for_longer_than_the_deadline()
    {
        var partition = await LoadedAsync();
        _log.EndsAtOnce = false;
        var first = partition.AppendAsync([Offset("g", 1)]);
        var second = partition.AppendAsync([Offset("g", 2)]);
        _time.Pass(5_000);
        Assert.Equal(ErrorCode.RequestTimedOut, (await first.WaitAsync(Guard)).Error);
        Assert.Equal(ErrorCode.RequestTimedOut, (await second.WaitAsync(Guard)).Error);
        Assert.Equal(ErrorCode.RequestTimedOut, (await partition.AppendAsync([Offset("g", 3)])).Error);

        // What it stored after all counts, and it is believed again.
        await _log.EndAsync();
        _log.EndsAtOnce = true;
        GroupAppendResult later;
        do
            later = await partition.AppendAsync([Offset("h", 4)]);
        while (later.Error == ErrorCode.RequestTimedOut);
        Assert.Equal(ErrorCode.None, later.Error);
        Assert.Equal(1, (await partition.SnapshotAsync("g"))!.Offsets.Single().Value.Offset);
        Assert.Equal(0, _time.Armed);
    }

    [Fact]
    public async Task What_waits_for_the_log_is_bounded()
    {
        var partition = await LoadedAsync();
        _log.EndsAtOnce = false;
        var accepted = new List<Task<GroupAppendResult>> { partition.AppendAsync([Offset("g", 1)]) };
        while (true)
        {
            var write = partition.AppendAsync([Metadata("g", 1, new string('m', 30_000), 10)]);
            if (write.IsCompleted)
            {
                Assert.Equal(ErrorCode.CoordinatorLoadInProgress, (await write).Error);
                break;
            }

            accepted.Add(write);
            Assert.True(accepted.Count < 10, "nothing is refused");
        }

        Assert.Equal(4, accepted.Count); // one at the log, three of 300,000 bytes in the queue of 1 MiB
        while (accepted.Exists(write => !write.IsCompleted))
        {
            await _log.EndAsync();
            await Task.WhenAny(Task.WhenAll(accepted), _log.ArrivalAsync()).WaitAsync(Guard);
        }

        Assert.All(await Task.WhenAll(accepted), result => Assert.Equal(ErrorCode.None, result.Error));
    }

    [Fact]
    public async Task A_string_that_has_no_place_in_a_record_is_too_large()
    {
        var partition = await LoadedAsync();
        Assert.Equal(ErrorCode.MessageTooLarge, (await partition.AppendAsync([Metadata("g", 1, new string('m', 40_000))])).Error);
    }

    [Fact]
    public async Task A_snapshot_waits_for_the_writes_before_it()
    {
        var partition = await LoadedAsync();
        _log.EndsAtOnce = false;
        var write = partition.AppendAsync([Offset("g", 1)]);
        var snapshot = partition.SnapshotAsync("g");
        Assert.False(snapshot.IsCompleted);
        await _log.EndAsync();
        Assert.Equal(1, (await snapshot.WaitAsync(Guard))!.Offsets.Single().Value.Offset);
        Assert.Equal(ErrorCode.None, (await write).Error);
    }

    [Fact]
    public async Task When_it_is_closed_those_who_wait_hear_it_and_nobody_gets_in()
    {
        var partition = await LoadedAsync();
        _log.EndsAtOnce = false;
        var atTheLog = partition.AppendAsync([Offset("g", 1)]);
        var waiting = partition.AppendAsync([Offset("g", 2)]);
        partition.Close(ErrorCode.NotCoordinator);
        Assert.True(partition.IsClosed);
        Assert.False(partition.IsLoaded);
        Assert.Equal(ErrorCode.NotCoordinator, (await waiting.WaitAsync(Guard)).Error);
        Assert.Equal(ErrorCode.NotCoordinator, (await partition.AppendAsync([Offset("g", 3)])).Error);
        Assert.Equal(ErrorCode.NotCoordinator, await partition.LoadAsync());
        await Assert.ThrowsAsync<GroupLogException>(() => partition.SnapshotAsync("g"));
        await _log.EndAsync(ErrorCode.NotLeaderOrFollower);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await atTheLog.WaitAsync(Guard)).Error);
    }

    [Fact]
    public async Task Closing_ends_a_replay()
    {
        _log.ReadGate = new TaskCompletionSource().Task;
        var partition = Create();
        var loading = partition.LoadAsync();
        partition.Close(ErrorCode.NotCoordinator);
        Assert.Equal(ErrorCode.NotCoordinator, await loading.WaitAsync(Guard));
    }

    [Fact]
    public async Task Groups_that_have_something_to_forget_are_found()
    {
        var partition = await LoadedAsync();
        await partition.AppendAsync([Offset("old", 1, committedMs: 0), Offset("young", 1, committedMs: 500)]);
        await partition.AppendAsync([Offset("busy", 1, committedMs: 0), Metadata("busy", 1, "m")]);
        await partition.AppendAsync([Offset("left", 1, committedMs: 0), Metadata("left", 2, null, stateMs: 500)]);
        await partition.AppendAsync([Metadata("bare", 2, null)]);
        var weekMs = _services.Options.OffsetsRetentionMs;
        Assert.Equal(["bare"], partition.GroupsToExpire(weekMs - 1));
        Assert.Equal(["bare", "old"], partition.GroupsToExpire(weekMs).Order());
        Assert.Equal(["bare", "left", "old", "young"], partition.GroupsToExpire(weekMs + 500).Order());
    }

    private GroupPartition Create() => new(0, 1, _ => Task.FromResult<IGroupLog>(_log), null, _services);

    private async Task<GroupPartition> LoadedAsync()
    {
        var partition = Create();
        Assert.Equal(ErrorCode.None, await partition.LoadAsync().WaitAsync(Guard));
        return partition;
    }

    private static GroupOffsetRecord Offset(string groupId, long? offset, long committedMs = 1) => new(
        groupId,
        new GroupTopicPartition("t", 0),
        offset is null ? null : new CommittedOffset { Offset = offset.Value, CommitTimestampMs = committedMs });

    private static GroupMetadataRecord Metadata(string groupId, int generation, string? memberId, int members = 1, long stateMs = 1) => new(groupId, new GroupMetadata
    {
        ProtocolType = "consumer",
        Generation = generation,
        StateTimestampMs = stateMs,
        Members = memberId is null ? [] : [.. Enumerable.Repeat(new GroupMemberMetadata { MemberId = memberId }, members)],
    });
}
