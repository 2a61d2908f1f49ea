using Actors.Grains.Groups;
using Actors.Kafka;
using static Actors.Grains.Tests.Groups.GroupBench;

namespace Actors.Grains.Tests.Groups;

/// <summary>OffsetCommit, OffsetFetch, retention and deletion.</summary>
public sealed class OffsetTests
{
    private const long WeekMs = 604_800_000;

    [Fact]
    public void A_commit_is_seen_once_it_is_durable()
    {
        var bench = new GroupBench { WritesAtOnce = false };
        var ticket = bench.Commit("", -1, offsets: [Offset(7, leaderEpoch: 3, metadata: "note"), Offset(8, partition: 1)]);
        Assert.False(bench.IsAnswered(ticket));
        Assert.Equal(-1, bench.FetchOne());
        bench.EndWrite();
        Assert.Equal([(short)0, (short)0], bench.Answer<GroupCommitAnswer>(ticket).ErrorCodes);
        var all = bench.Machine.Fetch(new GroupFetch()).Offsets;
        Assert.Equal([(7, 3, "note"), (8, -1, "")], all.Select(one => (one.Offset, one.LeaderEpoch, one.Metadata)));
        Assert.Equal("Empty", bench.Machine.Overview()!.State);
        Assert.Equal("", bench.Machine.Overview()!.ProtocolType);
    }

    [Theory]
    [InlineData(ErrorCode.NotEnoughReplicas, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.NotEnoughReplicasAfterAppend, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.RequestTimedOut, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.NotLeaderOrFollower, ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.KafkaStorageError, ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.MessageTooLarge, ErrorCode.InvalidCommitOffsetSize)]
    public void A_commit_that_the_log_refuses_changes_nothing(ErrorCode logError, ErrorCode heard)
    {
        var bench = new GroupBench();
        bench.CommitOne("", -1, 5);
        bench.WritesAtOnce = false;
        var ticket = bench.Commit("", -1, offsets: Offset(6));
        bench.EndWrite(logError);
        Assert.Equal([(short)heard], bench.Answer<GroupCommitAnswer>(ticket).ErrorCodes);
        Assert.Equal(5, bench.FetchOne());
    }

    [Fact]
    public void What_was_committed_for_a_deleted_topic_is_forgotten_on_the_disk_too()
    {
        var bench = new GroupBench();
        var members = bench.Stable(1);
        bench.CommitOne(members[0], 1, 5);
        bench.CommitOne(members[0], 1, 6, topic: "other");

        Assert.Equal((short)0, bench.Answer<short>(bench.ForgetTopics("t", "unknown")));

        Assert.Equal((-1, 6), (bench.FetchOne(), bench.FetchOne("other")));
        Assert.Equal(["other"], bench.Replay().Offsets.Keys.Select(partition => partition.Topic));
        Assert.Equal(ErrorCode.None, bench.Heartbeat(members[0], 1));
    }

    [Fact]
    public void A_commit_under_way_is_forgotten_with_its_topic()
    {
        var bench = new GroupBench { WritesAtOnce = false };
        var commit = bench.Commit("", -1, offsets: Offset(7));
        var forgotten = bench.ForgetTopics("t");
        bench.EndWrite();
        bench.EndWrite();

        Assert.Equal([(short)0], bench.Answer<GroupCommitAnswer>(commit).ErrorCodes);
        Assert.Equal((short)0, bench.Answer<short>(forgotten));
        Assert.Equal(-1, bench.FetchOne());
        Assert.Empty(bench.Replay().Offsets);
    }

    [Fact]
    public void Nothing_committed_is_minus_one_and_no_error()
    {
        var bench = new GroupBench();
        var answer = bench.Machine.Fetch(new GroupFetch { Partitions = [new("t", 0), new("u", 9)] });
        Assert.Equal(0, answer.ErrorCode);
        Assert.All(answer.Offsets, offset => Assert.Equal((-1, -1, ""), (offset.Offset, offset.LeaderEpoch, offset.Metadata)));
        Assert.Empty(bench.Machine.Fetch(new GroupFetch()).Offsets);
    }

