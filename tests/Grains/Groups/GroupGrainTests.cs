using Actors.Grains.Groups;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Orleans.Runtime;
using static Actors.Grains.Tests.Groups.GroupBench;
using static Actors.Grains.Tests.Groups.MemoryGroupLog;

namespace Actors.Grains.Tests.Groups;

/// <summary>The machine in its grain: timers, the log, restarts, and the way to it.</summary>
public sealed partial class GroupGrainTests
{
    [Fact]
    public async Task Two_members_share_a_group()
    {
        await using var silo = await GroupSilo.StartAsync();
        var (first, _) = await silo.StableAsync("g");
        var promised = await silo.JoinAsync("g", "");
        Assert.Equal(ErrorCode.MemberIdRequired, (ErrorCode)promised.ErrorCode);
        var joining = silo.JoinAsync("g", promised.MemberId);
        Assert.Equal(ErrorCode.RebalanceInProgress, await silo.HeartbeatAsync("g", first, 1));
        Assert.False(joining.IsCompleted);
        var leader = await silo.JoinAsync("g", first).WaitAsync(Guard);
        var follower = await joining.WaitAsync(Guard);
        Assert.Equal((2, first), (leader.GenerationId, leader.Leader));
        Assert.Equal(2, leader.Members.Length);
        Assert.Empty(follower.Members);

        var waiting = silo.SyncAsync("g", follower.MemberId, 2);
        var leading = await silo.SyncAsync("g", first, 2, (first, "a"), (follower.MemberId, "b")).WaitAsync(Guard);
        Assert.Equal("a", Text(leading.Assignment));
        Assert.Equal("b", Text((await waiting.WaitAsync(Guard)).Assignment));
        Assert.Equal(ErrorCode.None, await silo.HeartbeatAsync("g", first, 2));
        Assert.Equal(ErrorCode.None, await silo.CommitAsync("g", 7, first, 2));
        Assert.Equal(7, await silo.FetchAsync("g"));

        var description = await silo.Coordinator.DescribeAsync("g");
        Assert.Equal(("Stable", "range", 2), (description.State, description.Protocol, description.Members.Length));
        var left = await silo.Coordinator.LeaveAsync("g", new GroupLeave { Members = [new GroupLeavingMember { MemberId = first }] });
        Assert.Equal([(short)0], left.MemberErrorCodes);
    }

    [Fact]
    public async Task The_first_generation_waits_for_its_delay_on_a_timer()
    {
        await using var silo = await GroupSilo.StartAsync(options: new GroupOptions { InitialRebalanceDelayMs = 3_000 });
        var joining = silo.JoinAsync("g", "", requiresId: false);
        await silo.AwakeAsync("g");
        await silo.Coordinator.DescribeAsync("g"); // behind the turn that sets the timer
        Assert.Equal("PreparingRebalance", Assert.Single(silo.Coordinator.List(null, null).Groups).State);
        silo.Time.Pass(2_999);
        await silo.Coordinator.DescribeAsync("g");
        Assert.False(joining.IsCompleted);
        silo.Time.Pass(1);
        Assert.Equal(1, (await joining.WaitAsync(Guard)).GenerationId);
    }

    [Fact]
    public async Task A_member_that_falls_silent_is_removed_by_the_timer_and_the_timer_ends()
    {
        await using var silo = await GroupSilo.StartAsync();
        var idle = silo.Time.ArmedWith<IGrainTimer>();
        var (member, generation) = await silo.StableAsync("g");
        await TestGuard.UntilAsync(() => silo.Time.ArmedWith<IGrainTimer>() == idle + 1, "the timer is set");
        silo.Time.Pass(9_000);
        Assert.Equal(ErrorCode.None, await silo.HeartbeatAsync("g", member, generation));
        silo.Time.Pass(9_000);
        Assert.Equal("Stable", (await silo.Coordinator.DescribeAsync("g")).State);
        silo.Time.Pass(1_000);
        Assert.Equal("Empty", (await silo.Coordinator.DescribeAsync("g")).State);
        Assert.Equal(ErrorCode.UnknownMemberId, await silo.HeartbeatAsync("g", member, generation));
        await TestGuard.UntilAsync(() => silo.Time.ArmedWith<IGrainTimer>() == idle, "the timer has ended");
    }

