using System.Runtime.CompilerServices;
using Actors.Grains.Groups;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Orleans.Runtime;
using static Actors.Grains.Tests.Groups.MemoryGroupLog;

namespace Actors.Grains.Tests.Groups;

/// <summary>The way to a group: where its coordinator is, and what a client hears when it is not there.</summary>
public sealed class GroupCoordinatorTests
{
    [Fact]
    public async Task Looking_for_a_coordinator_creates_the_topic_once()
    {
        await using var silo = await GroupSilo.StartAsync(new MemoryGroupTopic { PartitionCount = 0, CreationError = ErrorCode.CoordinatorNotAvailable });
        Assert.Equal(ErrorCode.NotCoordinator, await silo.HeartbeatAsync("g", "m", 1));
        Assert.Equal(new GroupLocation(ErrorCode.CoordinatorNotAvailable, -1), await silo.Coordinator.FindAsync("g", default));
        silo.Topic.CreationError = ErrorCode.None;
        Assert.Equal(new GroupLocation(ErrorCode.None, 1), await silo.Coordinator.FindAsync("g", default));
        Assert.Equal(new GroupLocation(ErrorCode.None, 1), await silo.Coordinator.FindAsync("h", default));
        Assert.Equal(2, silo.Topic.Creations);
        silo.Topic.Leaders[GroupPartitioner.PartitionOf("g", 4)] = new GroupLeader(3, 2);
        Assert.Equal(new GroupLocation(ErrorCode.None, 3), await silo.Coordinator.FindAsync("g", default));
        silo.Topic.Leaders[GroupPartitioner.PartitionOf("g", 4)] = new GroupLeader(-1, 3);
        Assert.Equal(new GroupLocation(ErrorCode.CoordinatorNotAvailable, -1), await silo.Coordinator.FindAsync("g", default));
    }

