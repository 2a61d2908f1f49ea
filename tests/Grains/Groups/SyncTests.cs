using Actors.Grains.Groups;
using Actors.Kafka;
using static Actors.Grains.Tests.Groups.GroupBench;

namespace Actors.Grains.Tests.Groups;

/// <summary>SyncGroup: assignments are handed out once they are durable, and never otherwise.</summary>
public sealed class SyncTests
{
    [Fact]
    public void Everybody_gets_what_the_leader_gave_once_it_is_durable()
    {
        var bench = new GroupBench();
        var (leader, follower, generation) = Completing(bench);
        bench.WritesAtOnce = false;
        var waiting = bench.Sync(follower, generation);
        var leading = bench.Sync(leader, generation, assignments: [(leader, "one"), (follower, "two"), ("stranger", "three")]);
        Assert.False(bench.IsAnswered(waiting));
        Assert.False(bench.IsAnswered(leading));
        Assert.Equal(GroupState.CompletingRebalance, bench.Machine.State);

        bench.EndWrite();
        Assert.Equal("one", Text(bench.Answer<GroupSyncAnswer>(leading).Assignment));
        Assert.Equal("two", Text(bench.Answer<GroupSyncAnswer>(waiting).Assignment));
        Assert.Equal("range", bench.Answer<GroupSyncAnswer>(waiting).ProtocolName);
        Assert.Equal(GroupState.Stable, bench.Machine.State);
        Assert.Equal(["one", "two"], bench.LastMetadata!.Members.Select(member => Text(member.Assignment)));
    }

    [Fact]
    public void A_member_that_comes_after_the_leader_is_answered_at_once()
    {
        var bench = new GroupBench();
        var (leader, follower, generation) = Completing(bench);
        bench.Sync(leader, generation, assignments: [(leader, "one"), (follower, "two")]);
        Assert.Equal("two", Text(bench.Answer<GroupSyncAnswer>(bench.Sync(follower, generation)).Assignment));
        Assert.Equal("two", Text(bench.Answer<GroupSyncAnswer>(bench.Sync(follower, generation)).Assignment));
    }

    [Fact]
    public void Whom_the_leader_forgot_gets_an_empty_assignment()
    {
        var bench = new GroupBench();
        var (leader, follower, generation) = Completing(bench);
        bench.Sync(leader, generation, assignments: (leader, "one"));
        var answer = bench.Answer<GroupSyncAnswer>(bench.Sync(follower, generation));
        Assert.Equal(0, answer.ErrorCode);
        Assert.Equal(0, answer.Assignment.Length);
    }

    [Fact]
    public void What_a_follower_brings_is_ignored()
    {
        var bench = new GroupBench();
        var (leader, follower, generation) = Completing(bench);
        var early = bench.Sync(follower, generation, assignments: (follower, "mine"));
        Assert.False(bench.IsAnswered(early));
        Assert.Equal(GroupState.CompletingRebalance, bench.Machine.State);
        bench.Sync(leader, generation, assignments: (follower, "yours"));
        Assert.Equal("yours", Text(bench.Answer<GroupSyncAnswer>(early).Assignment));
    }

    [Theory]
    [InlineData(ErrorCode.NotEnoughReplicas, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.UnknownTopicOrPartition, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.NotLeaderOrFollower, ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.KafkaStorageError, ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.RequestTimedOut, ErrorCode.RebalanceInProgress)]
    [InlineData(ErrorCode.MessageTooLarge, ErrorCode.UnknownServerError)]
    public void When_the_log_refuses_everybody_hears_it_and_the_group_starts_over(ErrorCode logError, ErrorCode heard)
    {
        var bench = new GroupBench();
        var (leader, follower, generation) = Completing(bench);
        bench.WritesAtOnce = false;
        var waiting = bench.Sync(follower, generation);
        var leading = bench.Sync(leader, generation, assignments: [(leader, "one"), (follower, "two")]);
        bench.EndWrite(logError);
        Assert.Equal(heard, bench.SyncErrorOf(waiting));
        Assert.Equal(heard, bench.SyncErrorOf(leading));
        Assert.Equal(GroupState.PreparingRebalance, bench.Machine.State);
    }

    [Fact]
    public void A_newcomer_sends_those_away_who_wait_and_a_late_write_changes_nothing()
    {
        var bench = new GroupBench();
        var (leader, follower, generation) = Completing(bench);
        bench.WritesAtOnce = false;
        var leading = bench.Sync(leader, generation, assignments: [(leader, "one"), (follower, "two")]);
        bench.JoinNew();
        Assert.Equal(ErrorCode.RebalanceInProgress, bench.SyncErrorOf(leading));
        bench.EndWrite();
        Assert.Equal(GroupState.PreparingRebalance, bench.Machine.State);
        Assert.Equal(ErrorCode.RebalanceInProgress, bench.SyncErrorOf(bench.Sync(leader, generation)));
    }