    [Fact]
    public async Task Groups_and_offsets_come_back_after_a_restart_and_silent_members_are_removed_without_a_call()
    {
        var topic = new MemoryGroupTopic();
        await using (var before = await GroupSilo.StartAsync(topic))
        {
            var (member, generation) = await before.StableAsync("g");
            Assert.Equal(ErrorCode.None, await before.CommitAsync("g", 41, member, generation));
            Assert.Equal(ErrorCode.None, await before.CommitAsync("g", 42, member, generation));
            Assert.Equal(ErrorCode.None, await before.CommitAsync("h", 9));
        }

        await using var after = await GroupSilo.StartAsync(topic);
        Assert.Equal(42, await after.FetchAsync("g"));
        Assert.Equal(9, await after.FetchAsync("h"));
        await after.Keeper.LookAsync();
        Assert.Equal("Stable", after.Coordinator.List(null, null).Groups.Single(group => group.GroupId == "g").State);
        after.Time.Pass(10_000);
        Assert.Equal("Empty", (await after.Coordinator.DescribeAsync("g")).State);
        Assert.Equal(42, await after.FetchAsync("g"));
        Assert.Equal(1, topic.LogOf("g").Reads - 1);
    }

    [Fact]
    public async Task Stopping_tells_those_who_wait_to_look_elsewhere()
    {
        await using var silo = await GroupSilo.StartAsync();
        await silo.StableAsync("g");
        var waiting = silo.JoinAsync("g", "", requiresId: false);
        await silo.Coordinator.DescribeAsync("g");
        Assert.False(waiting.IsCompleted);
        await silo.StopAsync().WaitAsync(Guard);
        Assert.Equal(ErrorCode.NotCoordinator, (ErrorCode)(await waiting.WaitAsync(Guard)).ErrorCode);
    }

