using Actors.Grains.Groups;
using Actors.Kafka;

namespace Actors.Grains.Tests.Groups;

/// <summary>Members with a name of their own (KIP-345) that come back without a rebalance.</summary>
public sealed class StaticMemberTests
{
    [Fact]
    public void A_static_member_needs_no_second_request_for_its_id()
    {
        var bench = new GroupBench();
        var joined = bench.Joined(bench.Join("", instanceId: "one"));
        Assert.StartsWith("one-", joined.MemberId, StringComparison.Ordinal);
        Assert.Equal("one", joined.Members[0].GroupInstanceId);
    }

    [Fact]
    public void A_follower_that_restarts_keeps_its_assignment_and_nobody_rebalances()
    {
        var bench = new GroupBench();
        var (a, b) = Pair(bench);
        bench.WritesAtOnce = false;
        var ticket = bench.Join("", instanceId: "b");
        Assert.False(bench.IsAnswered(ticket)); // not before the new id is on the disk
        bench.EndWrite();
        var joined = bench.Joined(ticket);
        Assert.Equal(2, joined.GenerationId);
        Assert.NotEqual(b, joined.MemberId);
        Assert.Equal(a, joined.Leader);
        Assert.False(joined.SkipAssignment);
        Assert.Equal(GroupState.Stable, bench.Machine.State);
        Assert.Equal("for b", GroupBench.Text(bench.Answer<GroupSyncAnswer>(bench.Sync(joined.MemberId, 2, "b")).Assignment));
        Assert.Equal(ErrorCode.None, bench.Heartbeat(a, 2, "a"));

        Assert.Equal(ErrorCode.FencedInstanceId, bench.Heartbeat(b, 2, "b"));
        Assert.Equal(ErrorCode.FencedInstanceId, bench.SyncErrorOf(bench.Sync(b, 2, "b")));
        Assert.Equal(ErrorCode.FencedInstanceId, bench.JoinErrorOf(bench.Join(b, instanceId: "b")));
        Assert.Equal(ErrorCode.FencedInstanceId, bench.CommitOne(b, 2, instanceId: "b"));
        Assert.Equal([(short)ErrorCode.FencedInstanceId], bench.Leave((b, "b")).MemberErrorCodes);

        bench.Restart();
        Assert.Equal(ErrorCode.None, bench.Heartbeat(joined.MemberId, 2, "b"));
    }

    [Fact]
    public void A_leader_that_restarts_is_told_not_to_assign_again()
    {
        var bench = new GroupBench();
        var (a, _) = Pair(bench);
        var old = bench.Joined(bench.Join("", instanceId: "a"));
        Assert.Equal(a, old.Leader); // before version 9: a name that nobody has any more
        Assert.Empty(old.Members);
        Assert.False(old.SkipAssignment);

        var skips = bench.Joined(bench.Join("", instanceId: "a", skips: true));
        Assert.Equal(skips.MemberId, skips.Leader);
        Assert.Equal(2, skips.Members.Length);
        Assert.True(skips.SkipAssignment);
        Assert.Equal(GroupState.Stable, bench.Machine.State);
    }