    [Fact]
    public void A_leader_that_asks_twice_is_answered_by_its_first_assignment()
    {
        var bench = new GroupBench();
        var (leader, follower, generation) = Completing(bench);
        bench.WritesAtOnce = false;
        var first = bench.Sync(leader, generation, assignments: [(leader, "one"), (follower, "two")]);
        var second = bench.Sync(leader, generation, assignments: [(leader, "three"), (follower, "four")]);
        Assert.Equal(ErrorCode.RebalanceInProgress, bench.SyncErrorOf(first));
        Assert.Equal(1, bench.WritesWaiting);
        bench.EndWrite();
        Assert.Equal("one", Text(bench.Answer<GroupSyncAnswer>(second).Assignment));
    }

    [Fact]
    public void Requests_from_elsewhere_are_refused()
    {
        var bench = new GroupBench();
        Assert.Equal(ErrorCode.UnknownMemberId, bench.SyncErrorOf(bench.Sync("nobody", 1)));
        var (leader, _, generation) = Completing(bench);
        Assert.Equal(ErrorCode.UnknownMemberId, bench.SyncErrorOf(bench.Sync("nobody", generation)));
        Assert.Equal(ErrorCode.IllegalGeneration, bench.SyncErrorOf(bench.Sync(leader, generation - 1)));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, bench.SyncErrorOf(bench.Sync(leader, generation, type: "connect")));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, bench.SyncErrorOf(bench.Sync(leader, generation, protocol: "sticky")));
        Assert.False(bench.IsAnswered(bench.Sync(leader, generation, type: "consumer", protocol: "range")) && bench.Machine.State is not GroupState.Stable);
    }

    [Fact]
    public void Members_that_never_ask_for_their_assignment_are_removed()
    {
        var bench = new GroupBench();
        var (leader, follower, generation) = Completing(bench);
        bench.Sync(leader, generation, assignments: [(leader, "one"), (follower, "two")]);
        for (var seconds = 0; seconds < 60; seconds += 5)
        {
            Assert.Equal(ErrorCode.None, bench.Heartbeat(leader, generation));
            Assert.Equal(ErrorCode.None, bench.Heartbeat(follower, generation));
            bench.Pass(5_000);
        }

        Assert.Equal(ErrorCode.UnknownMemberId, bench.Heartbeat(follower, generation));
        Assert.Equal(ErrorCode.RebalanceInProgress, bench.Heartbeat(leader, generation));
    }

    [Fact]
    public void A_leader_that_falls_silent_before_it_assigns_is_replaced()
    {
        var bench = new GroupBench();
        var (leader, follower, generation) = Completing(bench);
        var waiting = bench.Sync(follower, generation);
        bench.Pass(10_000);
        Assert.Equal(ErrorCode.RebalanceInProgress, bench.SyncErrorOf(waiting));
        var joined = bench.Joined(bench.Join(follower));
        Assert.Equal(follower, joined.Leader);
        Assert.Equal(generation + 1, joined.GenerationId);
        Assert.Equal(ErrorCode.UnknownMemberId, bench.Heartbeat(leader, generation));
    }

    [Fact]
    public void Asking_for_an_assignment_again_is_a_sign_of_life()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(1);
        bench.Pass(9_000);
        Assert.Equal(ErrorCode.None, bench.SyncErrorOf(bench.Sync(ids[0], 1)));
        bench.Pass(9_000);
        Assert.Equal(ErrorCode.None, bench.Heartbeat(ids[0], 1));
    }

    [Fact]
    public void Waiting_for_the_leader_counts_as_a_sign_of_life()
    {
        var bench = new GroupBench();
        var (leader, follower, generation) = Completing(bench);
        var waiting = bench.Sync(follower, generation);
        for (var seconds = 0; seconds < 50; seconds += 5)
        {
            bench.Pass(5_000);
            Assert.Equal(ErrorCode.None, bench.Heartbeat(leader, generation));
        }

        bench.Sync(leader, generation, assignments: (follower, "late"));
        Assert.Equal("late", Text(bench.Answer<GroupSyncAnswer>(waiting).Assignment));
        bench.Pass(9_999);
        Assert.Equal(ErrorCode.None, bench.Heartbeat(follower, generation));
    }

    private static (string Leader, string Follower, int Generation) Completing(GroupBench bench)
    {
        var (_, leader) = bench.JoinNew();
        var (ticket, follower) = bench.JoinNew();
        bench.Join(leader);
        return (leader, follower, bench.Joined(ticket).GenerationId);
    }
}