    [Fact]
    public void Members_commit_in_their_generation_and_nobody_else_does()
    {
        var bench = new GroupBench();
        Assert.Equal(ErrorCode.IllegalGeneration, bench.CommitOne("nobody", 1));
        var ids = bench.Stable(2);
        Assert.Equal(ErrorCode.None, bench.CommitOne(ids[0], 2));
        Assert.Equal(ErrorCode.IllegalGeneration, bench.CommitOne(ids[0], 1));
        Assert.Equal(ErrorCode.IllegalGeneration, bench.CommitOne(ids[0], 3));
        Assert.Equal(ErrorCode.UnknownMemberId, bench.CommitOne("nobody", 2));
        Assert.Equal(ErrorCode.UnknownMemberId, bench.CommitOne("", -1));
        bench.Join(ids[0]);
        Assert.Equal(GroupState.PreparingRebalance, bench.Machine.State);
        Assert.Equal(ErrorCode.None, bench.CommitOne(ids[1], 2, 9));
        bench.Join(ids[1]);
        Assert.Equal(GroupState.CompletingRebalance, bench.Machine.State);
        Assert.Equal(ErrorCode.RebalanceInProgress, bench.CommitOne(ids[1], 3, 10));
        Assert.Equal(9, bench.FetchOne());
    }