    [Fact]
    public async Task Group_ids_are_checked()
    {
        await using var silo = await GroupSilo.StartAsync();
        var longest = new string('g', GroupCoordinator.MaxGroupIdBytes);
        Assert.Equal(ErrorCode.InvalidGroupId, (await silo.Coordinator.FindAsync("", default)).Error);
        Assert.Equal(ErrorCode.InvalidGroupId, (await silo.Coordinator.FindAsync(longest + "g", default)).Error);
        Assert.Equal(ErrorCode.None, (await silo.Coordinator.FindAsync(longest, default)).Error);
        Assert.Equal(ErrorCode.InvalidGroupId, (ErrorCode)(await silo.JoinAsync("", "")).ErrorCode);
        Assert.Equal(ErrorCode.InvalidGroupId, (ErrorCode)(await silo.SyncAsync("", "m", 1)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidGroupId, await silo.HeartbeatAsync("", "m", 1));
        Assert.Equal(ErrorCode.None, await silo.CommitAsync("", 3)); // Kafka takes commits for the empty id
        Assert.Equal(3, await silo.FetchAsync(""));
        Assert.Equal(ErrorCode.None, await silo.CommitAsync("with@sign", 4));
        Assert.Equal(4, await silo.FetchAsync("with@sign"));
        Assert.Equal("Empty", (await silo.Coordinator.DescribeAsync("with@sign")).State);
    }

    [Fact]
    public async Task A_group_whose_silo_refuses_a_call_is_looked_for_again()
    {
        // Orleans refuses a call to a silo that it knows to be dead with this one itself, the house runtime with one that derives from it.
        var rejection = (Exception)RuntimeHelpers.GetUninitializedObject(typeof(OrleansMessageRejectionException));
        var isAway = false;
        await using var silo = await GroupSilo.StartAsync(calls: call => Volatile.Read(ref isAway) ? Task.FromException(rejection) : call.Invoke());
        var member = await silo.JoinAsync("g", "");
        Assert.Equal(ErrorCode.MemberIdRequired, (ErrorCode)member.ErrorCode);
        Volatile.Write(ref isAway, true);
        Assert.Equal(ErrorCode.NotCoordinator, (ErrorCode)(await silo.JoinAsync("g", member.MemberId)).ErrorCode);
        Assert.Equal(ErrorCode.NotCoordinator, await silo.CommitAsync("g", 1));
        Volatile.Write(ref isAway, false);
        Assert.Equal(ErrorCode.None, await silo.CommitAsync("g", 1));
    }

    [Fact]
    public async Task A_group_that_nobody_knows_is_answered_without_waking_it()
    {
        await using var silo = await GroupSilo.StartAsync();
        Assert.Equal(ErrorCode.UnknownMemberId, await silo.HeartbeatAsync("x", "m", 1));
        Assert.Equal(ErrorCode.UnknownMemberId, (ErrorCode)(await silo.SyncAsync("x", "m", 1)).ErrorCode);
        Assert.Equal(-1, await silo.FetchAsync("x"));
        var all = await silo.Coordinator.FetchAsync("x", new GroupFetch());
        Assert.Equal(0, all.ErrorCode);
        Assert.Empty(all.Offsets);
        Assert.Equal("Dead", (await silo.Coordinator.DescribeAsync("x")).State);
        Assert.Equal(ErrorCode.GroupIdNotFound, await silo.Coordinator.DeleteAsync("x"));
        var left = await silo.Coordinator.LeaveAsync("x", new GroupLeave { Members = [new GroupLeavingMember { MemberId = "m" }] });
        Assert.Equal([(short)ErrorCode.UnknownMemberId], left.MemberErrorCodes);
        Assert.False(silo.Directory.IsAwake("x"));
        Assert.Empty(silo.Coordinator.List(null, null).Groups);
        Assert.Equal(ErrorCode.IllegalGeneration, await silo.CommitAsync("x", 1, "m", 5));
    }

    [Fact]
    public async Task While_the_log_is_replayed_clients_are_told_to_come_again()
    {
        var topic = new MemoryGroupTopic();
        var gate = new TaskCompletionSource();
        for (var partition = 0; partition < topic.PartitionCount; partition++)
            topic.LogOf(partition).ReadGate = gate.Task;
        await using var silo = await GroupSilo.StartAsync(topic, new GroupOptions { LoadWaitMs = 0, InitialRebalanceDelayMs = 0 });
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, (ErrorCode)(await silo.JoinAsync("g", "")).ErrorCode);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, await silo.CommitAsync("g", 1));
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, (ErrorCode)(await silo.Coordinator.FetchAsync("g", new GroupFetch())).ErrorCode);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, (ErrorCode)(await silo.Coordinator.DescribeAsync("g")).ErrorCode);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, silo.Coordinator.List(null, null).Error);
        Assert.Equal(ErrorCode.None, await silo.HeartbeatAsync("g", "m", 1)); // old clients do not expect the other error
        Assert.Equal(ErrorCode.RebalanceInProgress, (ErrorCode)(await silo.SyncAsync("g", "m", 1)).ErrorCode);
        gate.SetResult();
        ErrorCode error;
        do
            error = await silo.CommitAsync("g", 1);
        while (error == ErrorCode.CoordinatorLoadInProgress);
        Assert.Equal(ErrorCode.None, error);
    }

    [Fact]
    public async Task A_request_waits_a_while_for_the_replay()
    {
        var topic = new MemoryGroupTopic();
        var gate = new TaskCompletionSource();
        topic.LogOf("g").ReadGate = gate.Task;
        await using var silo = await GroupSilo.StartAsync(topic);
        var commit = silo.CommitAsync("g", 1);
        Assert.False(commit.IsCompleted);
        gate.SetResult();
        Assert.Equal(ErrorCode.None, await commit.WaitAsync(Guard));
    }

    [Fact]
    public async Task Groups_are_listed_by_state_and_type()
    {
        await using var silo = await GroupSilo.StartAsync();
        await silo.StableAsync("stable");
        await silo.CommitAsync("simple", 1);
        await silo.JoinAsync("promised", "");
        await TestGuard.UntilAsync(() => silo.Coordinator.List(null, null).Error == ErrorCode.None, "all partitions are replayed");
        var all = silo.Coordinator.List(null, null);
        Assert.Equal(
            [("promised", "", "Empty"), ("simple", "", "Empty"), ("stable", "consumer", "Stable")],
            all.Groups.Select(group => (group.GroupId, group.ProtocolType, group.State)).Order());
        Assert.Equal("stable", Assert.Single(silo.Coordinator.List(["sTABLE"], []).Groups).GroupId);
        Assert.Empty(silo.Coordinator.List(["Dead"], null).Groups);
        Assert.Equal(3, silo.Coordinator.List(null, ["Classic"]).Groups.Count);
        Assert.Empty(silo.Coordinator.List(null, ["consumer"]).Groups);
    }
}