    [Fact]
    public async Task When_the_partition_changes_hands_the_group_starts_again_from_the_log()
    {
        await using var silo = await GroupSilo.StartAsync();
        var (member, generation) = await silo.StableAsync("g");
        var partition = GroupPartitioner.PartitionOf("g", silo.Topic.PartitionCount);
        silo.Topic.Leaders[partition] = new GroupLeader(2, 2);
        Assert.Equal(ErrorCode.NotCoordinator, await silo.HeartbeatAsync("g", member, generation));
        silo.Topic.Leaders[partition] = new GroupLeader(-1, 3);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await silo.HeartbeatAsync("g", member, generation));
        silo.Topic.Leaders[partition] = new GroupLeader(1, 4);
        ErrorCode error;
        do
            error = await silo.HeartbeatAsync("g", member, generation);
        while (error == ErrorCode.NotCoordinator); // until the former life has been let go
        Assert.Equal(ErrorCode.None, error);
        Assert.Equal(2, silo.Topic.LogOf("g").Reads);
    }

    [Fact]
    public async Task A_commit_that_the_log_refuses_is_an_error_for_the_member()
    {
        await using var silo = await GroupSilo.StartAsync();
        Assert.Equal(ErrorCode.None, await silo.CommitAsync("g", 5));
        silo.Topic.LogOf("g").EndsAtOnce = false;
        var commit = silo.CommitAsync("g", 6);
        await silo.Topic.LogOf("g").EndAsync(ErrorCode.NotEnoughReplicas);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await commit.WaitAsync(Guard));
        Assert.Equal(5, await silo.FetchAsync("g"));
        Assert.Equal(1, silo.Meters.Sum("actors_consumer_group_commits_total", "error", "CoordinatorNotAvailable"));
        Assert.Equal(1, silo.Meters.Sum("actors_consumer_group_commits_total", "error", "None"));
    }

    [Fact]
    public async Task Expired_offsets_go_with_the_next_look_and_deleted_groups_at_once()
    {
        var topic = new MemoryGroupTopic();
        await using (var silo = await GroupSilo.StartAsync(topic, new GroupOptions { OffsetsRetentionMs = 3_600_000 }))
        {
            Assert.Equal(ErrorCode.None, await silo.CommitAsync("old", 5));
            Assert.Equal(ErrorCode.None, await silo.CommitAsync("gone", 6));
            Assert.Equal(ErrorCode.None, await silo.Coordinator.DeleteAsync("gone"));
            Assert.Equal(ErrorCode.GroupIdNotFound, await silo.Coordinator.DeleteAsync("gone"));
            Assert.Equal(-1, await silo.FetchAsync("gone"));
            silo.Time.Pass(3_600_000);
            Assert.Equal(ErrorCode.None, await silo.CommitAsync("young", 7));
            await TestGuard.UntilAsync(
                async () =>
                {
                    await silo.Keeper.LookAsync(); // none while one is under way, as the timer may have begun one
                    return await silo.FetchAsync("old") == -1;
                },
                "the old group's offset is let go");
        }

        await using var after = await GroupSilo.StartAsync(topic);
        Assert.Equal(-1, await after.FetchAsync("old"));
        Assert.Equal(-1, await after.FetchAsync("gone"));
        Assert.Equal(7, await after.FetchAsync("young"));
    }

    [Fact]
    public async Task Many_groups_commit_at_once()
    {
        await using var silo = await GroupSilo.StartAsync(new MemoryGroupTopic { PartitionCount = 1 });
        var log = silo.Topic.LogOf(0);
        log.EndsAtOnce = false;
        var commits = Enumerable.Range(0, 200).Select(index => silo.CommitAsync($"g{index}", index)).ToArray();
        while (!Array.TrueForAll(commits, commit => commit.IsCompleted))
        {
            await Task.WhenAny(log.ArrivalAsync(), Task.WhenAll(commits)).WaitAsync(Guard);
            if (log.UnderWay > 0)
                await log.EndAsync();
        }

        Assert.All(await Task.WhenAll(commits), error => Assert.Equal(ErrorCode.None, error));
        for (var index = 0; index < 200; index += 37)
            Assert.Equal(index, await silo.FetchAsync($"g{index}"));
        Assert.Equal(200, log.Stored.Count);
    }

    [Fact]
    public async Task Gauges_and_counters_move()
    {
        await using var silo = await GroupSilo.StartAsync();
        var (member, generation) = await silo.StableAsync("g");
        Assert.Equal(ErrorCode.None, await silo.CommitAsync("g", 5, member, generation));
        Assert.Equal(ErrorCode.None, await silo.CommitAsync("g", 9, member, generation, partition: 1));
        silo.Topic.Ends[new GroupTopicPartition("t", 0)] = 12;
        var lag = Assert.Single(silo.Meters.Look("actors_consumer_group_lag"));
        Assert.Equal(7, lag.Value);
        Assert.Equal(["group=g", "topic=t", "partition=0"], lag.Tags.Select(tag => $"{tag.Key}={tag.Value}"));
        Assert.Equal(1, Assert.Single(silo.Meters.Look("actors_consumer_group_members")).Value);
        Assert.Equal("state=Stable", Assert.Single(silo.Meters.Look("actors_consumer_groups")).Tags.Select(tag => $"{tag.Key}={tag.Value}").Single());
        Assert.Equal(1, silo.Meters.Sum("actors_consumer_group_rebalances_total"));
        silo.Time.Pass(10_000);
        await silo.Coordinator.DescribeAsync("g");
        Assert.Equal(0, Assert.Single(silo.Meters.Look("actors_consumer_group_members")).Value);
        Assert.Equal(2, silo.Meters.Sum("actors_consumer_group_rebalances_total"));
    }
}