    [Fact]
    public void A_commit_is_a_sign_of_life()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(1);
        bench.Pass(9_000);
        bench.CommitOne(ids[0], 1);
        bench.Pass(9_000);
        Assert.Equal(ErrorCode.None, bench.Heartbeat(ids[0], 1));
    }

    [Fact]
    public void Commits_that_end_out_of_order_leave_the_later_one()
    {
        var bench = new GroupBench { WritesAtOnce = false };
        var earlier = bench.Commit("", -1, offsets: Offset(5));
        var later = bench.Commit("", -1, offsets: Offset(6));
        bench.EndWritesNewestFirst();
        Assert.All([earlier, later], ticket => Assert.Equal([0], bench.Answer<GroupCommitAnswer>(ticket).ErrorCodes));
        Assert.Equal(6, bench.FetchOne());
        bench.Restart();
        Assert.Equal(6, bench.FetchOne());
    }

    [Fact]
    public void A_note_that_is_too_long_is_refused_alone()
    {
        var bench = new GroupBench();
        var ticket = bench.Commit("", -1, offsets:
        [
            Offset(1, metadata: new string('x', 4_097)),
            Offset(2, partition: 1, metadata: new string('x', 4_096)),
            Offset(3, topic: ""),
            Offset(4, partition: -1),
        ]);
        Assert.Equal(
            [ErrorCode.OffsetMetadataTooLarge, ErrorCode.None, ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicOrPartition],
            bench.Answer<GroupCommitAnswer>(ticket).ErrorCodes.Select(code => (ErrorCode)code));
        Assert.Equal(-1, bench.FetchOne());
        Assert.Equal(2, bench.FetchOne(partition: 1));
        Assert.Empty(bench.Answer<GroupCommitAnswer>(bench.Commit("", -1)).ErrorCodes);
    }

    [Fact]
    public void Commits_under_way_take_effect_in_the_order_of_the_log()
    {
        var bench = new GroupBench { WritesAtOnce = false };
        bench.Commit("", -1, offsets: Offset(1));
        bench.Commit("", -1, offsets: Offset(2));
        bench.EndWrite();
        Assert.Equal(1, bench.FetchOne());
        bench.EndWrite();
        Assert.Equal(2, bench.FetchOne());
    }

    [Fact]
    public void Offsets_survive_a_restart()
    {
        var bench = new GroupBench();
        bench.CommitOne("", -1, 5);
        bench.CommitOne("", -1, 6);
        bench.CommitOne("", -1, 7, topic: "u");
        bench.Restart();
        Assert.Equal(6, bench.FetchOne());
        Assert.Equal(7, bench.FetchOne("u"));
    }

    [Fact]
    public void An_empty_group_forgets_its_offsets_a_retention_after_it_became_empty()
    {
        var bench = new GroupBench();
        var ids = bench.Stable(1);
        bench.CommitOne(ids[0], 1, 5);
        for (var hour = 0; hour < 24 * 8; hour++)
        {
            bench.Pass(9_000);
            Assert.Equal(ErrorCode.None, bench.Heartbeat(ids[0], 1));
        }

        bench.Leave((ids[0], null));
        bench.Pass(WeekMs - 1);
        bench.ExpireOffsets();
        Assert.Equal(5, bench.FetchOne());
        bench.Pass(1);
        var ticket = bench.ExpireOffsets();
        Assert.Equal((short)0, bench.Answer<short>(ticket));
        Assert.Equal(-1, bench.FetchOne());
        Assert.False(bench.Machine.Exists);
        Assert.Null(bench.LastMetadata);
        bench.Restart();
        Assert.False(bench.Machine.Exists);
    }

    [Fact]
    public void A_group_with_members_keeps_its_offsets()
    {
        var bench = new GroupBench(new GroupOptions { InitialRebalanceDelayMs = 0, OffsetsRetentionMs = 1 });
        var ids = bench.Stable(1);
        bench.CommitOne(ids[0], 1, 5);
        bench.Pass(5_000);
        bench.ExpireOffsets();
        Assert.Equal(5, bench.FetchOne());
    }

    [Fact]
    public void Offsets_of_a_consumer_without_a_group_end_one_by_one()
    {
        var bench = new GroupBench();
        bench.CommitOne("", -1, 5);
        bench.Pass(WeekMs / 2);
        bench.CommitOne("", -1, 6, partition: 1);
        bench.Pass(WeekMs / 2);
        bench.ExpireOffsets();
        Assert.Equal(-1, bench.FetchOne());
        Assert.Equal(6, bench.FetchOne(partition: 1));
        bench.Restart();
        Assert.Equal(-1, bench.FetchOne());
        Assert.Equal(6, bench.FetchOne(partition: 1));
    }

    [Fact]
    public void A_commit_may_bring_a_retention_of_its_own()
    {
        var bench = new GroupBench();
        bench.Commit("", -1, retentionMs: 1_000, offsets: Offset(5));
        bench.Commit("", -1, retentionMs: long.MaxValue, offsets: Offset(6, partition: 1));
        bench.Pass(1_000);
        bench.ExpireOffsets();
        Assert.Equal(-1, bench.FetchOne());
        Assert.Equal(6, bench.FetchOne(partition: 1));
    }

    [Fact]
    public void When_tombstones_cannot_be_written_nothing_is_forgotten()
    {
        var bench = new GroupBench();
        bench.CommitOne("", -1, 5);
        bench.Pass(WeekMs);
        bench.WritesAtOnce = false;
        var ticket = bench.ExpireOffsets();
        Assert.Equal(GroupState.Dead, bench.Machine.State);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, bench.JoinErrorOf(bench.Join("")));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, bench.CommitOne("", -1, 6));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, bench.Heartbeat("x", 1));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, bench.SyncErrorOf(bench.Sync("x", 1)));
        Assert.Equal((short)ErrorCode.CoordinatorNotAvailable, bench.Leave(("x", null)).ErrorCode);
        bench.EndWrite(ErrorCode.NotEnoughReplicas);
        Assert.Equal((short)ErrorCode.CoordinatorNotAvailable, bench.Answer<short>(ticket));
        Assert.Equal(5, bench.FetchOne());
        Assert.Equal(GroupState.Empty, bench.Machine.State);
    }

    [Fact]
    public void A_commit_on_its_way_to_the_disk_is_not_expired()
    {
        var bench = new GroupBench();
        bench.CommitOne("", -1, 5);
        bench.Pass(WeekMs);
        bench.WritesAtOnce = false;
        bench.Commit("", -1, offsets: Offset(6));
        bench.ExpireOffsets();
        Assert.Equal(1, bench.WritesWaiting);
        bench.EndWrite();
        Assert.Equal(6, bench.FetchOne());
    }

    [Fact]
    public void Deleting_takes_an_empty_group_and_no_other()
    {
        var bench = new GroupBench();
        Assert.Equal((short)ErrorCode.GroupIdNotFound, bench.Answer<short>(bench.Delete()));
        var ids = bench.Stable(1);
        bench.CommitOne(ids[0], 1, 5);
        Assert.Equal((short)ErrorCode.NonEmptyGroup, bench.Answer<short>(bench.Delete()));
        bench.Leave((ids[0], null));
        Assert.Equal((short)0, bench.Answer<short>(bench.Delete()));
        Assert.False(bench.Machine.Exists);
        bench.Restart();
        Assert.False(bench.Machine.Exists);
        Assert.Equal(1, bench.Joined(bench.Join("", requiresId: false)).GenerationId);
    }
}