    [Fact]
    public void When_the_new_id_cannot_be_stored_the_old_one_stays()
    {
        var bench = new GroupBench();
        var (_, b) = Pair(bench);
        bench.WritesAtOnce = false;
        var ticket = bench.Join("", instanceId: "b");
        bench.EndWrite(ErrorCode.NotEnoughReplicas);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, bench.JoinErrorOf(ticket));
        Assert.Equal("", bench.Answer<GroupJoinAnswer>(ticket).MemberId);
        Assert.Equal(ErrorCode.None, bench.Heartbeat(b, 2, "b"));
    }

    [Fact]
    public void A_restart_that_changes_the_elected_protocol_makes_the_group_rebalance()
    {
        var bench = new GroupBench();
        bench.Join("", instanceId: "a", protocols: [("x", "1"), ("y", "2")]);
        var id = bench.Machine.Describe().Members[0].MemberId;
        bench.Sync(id, 1, "a", assignments: (id, "for a"));
        Assert.Equal(GroupState.Stable, bench.Machine.State);
        var joined = bench.Joined(bench.Join("", instanceId: "a", protocols: [("y", "2"), ("x", "1")]));
        Assert.Equal(2, joined.GenerationId);
        Assert.Equal("y", joined.ProtocolName);
    }

    [Fact]
    public void A_restart_while_the_assignment_is_awaited_starts_the_rebalance_again()
    {
        var bench = new GroupBench();
        var (a, b) = Pair(bench);
        bench.Join(a, instanceId: "a");
        bench.Join(b, instanceId: "b");
        var waiting = bench.Sync(b, 3, "b");
        var again = bench.Join("", instanceId: "b");
        Assert.Equal(ErrorCode.FencedInstanceId, bench.SyncErrorOf(waiting));
        Assert.Equal(GroupState.PreparingRebalance, bench.Machine.State);
        bench.Join(a, instanceId: "a");
        Assert.Equal(4, bench.Joined(again).GenerationId);
    }

    [Fact]
    public void A_restart_while_members_rejoin_fences_the_request_of_the_old_process()
    {
        var bench = new GroupBench();
        var (a, b) = Pair(bench);
        bench.Join(a, instanceId: "a");
        bench.Leave(("", "b"));
        bench.Sync(a, 3, "a", assignments: (a, "all"));
        var first = bench.Join("", instanceId: "b");
        var second = bench.Join("", instanceId: "b");
        Assert.Equal(ErrorCode.FencedInstanceId, bench.JoinErrorOf(first));
        bench.Join(a, instanceId: "a");
        Assert.Equal(4, bench.Joined(second).GenerationId);
        Assert.Equal(2, bench.Machine.MemberCount);
        Assert.NotEqual(b, bench.Joined(second).MemberId);
    }

    [Fact]
    public void A_static_member_that_is_away_stays_until_its_session_ends()
    {
        var bench = new GroupBench();
        var (a, b) = Pair(bench, sessionMs: 100_000);
        var ticket = bench.Join(a, instanceId: "a", sessionMs: 100_000);
        bench.Pass(60_000);
        Assert.Equal(2, bench.Joined(ticket).Members.Length);
        Assert.Equal(3, bench.Joined(ticket).GenerationId);
        Assert.Equal(ErrorCode.IllegalGeneration, bench.Heartbeat(b, 2, "b"));
        Assert.Equal(2, bench.Machine.MemberCount);
    }

    [Fact]
    public void When_no_static_member_comes_back_the_generation_waits_until_the_sessions_end()
    {
        var bench = new GroupBench();
        var (a, _) = Pair(bench, sessionMs: 200_000);
        var (_, dynamicId) = bench.JoinNew();
        bench.Leave((dynamicId, null));
        Assert.Equal(GroupState.PreparingRebalance, bench.Machine.State);
        bench.Pass(150_000);
        Assert.Equal(GroupState.PreparingRebalance, bench.Machine.State);
        Assert.Equal(ErrorCode.RebalanceInProgress, bench.Heartbeat(a, 2, "a"));
        bench.Pass(60_000);
        Assert.Equal(1, bench.Machine.MemberCount);
        bench.Pass(200_000);
        Assert.Equal(GroupState.Empty, bench.Machine.State);
    }

    [Fact]
    public void An_administrator_removes_a_static_member_by_its_name()
    {
        var bench = new GroupBench();
        Pair(bench);
        Assert.Equal([(short)0], bench.Leave(("", "b")).MemberErrorCodes);
        Assert.Equal(1, bench.Machine.MemberCount);
        Assert.Equal([(short)ErrorCode.UnknownMemberId], bench.Leave(("", "b")).MemberErrorCodes);
    }

    [Fact]
    public void A_name_that_nobody_knows_is_an_unknown_member()
    {
        var bench = new GroupBench();
        var (a, _) = Pair(bench);
        Assert.Equal(ErrorCode.UnknownMemberId, bench.Heartbeat(a, 2, "z"));
        Assert.Equal(ErrorCode.UnknownMemberId, bench.JoinErrorOf(bench.Join(a, instanceId: "z")));
    }

    [Fact]
    public void A_full_group_lets_a_static_member_back_to_its_own_place()
    {
        var bench = new GroupBench(new GroupOptions { InitialRebalanceDelayMs = 0, MaxSize = 2 });
        Pair(bench);
        Assert.Equal(2, bench.Joined(bench.Join("", instanceId: "b")).GenerationId);
        Assert.Equal(ErrorCode.GroupMaxSizeReached, bench.JoinErrorOf(bench.Join("", instanceId: "c")));
    }

    /// <summary>Static members a (leader) and b, stable in generation 2.</summary>
    private static (string A, string B) Pair(GroupBench bench, int sessionMs = 10_000)
    {
        var a = bench.Joined(bench.Join("", instanceId: "a", sessionMs: sessionMs)).MemberId;
        var ticket = bench.Join("", instanceId: "b", sessionMs: sessionMs);
        bench.Join(a, instanceId: "a", sessionMs: sessionMs);
        var b = bench.Joined(ticket).MemberId;
        bench.Sync(a, 2, "a", assignments: [(a, "for a"), (b, "for b")]);
        bench.Sync(b, 2, "b");
        Assert.Equal(GroupState.Stable, bench.Machine.State);
        return (a, b);
    }
}
