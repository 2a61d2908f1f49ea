using Actors.Grains.Groups;
using Actors.Kafka;

namespace Actors.Grains.Tests.Groups;

/// <summary>Heartbeat, LeaveGroup, session time-outs, and what administrators see of it.</summary>
public sealed class MemberTests
{
    [Fact]
    public void A_heartbeat_tells_a_member_where_it_stands()
    {
        var bench = new GroupBench();
        Assert.Equal(ErrorCode.UnknownMemberId, bench.Heartbeat("nobody", 1));
        var ids = bench.Stable(2);
        Assert.Equal(ErrorCode.None, bench.Heartbeat(ids[0], 2));
        Assert.Equal(ErrorCode.IllegalGeneration, bench.Heartbeat(ids[0], 1));
        Assert.Equal(ErrorCode.UnknownMemberId, bench.Heartbeat("nobody", 2));
        bench.Join(ids[0]);
        Assert.Equal(ErrorCode.RebalanceInProgress, bench.Heartbeat(ids[1], 2));
        bench.Join(ids[1]);
        Assert.Equal(GroupState.CompletingRebalance, bench.Machine.State);
        Assert.Equal(ErrorCode.None, bench.Heartbeat(ids[1], 3));
    }

    [Fact]
    public void A_member_that_is_not_heard_for_its_session_time_out_is_gone()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(2);
        bench.Pass(9_999);
        Assert.Equal(ErrorCode.None, bench.Heartbeat(ids[0], 2));
        Assert.Equal(2, bench.Machine.MemberCount);
        bench.Pass(1);
        Assert.Equal(1, bench.Machine.MemberCount);
        Assert.Equal(ErrorCode.RebalanceInProgress, bench.Heartbeat(ids[0], 2));
        Assert.Equal(ErrorCode.UnknownMemberId, bench.Heartbeat(ids[1], 2));
    }

    [Fact]
    public void Waiting_for_others_to_rejoin_counts_as_a_sign_of_life()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(2);
        var waiting = bench.Join(ids[0]);
        for (var seconds = 0; seconds < 30; seconds += 5)
        {
            bench.Pass(5_000);
            Assert.Equal(ErrorCode.RebalanceInProgress, bench.Heartbeat(ids[1], 2));
        }

        bench.Join(ids[1]);
        Assert.Equal(3, bench.Joined(waiting).GenerationId);
        bench.Pass(9_999);
        Assert.Equal(ErrorCode.None, bench.Heartbeat(ids[0], 3));
        Assert.Equal(2, bench.Machine.MemberCount);
    }

    [Fact]
    public void Time_passes_for_a_group_without_members_without_a_deadline()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(1);
        Assert.NotEqual(GroupMachine.Never, bench.Machine.NextTickMs);
        bench.Pass(10_000);
        Assert.Equal(GroupState.Empty, bench.Machine.State);
        bench.Pass(0);
        Assert.Equal(GroupMachine.Never, bench.Machine.NextTickMs);
        Assert.True(bench.Machine.IsIdle);
        Assert.Equal(2, bench.Machine.Generation);
        Assert.Empty(bench.LastMetadata!.Members);
        Assert.Null(bench.LastMetadata.Leader);
        Assert.Equal("consumer", bench.LastMetadata.ProtocolType);
        Assert.Equal(ErrorCode.UnknownMemberId, bench.Heartbeat(ids[0], 2));
    }

    [Fact]
    public void Leaving_answers_each_member_for_itself()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(3);
        var answer = bench.Leave((ids[0], null), ("nobody", null), ("", null), (ids[1], "not-static"), (ids[2], null));
        Assert.Equal(0, answer.ErrorCode);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.UnknownMemberId, ErrorCode.UnknownMemberId, ErrorCode.UnknownMemberId, ErrorCode.None],
            answer.MemberErrorCodes.Select(code => (ErrorCode)code));
        Assert.Equal(1, bench.Machine.MemberCount);
        Assert.Equal(GroupState.PreparingRebalance, bench.Machine.State);
    }

    [Fact]
    public void The_last_member_that_leaves_leaves_an_empty_group_at_once()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(2);
        bench.Leave((ids[0], null), (ids[1], null));
        Assert.Equal(GroupState.Empty, bench.Machine.State);
        Assert.Equal(3, bench.Machine.Generation);
        Assert.Empty(bench.LastMetadata!.Members);
    }

    [Fact]
    public void A_member_that_leaves_while_it_waits_is_answered()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(2);
        var join = bench.Join(ids[0]);
        bench.Leave((ids[0], null));
        Assert.Equal(ErrorCode.UnknownMemberId, bench.JoinErrorOf(join));
        bench.Join(ids[1]);
        var sync = bench.Sync(ids[1], 2);
        Assert.Equal(ErrorCode.IllegalGeneration, bench.SyncErrorOf(sync));
    }

    [Fact]
    public void The_one_member_that_everybody_waited_for_leaves_and_the_rest_go_on()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(2);
        var join = bench.Join(ids[0]);
        Assert.False(bench.IsAnswered(join));
        bench.Leave((ids[1], null));
        Assert.Equal(3, bench.Joined(join).GenerationId);
    }

    [Fact]
    public void A_description_shows_metadata_and_assignments_only_when_they_are_settled()
    {
        var bench = new GroupBench();
        Assert.Equal("Dead", bench.Machine.Describe().State);
        Assert.Null(bench.Machine.Overview());
        var ids = bench.Stable(2);
        var stable = bench.Machine.Describe();
        Assert.Equal("Stable", stable.State);
        Assert.Equal("range", stable.Protocol);
        Assert.Equal("consumer", stable.ProtocolType);
        Assert.Equal(ids, stable.Members.Select(member => member.MemberId));
        Assert.Equal("for " + ids[1], GroupBench.Text(stable.Members[1].Assignment));
        Assert.Equal("m", GroupBench.Text(stable.Members[1].Metadata));
        Assert.Equal("c", stable.Members[0].ClientId);
        Assert.Equal("/127.0.0.1", stable.Members[0].ClientHost);

        bench.Join(ids[0]);
        var preparing = bench.Machine.Describe();
        Assert.Equal("PreparingRebalance", preparing.State);
        Assert.Equal("", preparing.Protocol);
        Assert.All(preparing.Members, member => Assert.Equal(0, member.Metadata.Length + member.Assignment.Length));
        Assert.Equal("PreparingRebalance", bench.Machine.Overview()!.State);
    }

    [Fact]
    public void A_restart_brings_back_the_last_durable_generation_and_gives_its_members_time()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(2);
        bench.Restart();
        Assert.Equal(GroupState.Stable, bench.Machine.State);
        Assert.Equal(2, bench.Machine.Generation);
        Assert.Equal("for " + ids[1], GroupBench.Text(bench.Answer<GroupSyncAnswer>(bench.Sync(ids[1], 2)).Assignment));
        bench.Pass(9_999);
        Assert.Equal(ErrorCode.None, bench.Heartbeat(ids[0], 2));
        Assert.Equal(ErrorCode.None, bench.Heartbeat(ids[1], 2));
        bench.Pass(10_000);
        Assert.Equal(GroupState.Empty, bench.Machine.State);
    }

    [Fact]
    public void A_restart_during_a_rebalance_sends_everybody_back_to_join()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(2);
        bench.Join(ids[0]);
        bench.Join(ids[1]);
        bench.Restart();
        Assert.Equal(ErrorCode.IllegalGeneration, bench.SyncErrorOf(bench.Sync(ids[0], 3)));
        var leader = bench.Join(ids[0]);
        bench.Join(ids[1]);
        Assert.Equal(3, bench.Joined(leader).GenerationId);
        Assert.Equal(2, bench.Joined(leader).Members.Length);
    }
}
