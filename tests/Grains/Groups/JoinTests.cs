using Actors.Grains.Groups;
using Actors.Kafka;
using static Actors.Grains.Tests.Groups.GroupBench;

namespace Actors.Grains.Tests.Groups;

/// <summary>JoinGroup: who may be in a group and when it gets its generation.</summary>
public sealed class JoinTests
{
    [Fact]
    public void A_member_without_an_id_is_given_one_and_asked_to_come_back()
    {
        var bench = new GroupBench();
        var answer = bench.Answer<GroupJoinAnswer>(bench.Join("", clientId: "app"));
        Assert.Equal(ErrorCode.MemberIdRequired, (ErrorCode)answer.ErrorCode);
        Assert.StartsWith("app-", answer.MemberId, StringComparison.Ordinal);
        Assert.Equal(0, bench.Machine.MemberCount);

        var joined = bench.Joined(bench.Join(answer.MemberId));
        Assert.Equal(1, joined.GenerationId);
        Assert.Equal(answer.MemberId, joined.Leader);
        Assert.Equal("range", joined.ProtocolName);
        Assert.Equal("consumer", joined.ProtocolType);
        Assert.Equal(answer.MemberId, Assert.Single(joined.Members).MemberId);
    }

    [Fact]
    public void Old_clients_join_at_once_without_an_id()
    {
        var bench = new GroupBench();
        var joined = bench.Joined(bench.Join("", requiresId: false));
        Assert.NotEqual("", joined.MemberId);
        Assert.Equal(joined.MemberId, joined.Leader);
    }

    [Fact]
    public void A_long_client_id_is_cut_before_it_becomes_a_member_id()
    {
        var bench = new GroupBench();
        var clientId = new string('x', 199) + "\U0001F980" + new string('y', 500);
        var answer = bench.Answer<GroupJoinAnswer>(bench.Join("", clientId: clientId));
        Assert.Equal(199 + 1 + 36, answer.MemberId.Length);
        Assert.DoesNotContain(answer.MemberId, char.IsSurrogate);
    }

    [Fact]
    public void A_promised_id_ends_with_the_session_time_out_and_nobody_waits_longer_for_it()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(1);
        var promised = bench.Answer<GroupJoinAnswer>(bench.Join("", sessionMs: 7_000)).MemberId;
        var rejoin = bench.Join(ids[0]);
        Assert.False(bench.IsAnswered(rejoin));
        bench.Pass(6_999);
        Assert.False(bench.IsAnswered(rejoin));
        bench.Pass(1);
        Assert.Equal(2, bench.Joined(rejoin).GenerationId);
        Assert.Equal(ErrorCode.UnknownMemberId, bench.JoinErrorOf(bench.Join(promised)));
    }

    [Fact]
    public void A_promised_member_that_says_goodbye_holds_nobody_up()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(1);
        var promised = bench.Answer<GroupJoinAnswer>(bench.Join("")).MemberId;
        var rejoin = bench.Join(ids[0]);
        Assert.False(bench.IsAnswered(rejoin));
        Assert.Equal([(short)0], bench.Leave((promised, null)).MemberErrorCodes);
        Assert.Equal(2, bench.Joined(rejoin).GenerationId);
    }

    [Theory]
    [InlineData(5_999, false)]
    [InlineData(6_000, true)]
    [InlineData(1_800_000, true)]
    [InlineData(1_800_001, false)]
    [InlineData(-1, false)]
    public void Session_time_outs_outside_the_range_are_refused(int sessionMs, bool accepted)
    {
        var bench = new GroupBench();
        Assert.Equal(
            accepted ? ErrorCode.MemberIdRequired : ErrorCode.InvalidSessionTimeout,
            bench.JoinErrorOf(bench.Join("", sessionMs: sessionMs)));
    }

    [Fact]
    public void A_group_takes_only_members_that_share_its_type_and_a_protocol()
    {
        var bench = new GroupBench();
        bench.Stable(1, ("range", "a"), ("sticky", "b"));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, bench.JoinErrorOf(bench.Join("", type: "connect", protocols: ("range", "a"))));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, bench.JoinErrorOf(bench.Join("", protocols: ("roundrobin", "a"))));
        Assert.Equal(ErrorCode.MemberIdRequired, bench.JoinErrorOf(bench.Join("", protocols: [("roundrobin", "a"), ("sticky", "b")])));
        Assert.Equal(GroupState.Stable, bench.Machine.State);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("consumer", 0)]
    public void An_empty_type_or_list_of_protocols_is_refused(string type, int protocols)
    {
        var bench = new GroupBench();
        var ticket = 77L;
        bench.Machine.Join(ticket, new GroupJoin
        {
            SessionTimeoutMs = 10_000,
            ProtocolType = type,
            Protocols = protocols == 0 ? [] : [Protocol("range", "m")],
        }, Guid.Empty, bench.Now);
        var answer = Assert.IsType<GroupJoinAnswer>(Assert.Single(bench.Machine.TakeReplies()).Answer);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (ErrorCode)answer.ErrorCode);
    }

    [Fact]
    public void The_members_elect_the_protocol_that_most_like_best_among_those_that_all_support()
    {
        var bench = new GroupBench();
        var (_, first) = bench.JoinNew(protocols: [("a", "1"), ("b", "2"), ("c", "3")]);
        bench.JoinNew(protocols: [("c", "4"), ("b", "5")]);
        bench.JoinNew(protocols: [("x", "6"), ("b", "7"), ("c", "8")]);
        var joined = bench.Joined(bench.Join(first, protocols: [("a", "1"), ("b", "2"), ("c", "3")]));
        Assert.Equal("b", joined.ProtocolName);
        Assert.Equal(["2", "5", "7"], joined.Members.Select(member => Text(member.Metadata)));
    }

    [Fact]
    public void A_group_that_became_empty_may_change_its_type()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(1);
        bench.Leave((ids[0], null));
        Assert.Equal(GroupState.Empty, bench.Machine.State);
        var joined = bench.Joined(bench.Join("", type: "connect", requiresId: false, protocols: ("compatible", "w")));
        Assert.Equal("connect", joined.ProtocolType);
    }

    [Fact]
    public void The_first_generation_waits_for_its_delay_and_every_newcomer_extends_it()
    {
        var bench = new GroupBench(new GroupOptions { InitialRebalanceDelayMs = 3_000 });
        var (first, _) = bench.JoinNew(rebalanceMs: 10_000);
        bench.Pass(2_000);
        var (second, _) = bench.JoinNew(rebalanceMs: 10_000);
        bench.Pass(1_000);
        Assert.False(bench.IsAnswered(first)); // 3,000: extended to 6,000
        bench.Pass(2_999);
        Assert.False(bench.IsAnswered(first));
        bench.Pass(1);
        Assert.Equal(2, bench.Machine.MemberCount);
        Assert.Equal(1, bench.Joined(first).GenerationId);
        Assert.Equal(1, bench.Joined(second).GenerationId);
    }

    [Fact]
    public void The_first_generation_waits_no_longer_than_the_rebalance_time_out()
    {
        var bench = new GroupBench(new GroupOptions { InitialRebalanceDelayMs = 3_000 });
        var (first, _) = bench.JoinNew(rebalanceMs: 7_000);
        for (var second = 0; second < 6; second++)
        {
            bench.Pass(1_000);
            bench.JoinNew(rebalanceMs: 7_000);
        }

        bench.Pass(999);
        Assert.False(bench.IsAnswered(first));
        bench.Pass(1);
        Assert.Equal(7, bench.Joined(first).Members.Length);
    }

    [Fact]
    public void A_newcomer_makes_a_stable_group_rebalance()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(2);
        var (ticket, third) = bench.JoinNew();
        Assert.False(bench.IsAnswered(ticket));
        Assert.Equal(GroupState.PreparingRebalance, bench.Machine.State);
        Assert.Equal(ErrorCode.RebalanceInProgress, bench.Heartbeat(ids[0], 2));
        var leader = bench.Join(ids[0]);
        Assert.False(bench.IsAnswered(ticket));
        var follower = bench.Join(ids[1]);
        Assert.Equal(3, bench.Joined(ticket).GenerationId);
        Assert.Empty(bench.Joined(follower).Members);
        Assert.Equal([ids[0], ids[1], third], bench.Joined(leader).Members.Select(member => member.MemberId));
        Assert.Equal(ids[0], bench.Joined(ticket).Leader);
    }

    [Fact]
    public void A_follower_that_rejoins_a_stable_group_unchanged_is_answered_at_once()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(2);
        var joined = bench.Joined(bench.Join(ids[1]));
        Assert.Equal(2, joined.GenerationId);
        Assert.Empty(joined.Members);
        Assert.Equal(GroupState.Stable, bench.Machine.State);
    }

    [Fact]
    public void A_follower_with_new_metadata_makes_the_group_rebalance()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(2);
        Assert.False(bench.IsAnswered(bench.Join(ids[1], protocols: ("range", "other"))));
        Assert.Equal(GroupState.PreparingRebalance, bench.Machine.State);
    }

    [Fact]
    public void A_leader_that_rejoins_makes_the_group_rebalance()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(2);
        Assert.False(bench.IsAnswered(bench.Join(ids[0])));
        Assert.Equal(GroupState.PreparingRebalance, bench.Machine.State);
    }

    [Fact]
    public void A_member_that_missed_the_answer_gets_it_again_while_the_assignment_is_awaited()
    {
        var bench = new GroupBench();
        bench.Stable(2);
        var (_, third) = bench.JoinNew();
        foreach (var id in bench.Machine.Describe().Members.Select(member => member.MemberId).ToArray())
            bench.Join(id);
        Assert.Equal(GroupState.CompletingRebalance, bench.Machine.State);
        Assert.Equal(3, bench.Joined(bench.Join(third)).GenerationId);
        var leader = bench.Machine.Describe().Members[0].MemberId;
        Assert.Equal(3, bench.Joined(bench.Join(leader)).Members.Length);
        Assert.Equal(GroupState.CompletingRebalance, bench.Machine.State);
        Assert.False(bench.IsAnswered(bench.Join(third, protocols: ("range", "changed"))));
        Assert.Equal(GroupState.PreparingRebalance, bench.Machine.State);
    }

    [Fact]
    public void A_second_join_of_a_member_that_waits_sends_the_first_away()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(2);
        var first = bench.Join(ids[0]);
        var second = bench.Join(ids[0]);
        Assert.Equal(ErrorCode.RebalanceInProgress, bench.JoinErrorOf(first));
        bench.Join(ids[1]);
        Assert.Equal(3, bench.Joined(second).GenerationId);
    }

    [Fact]
    public void Members_that_do_not_rejoin_in_time_are_removed_and_the_longest_time_out_counts()
    {
        var bench = new GroupBench();
        var (_, a) = bench.JoinNew(sessionMs: 1_000_000, rebalanceMs: 20_000);
        var (_, b) = bench.JoinNew(sessionMs: 1_000_000, rebalanceMs: 30_000);
        var first = bench.Join(a, sessionMs: 1_000_000, rebalanceMs: 20_000);
        Assert.Equal(2, bench.Joined(first).GenerationId);
        bench.Sync(a, 2, assignments: (a, "x"));
        bench.Sync(b, 2);
        var again = bench.Join(a, sessionMs: 1_000_000, rebalanceMs: 20_000);
        bench.Pass(29_999);
        Assert.False(bench.IsAnswered(again));
        bench.Pass(1);
        Assert.Equal(a, Assert.Single(bench.Joined(again).Members).MemberId);
        Assert.Equal(ErrorCode.UnknownMemberId, bench.Heartbeat(b, 2));
    }

    [Fact]
    public void When_the_leader_does_not_come_back_another_member_leads()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(2);
        var ticket = bench.Join(ids[1], protocols: ("range", "changed"));
        bench.Pass(10_000); // the leader's session ends
        Assert.Equal(ids[1], bench.Joined(ticket).Leader);
        Assert.Equal(1, bench.Machine.MemberCount);
    }

    [Fact]
    public void A_new_member_that_waits_too_long_is_asked_to_come_again()
    {
        var bench = new GroupBench(new GroupOptions { InitialRebalanceDelayMs = 0, NewMemberJoinTimeoutMs = 50_000 });
        var ids = bench.Stable(1);
        var (ticket, _) = bench.JoinNew(rebalanceMs: 600_000);
        while (bench.Machine.MemberCount == 2)
        {
            bench.Pass(5_000);
            bench.Heartbeat(ids[0], 1);
        }

        Assert.Equal(ErrorCode.UnknownMemberId, bench.JoinErrorOf(ticket));
    }

    [Fact]
    public void A_full_group_turns_newcomers_away()
    {
        var bench = new GroupBench(new GroupOptions { InitialRebalanceDelayMs = 0, MaxSize = 2 });
        var ids = bench.Stable(2);
        Assert.Equal(ErrorCode.GroupMaxSizeReached, bench.JoinErrorOf(bench.Join("")));
        Assert.Equal(GroupState.Stable, bench.Machine.State);
        bench.Leave((ids[1], null));
        Assert.Equal(ErrorCode.MemberIdRequired, bench.JoinErrorOf(bench.Join("")));
    }

    [Fact]
    public void While_members_rejoin_the_places_are_for_those_who_come_first()
    {
        var bench = new GroupBench(new GroupOptions { InitialRebalanceDelayMs = 0, MaxSize = 2 });
        var ids = bench.Stable(2);
        var leading = bench.Join(ids[0]);
        var (newcomer, newId) = bench.JoinNew();
        Assert.Equal(ErrorCode.GroupMaxSizeReached, bench.JoinErrorOf(bench.Join(ids[1])));
        Assert.Equal(new HashSet<string> { ids[0], newId }, bench.Joined(leading).Members.Select(member => member.MemberId).ToHashSet());
        Assert.Equal(bench.Machine.Generation, bench.Joined(newcomer).GenerationId);
    }

    [Fact]
    public void Promised_ids_are_bounded()
    {
        var bench = new GroupBench(new GroupOptions { MaxSize = 3 });
        for (var promised = 0; promised < 3; promised++)
            Assert.Equal(ErrorCode.MemberIdRequired, bench.JoinErrorOf(bench.Join("")));
        Assert.Equal(ErrorCode.GroupMaxSizeReached, bench.JoinErrorOf(bench.Join("")));
    }

    [Fact]
    public void Metadata_is_bounded_per_member_and_per_group()
    {
        var bench = new GroupBench(new GroupOptions { InitialRebalanceDelayMs = 0, MaxMemberMetadataBytes = 1_024, MaxGroupMetadataBytes = 1_500 });
        Assert.Equal(ErrorCode.InvalidRequest, bench.JoinErrorOf(bench.Join("", protocols: ("range", new string('m', 1_024)))));
        bench.Joined(bench.Join("", requiresId: false, protocols: ("range", new string('m', 1_000))));
        Assert.Equal(ErrorCode.GroupMaxSizeReached, bench.JoinErrorOf(bench.Join("", requiresId: false, protocols: ("range", new string('m', 600)))));
        Assert.Equal(ErrorCode.MemberIdRequired, bench.JoinErrorOf(bench.Join("", protocols: ("range", new string('m', 400)))));
    }

    [Fact]
    public void Names_and_lists_are_bounded()
    {
        var bench = new GroupBench();
        Assert.Equal(ErrorCode.InvalidRequest, bench.JoinErrorOf(bench.Join("", clientId: new string('x', 5_000))));
        Assert.Equal(ErrorCode.InvalidRequest, bench.JoinErrorOf(bench.Join("", instanceId: new string('x', 5_000))));
        Assert.Equal(ErrorCode.InvalidRequest, bench.JoinErrorOf(bench.Join(
            "", protocols: [.. Enumerable.Range(0, 101).Select(index => ($"p{index}", ""))])));
    }

    [Fact]
    public void An_unknown_member_id_is_sent_back_to_ask_for_one()
    {
        var bench = new GroupBench();
        Assert.Equal(ErrorCode.UnknownMemberId, bench.JoinErrorOf(bench.Join("nobody")));
        bench.Stable(1);
        Assert.Equal(ErrorCode.UnknownMemberId, bench.JoinErrorOf(bench.Join("nobody")));
        Assert.Equal(GroupState.Stable, bench.Machine.State);
    }

    [Fact]
    public void Stopping_answers_everybody_who_waits()
    {
        var bench = new GroupBench { WritesAtOnce = false };
        var (a, id) = bench.JoinNew();
        var generation = bench.Joined(a).GenerationId;
        var sync = bench.Sync(id, generation, assignments: (id, "x"));
        bench.Machine.Stop(ErrorCode.NotCoordinator);
        var reply = Assert.Single(bench.Machine.TakeReplies());
        Assert.Equal(sync, reply.Ticket);
        Assert.Equal((short)ErrorCode.NotCoordinator, Assert.IsType<GroupSyncAnswer>(reply.Answer).ErrorCode);
    }
}
