using Actors.Storage.Migrations;
using static Actors.Storage.Tests.Migrations.MigrationBench;

namespace Actors.Storage.Tests.Migrations;

/// <summary>The ways of a migration, and what ends it before (MigrationTests.Ends.cs).</summary>
public sealed partial class MigrationTests
{
    private static readonly MigrationPhase[] Way =
    [
        MigrationPhase.WaitingForSlot, MigrationPhase.Copying, MigrationPhase.Synced, MigrationPhase.Switching, MigrationPhase.Soaking, MigrationPhase.RemovingSource, MigrationPhase.Done,
    ];

    private readonly MigrationBench _bench = new(isSingle: false);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void R9_a_migration_goes_its_way_and_removes_the_source_last(bool isSingle)
    {
        var bench = new MigrationBench(isSingle);
        bench.RunUntil(MigrationPhase.Done);

        Assert.Equal(Way, bench.Phases);
        Assert.Equal(isSingle ? ["hot-c"] : ["cold-b", "hot-c"], bench.BackEnd.Replicas.Select(replica => replica.Pool));
        Assert.Equal(1, bench.BackEnd.Removals);
        Assert.Equal("it has ended", bench.Round(command: MigrationCommand.Abort).Refusal);
    }

    /// <summary>At every step of the way, before it is stored, after it, and after its effect.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void R9_whoever_dies_anywhere_another_goes_on(bool isSingle)
    {
        var deaths = 0;
        foreach (var death in (Death[])[Death.BeforeStoring, Death.AfterStoring, Death.AfterTheEffect])
        {
            for (var at = 0; ; at++)
            {
                var bench = new MigrationBench(isSingle);
                for (var round = 0; round < at; round++) bench.Round();
                if (bench.Stored.IsFinal) break;
                bench.Round(death);
                deaths++;
                bench.RunUntil(MigrationPhase.Done);
                Assert.Equal(1, bench.BackEnd.Removals);
                Assert.Equal(isSingle ? ["hot-c"] : ["cold-b", "hot-c"], bench.BackEnd.Replicas.Select(replica => replica.Pool));
            }
        }

        Assert.InRange(deaths, 200, 1_000);
    }

    [Theory]
    [InlineData(MigrationPhase.WaitingForSlot)]
    [InlineData(MigrationPhase.Copying)]
    [InlineData(MigrationPhase.Synced)]
    [InlineData(MigrationPhase.Switching)]
    [InlineData(MigrationPhase.Soaking)]
    public void Defect_10_an_abort_leaves_what_was_there_before(MigrationPhase phase)
    {
        _bench.RunUntil(phase);
        for (var round = 0; round < 3 && phase == MigrationPhase.Copying; round++) _bench.Round();

        Assert.Null(_bench.Round(command: MigrationCommand.Abort).Refusal);
        _bench.RunUntil(MigrationPhase.Failed);

        Assert.Equal(["r1", "r2"], _bench.BackEnd.Replicas.Select(replica => replica.Id));
        Assert.Equal("aborted by request", _bench.Stored.Reason);
        Assert.False(_bench.BackEnd.IsCopying);
    }

    [Fact]
    public void What_can_not_be_undone_is_refused_and_goes_on()
    {
        var single = new MigrationBench(isSingle: true);
        single.RunUntil(MigrationPhase.Soaking);
        Assert.Contains("the old replica is behind", single.Round(command: MigrationCommand.Abort).Refusal);
        single.RunUntil(MigrationPhase.Done);

        _bench.RunUntil(MigrationPhase.RemovingSource);
        Assert.Contains("RemovingSource", _bench.Round(command: MigrationCommand.Abort).Refusal);
        Assert.Contains("no effect", new MigrationBench(true).Round(command: MigrationCommand.Resume).Refusal);
    }

    [Fact]
    public void Defect_8_the_new_replica_that_is_removed_by_mistake_ends_it_and_is_not_tried_again()
    {
        _bench.BackEnd.RemovesTheWrongOne = true;
        _bench.RunUntil(MigrationPhase.Failed);

        Assert.Contains("removed the new replica instead", _bench.Stored.Reason);
        Assert.Equal(["r1", "r2"], _bench.BackEnd.Replicas.Select(replica => replica.Id));
        Assert.Equal(1, _bench.BackEnd.Removals);
    }

    [Fact]
    public void Defect_8_the_replica_that_was_to_stay_is_removed_by_mistake_and_the_old_one_is_kept()
    {
        _bench.BackEnd.RemovesTheOther = true;
        _bench.RunUntil(MigrationPhase.Failed);

        Assert.Equal("the replica r2 has vanished, so that in cold-a was kept beside the one in hot-c", _bench.Stored.Reason);
        Assert.Equal(["r1", "n1"], _bench.BackEnd.Replicas.Select(replica => replica.Id));
        Assert.Equal(1, _bench.BackEnd.Removals);
    }

    [Fact]
    public void Defect_8_the_replica_in_the_place_of_a_lost_one_is_removed_by_mistake_and_the_old_one_is_kept()
    {
        _bench.RunUntil(MigrationPhase.Soaking);
        _bench.BackEnd.LoseTheOther();
        _bench.BackEnd.Heal();
        _bench.BackEnd.RemovesTheOther = true;
        _bench.RunUntil(MigrationPhase.Failed);

        Assert.Equal("the replica r2 has vanished, so that in cold-a was kept beside the one in hot-c", _bench.Stored.Reason);
        Assert.Equal(["r1", "n1"], _bench.BackEnd.Replicas.Select(replica => replica.Id));
        Assert.Equal(1, _bench.BackEnd.Removals);
    }

    [Theory]
    [InlineData(MigrationPhase.Soaking)]
    [InlineData(MigrationPhase.RemovingSource)]
    public void Defect_8_a_replica_that_is_lost_before_the_old_one_is_removed_has_that_kept(MigrationPhase phase)
    {
        _bench.RunUntil(phase);
        _bench.BackEnd.LoseTheOther();
        _bench.RunUntil(MigrationPhase.Failed);

        Assert.Contains("cold-a was kept", _bench.Stored.Reason);
        Assert.Equal(["r1", "n1"], _bench.BackEnd.Replicas.Select(replica => replica.Id));
    }

    [Fact]
    public void A_replica_that_the_back_end_makes_in_the_place_of_a_lost_one_is_left_alone()
    {
        _bench.RunUntil(() => _bench.BackEnd.IsCopying);
        _bench.BackEnd.LoseTheOther();
        _bench.BackEnd.Heal();
        _bench.RunUntil(MigrationPhase.Done);
        Assert.Equal(["n1", "s1"], _bench.BackEnd.Replicas.Select(replica => replica.Id));

        var aborted = new MigrationBench(isSingle: false);
        aborted.RunUntil(() => aborted.BackEnd.IsCopying);
        aborted.BackEnd.LoseTheOther();
        aborted.BackEnd.Heal();
        aborted.Round(command: MigrationCommand.Abort);
        aborted.RunUntil(MigrationPhase.Failed);
        Assert.Equal(["r1", "s1"], aborted.BackEnd.Replicas.Select(replica => replica.Id));
        Assert.Equal("aborted by request; the replica r2 has vanished, so that in cold-s was kept", aborted.Stored.Reason);
    }

    [Theory]
    [InlineData(MigrationPhase.Copying, false)]
    [InlineData(MigrationPhase.Copying, true)]
    [InlineData(MigrationPhase.Synced, true)]
    [InlineData(MigrationPhase.Soaking, false)]
    [InlineData(MigrationPhase.Soaking, true)]
    [InlineData(MigrationPhase.RemovingSource, false)]
    public void A_replica_that_somebody_makes_by_hand_stays_and_the_migration_goes_its_way(MigrationPhase phase, bool isAborted)
    {
        _bench.RunUntil(() => _bench.Stored.Phase == phase && _bench.Stored.Target is not null);
        _bench.BackEnd.AddByHand();
        if (isAborted) Assert.Null(_bench.Round(command: MigrationCommand.Abort).Refusal);
        _bench.RunUntil(() => _bench.Stored.IsFinal);

        Assert.Equal(isAborted ? MigrationPhase.Failed : MigrationPhase.Done, _bench.Stored.Phase);
        Assert.Equal(isAborted ? ["r1", "r2", "x1"] : ["n1", "r2", "x1"], _bench.BackEnd.Replicas.Select(static replica => replica.Id).Order());
        Assert.Equal(isAborted ? "aborted by request" : null, _bench.Stored.Reason);
    }

    /// <summary>It is no different for one that waits: nothing was made for the migration then.</summary>
    [Theory]
    [InlineData(MigrationPhase.WaitingForSlot)]
    [InlineData(MigrationPhase.Paused)]
    public void A_replica_that_somebody_makes_by_hand_before_the_new_one_is_asked_for_is_never_removed(MigrationPhase phase)
    {
        foreach (var end in (Action<MigrationBench>[])[Abort, WaitTooLong, GoOn, IsRefused])
        {
            var bench = new MigrationBench(isSingle: false) { IsGranted = false };
            bench.RunUntil(MigrationPhase.WaitingForSlot);
            if (phase == MigrationPhase.Paused) bench.Round(command: MigrationCommand.Pause);
            bench.BackEnd.AddByHand();
            bench.Round();
            Assert.Equal((phase, false), (bench.Stored.Phase, bench.Stored.IsTargetAsked));
            end(bench);
            bench.RunUntil(() => bench.Stored.IsFinal);

            var isDone = bench.Stored.Phase == MigrationPhase.Done;
            Assert.Equal(end == GoOn, isDone);
            Assert.Equal(isDone ? ["n1", "r2", "x1"] : ["r1", "r2", "x1"], bench.BackEnd.Replicas.Select(static replica => replica.Id).Order());
            Assert.Equal(isDone ? 1 : 0, bench.BackEnd.Removals);
        }

        static void Abort(MigrationBench bench) => Assert.Null(bench.Round(command: MigrationCommand.Abort).Refusal);

        static void WaitTooLong(MigrationBench bench)
        {
            if (bench.Stored.IsHeld) bench.Round(command: MigrationCommand.Resume);
            bench.Round(passMs: (long)Options.SlotTimeout.TotalMilliseconds + 1_000);
        }

        static void GoOn(MigrationBench bench)
        {
            bench.IsGranted = true;
            if (bench.Stored.IsHeld) bench.Round(command: MigrationCommand.Resume);
        }

        static void IsRefused(MigrationBench bench)
        {
            GoOn(bench);
            bench.RunUntil(MigrationPhase.Copying);
            Assert.Equal(MigrationEffect.CreateTarget, bench.Round(Death.AfterStoring).Effect);
            bench.Round(failure: new("pool full", true));
        }
    }

    [Fact]
    public void It_is_stored_that_the_new_replica_is_asked_for_before_it_is()
    {
        _bench.RunUntil(MigrationPhase.Copying);
        Assert.Equal(MigrationEffect.CreateTarget, _bench.Round(Death.BeforeStoring).Effect);
        Assert.False(_bench.Stored.IsTargetAsked);
        var step = _bench.Round(Death.AfterTheEffect);
        Assert.Equal((MigrationEffect.CreateTarget, true, true), (step.Effect, step.MustStore, _bench.Stored.IsTargetAsked));
        _bench.Round(command: MigrationCommand.Abort);
        _bench.RunUntil(MigrationPhase.Failed);
        Assert.Equal(["r1", "r2"], _bench.BackEnd.Replicas.Select(static replica => replica.Id));
    }

    [Fact]
    public void A_new_replica_that_is_first_seen_while_the_copy_waits_is_told_from_one_that_is_made_by_hand_later()
    {
        _bench.RunUntil(MigrationPhase.Copying);
        Assert.Equal(MigrationEffect.CreateTarget, _bench.Round().Effect);
        _bench.IsPathUp = false;
        _bench.Round();
        _bench.Round();
        Assert.Equal((MigrationPhase.Paused, "n1"), (_bench.Stored.Phase, _bench.Stored.Target));
        _bench.BackEnd.AddByHand();
        _bench.BackEnd.Replicas.RemoveAll(static replica => replica.Id == "n1");
        _bench.Round(isSeen: false, command: MigrationCommand.Abort);
        _bench.RunUntil(MigrationPhase.Failed);
        Assert.Equal(["r1", "r2", "x1"], _bench.BackEnd.Replicas.Select(static replica => replica.Id));
    }

    [Fact]
    public void A_look_that_shows_nothing_new_stores_nothing()
    {
        _bench.IsGranted = false;
        _bench.RunUntil(MigrationPhase.WaitingForSlot);
        _bench.BackEnd.AddByHand();
        Assert.True(_bench.Round().MustStore);
        Assert.False(_bench.Round().MustStore);
    }

    [Fact]
    public void One_that_somebody_makes_in_the_target_pool_before_the_new_one_is_asked_for_ends_it_and_stays()
    {
        _bench.RunUntil(MigrationPhase.WaitingForSlot);
        _bench.BackEnd.Replicas.Add(new("x1", "hot-c", true, false, true, 1));
        _bench.RunUntil(MigrationPhase.Failed);
        Assert.Equal("the volume has a replica in hot-c already", _bench.Stored.Reason);
        Assert.Equal(["r1", "r2", "x1"], _bench.BackEnd.Replicas.Select(static replica => replica.Id));
    }

    [Theory]
    [InlineData(MigrationPhase.WaitingForSlot)]
    [InlineData(MigrationPhase.Copying)]
    [InlineData(MigrationPhase.Soaking)]
    public void A_replica_that_comes_and_goes_by_hand_leaves_the_migration_as_it_was(MigrationPhase phase)
    {
        foreach (var isAborted in (bool[])[false, true])
        {
            var bench = new MigrationBench(isSingle: false) { IsGranted = phase != MigrationPhase.WaitingForSlot };
            bench.RunUntil(() => bench.Stored.Phase == phase && (phase == MigrationPhase.WaitingForSlot || bench.Stored.Target is not null));
            bench.BackEnd.AddByHand();
            bench.Round();
            bench.BackEnd.RemoveByHand();
            bench.Round(command: isAborted ? MigrationCommand.Abort : MigrationCommand.None);
            bench.IsGranted = true;
            bench.RunUntil(() => bench.Stored.IsFinal);

            Assert.Equal(isAborted ? (MigrationPhase.Failed, "aborted by request") : (MigrationPhase.Done, null), (bench.Stored.Phase, bench.Stored.Reason));
            Assert.Equal(isAborted ? ["r1", "r2"] : ["n1", "r2"], bench.BackEnd.Replicas.Select(static replica => replica.Id).Order());
        }
    }

    [Fact]
    public void An_abort_removes_one_replica_and_no_other_that_comes_after_it()
    {
        _bench.RunUntil(() => _bench.BackEnd.IsCopying);
        _bench.BackEnd.Replicas[2] = new("n2", "hot-a", true, false, true, 1);
        _bench.RunUntil(() => _bench.BackEnd.Removals == 1);
        Assert.Equal("n2", _bench.Stored.Target);
        _bench.BackEnd.Replicas.Add(new("x1", "cold-x", true, false, true, 1));
        _bench.RunUntil(MigrationPhase.Failed);
        Assert.Equal("the new replica has vanished; the replica in cold-x is not of this move, and stays", _bench.Stored.Reason);
        Assert.Equal(["r1", "r2", "x1"], _bench.BackEnd.Replicas.Select(static replica => replica.Id));
        Assert.Equal(1, _bench.BackEnd.Removals);
    }

    [Fact]
    public void An_abort_that_cannot_tell_which_replica_was_made_for_it_removes_none_and_names_them()
    {
        _bench.RunUntil(() => _bench.BackEnd.IsCopying);
        _bench.BackEnd.Replicas[2] = new("n2", "hot-a", true, false, true, 1);
        _bench.BackEnd.Replicas.Add(new("x1", "cold-x", true, false, true, 1));
        _bench.RunUntil(MigrationPhase.Failed);
        Assert.Equal("the new replica has vanished; which of n2 in hot-a and x1 in cold-x was made for it is not known, so all of them stay", _bench.Stored.Reason);
        Assert.Equal(0, _bench.BackEnd.Removals);
    }

    [Fact]
    public void A_replica_that_is_made_by_hand_as_the_new_one_goes_stays_and_is_named()
    {
        _bench.RunUntil(() => _bench.BackEnd.IsCopying);
        _bench.Round(command: MigrationCommand.Abort);
        _bench.RunUntil(() => _bench.BackEnd.Removals == 1);
        _bench.BackEnd.Replicas.Add(new("x1", "cold-x", true, false, true, 1));
        _bench.RunUntil(MigrationPhase.Failed);
        Assert.Equal("aborted by request; the replica in cold-x is not of this move, and stays", _bench.Stored.Reason);
        Assert.Equal(["r1", "r2", "x1"], _bench.BackEnd.Replicas.Select(static replica => replica.Id));
    }

    [Fact]
    public void What_the_back_end_makes_in_the_place_of_the_new_replica_is_taken_away_with_it()
    {
        _bench.RunUntil(() => _bench.BackEnd.IsCopying);
        _bench.BackEnd.Replicas[2] = new("n2", "hot-a", true, false, true, 1);
        _bench.RunUntil(MigrationPhase.Failed);
        Assert.Equal("the new replica has vanished", _bench.Stored.Reason);
        Assert.Equal(["r1", "r2"], _bench.BackEnd.Replicas.Select(static replica => replica.Id));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_copy_waits_for_a_replica_that_is_cut_off_and_goes_on(int behind)
    {
        _bench.RunUntil(() => _bench.BackEnd.Replicas is [_, _, { SyncedBytes: >= 3_000_000_000 }]);
        _bench.BackEnd.IsStalled = true;
        var pool = _bench.BackEnd.Replicas[behind].Pool;
        _bench.BackEnd.Replicas[behind] = _bench.BackEnd.Replicas[behind] with { IsInSync = false };
        for (var minute = 0; minute < 20; minute++) _bench.Round(passMs: 60_000);
        Assert.Equal((MigrationPhase.Copying, $"the replica in {pool} is not in sync at the moment"), (_bench.Stored.Phase, _bench.Stored.Reason));

        _bench.BackEnd.Replicas[behind] = _bench.BackEnd.Replicas[behind] with { IsInSync = true };
        _bench.BackEnd.IsStalled = false;
        _bench.Round();
        Assert.Null(_bench.Stored.Reason);
        _bench.RunUntil(MigrationPhase.Done);
    }

    [Fact]
    public void A_copy_whose_old_replica_stays_cut_off_is_taken_back_in_time_and_one_whose_old_replica_is_faulted_at_once()
    {
        _bench.RunUntil(() => _bench.BackEnd.IsCopying);
        _bench.BackEnd.Replicas[0] = _bench.BackEnd.Replicas[0] with { IsInSync = false };
        _bench.Round(passMs: (long)Options.CopyTimeout.TotalMilliseconds);
        Assert.Equal((MigrationPhase.Aborting, "copying took too long"), (_bench.Stored.Phase, _bench.Stored.Reason));

        var faulted = new MigrationBench(isSingle: false);
        faulted.RunUntil(() => faulted.BackEnd.IsCopying);
        faulted.BackEnd.Replicas[0] = faulted.BackEnd.Replicas[0] with { IsInSync = false, IsFaulted = true };
        faulted.Round();
        Assert.Equal((MigrationPhase.Aborting, "the old replica is not in sync any more"), (faulted.Stored.Phase, faulted.Stored.Reason));
    }

    [Fact]
    public void An_abort_keeps_the_new_replica_when_another_was_lost()
    {
        _bench.RunUntil(MigrationPhase.Synced);
        _bench.BackEnd.LoseTheOther();
        _bench.Round(command: MigrationCommand.Abort);
        Assert.Equal((MigrationPhase.Failed, "aborted by request; the replica r2 has vanished, so that in hot-c was kept"), (_bench.Stored.Phase, _bench.Stored.Reason));
        Assert.Equal(["r1", "n1"], _bench.BackEnd.Replicas.Select(replica => replica.Id));
    }

    [Fact]
    public void An_abort_that_forgets_ends_although_the_new_replica_cannot_be_removed()
    {
        var single = new MigrationBench(isSingle: true);
        single.RunUntil(() => single.BackEnd.IsCopying);
        single.Round(command: MigrationCommand.Abort);
        single.BackEnd.FaultTarget();
        Assert.Equal(MigrationEffect.RemoveReplica, single.Round(Death.AfterStoring).Effect);
        single.Round(failure: new("the pool is away", false)); // and tried again, for ever

        var forgetting = single.Round(Death.AfterStoring, MigrationCommand.Forget);
        Assert.Equal((MigrationPhase.Aborting, MigrationEffect.ForgetReplica, "n1"), (forgetting.State.Phase, forgetting.Effect, forgetting.Replica));
        Assert.True(single.Stored.IsForgetting);
        single.Round(failure: new("the disk hangs", false));
        Assert.Equal((MigrationPhase.Failed, "aborted by request; n1 was given up, and is left there if its pool is away; n1 in hot-c could not be removed and is left to you (the disk hangs)"), (single.Stored.Phase, single.Stored.Reason));
        Assert.Equal(2, single.BackEnd.Replicas.Count);
    }

    [Fact]
    public void An_abort_that_forgets_removes_what_can_be_removed()
    {
        _bench.RunUntil(() => _bench.BackEnd.IsCopying);
        Assert.Null(_bench.Round(command: MigrationCommand.Forget).Refusal);
        _bench.RunUntil(MigrationPhase.Failed);
        Assert.Equal("aborted by request; n1 was given up, and is left there if its pool is away", _bench.Stored.Reason);
        Assert.Equal(["r1", "r2"], _bench.BackEnd.Replicas.Select(replica => replica.Id));
    }

    [Fact]
    public void An_abort_that_forgets_removes_nothing_that_others_need()
    {
        _bench.RunUntil(() => _bench.BackEnd.IsCopying);
        _bench.BackEnd.Replicas[1] = _bench.BackEnd.Replicas[1] with { IsInSync = false };
        _bench.Round(command: MigrationCommand.Forget);
        _bench.RunUntil(MigrationPhase.Failed);
        Assert.Equal("aborted by request; n1 in hot-c could not be removed and is left to you", _bench.Stored.Reason);
        Assert.Equal((3, 0), (_bench.BackEnd.Replicas.Count, _bench.BackEnd.Removals));
    }

    [Fact]
    public void A_volume_that_cannot_be_read_is_forgotten_with_the_pools_name()
    {
        _bench.RunUntil(MigrationPhase.RemovingSource);
        _bench.Round(command: MigrationCommand.Forget, isSeen: false);
        Assert.Equal((MigrationPhase.Failed, "given up by request; the volume could not be read, so look whether cold-a still holds a replica of it"), (_bench.Stored.Phase, _bench.Stored.Reason));
        Assert.Equal(0, _bench.BackEnd.Removals);
    }

    [Fact]
    public void A_replica_in_the_wrong_pool_is_taken_away_again()
    {
        _bench.BackEnd.Misplaces = "hot-a";
        _bench.RunUntil(MigrationPhase.Failed);

        Assert.Contains("in hot-a, not in hot-c", _bench.Stored.Reason);
        Assert.Equal(["r1", "r2"], _bench.BackEnd.Replicas.Select(replica => replica.Id));
    }

    [Fact]
    public void A_volume_that_vanishes_after_its_switch_ends_the_migration()
    {
        _bench.RunUntil(MigrationPhase.Soaking);
        _bench.BackEnd.Replicas.Clear();
        _bench.RunUntil(MigrationPhase.Failed);
        Assert.Equal("both the old and the new replica are gone", _bench.Stored.Reason);
    }

    [Fact]
    public void Defect_13_a_volume_that_is_on_the_target_already_is_left_alone()
    {
        _bench.BackEnd.Replicas[1] = _bench.BackEnd.Replicas[1] with { Pool = "hot-c" };
        _bench.RunUntil(MigrationPhase.Failed);
        Assert.Contains("in hot-c already", _bench.Stored.Reason);
        Assert.Equal([MigrationPhase.Failed], _bench.Phases);
    }

    [Fact]
    public void R15_a_link_that_is_down_pauses_the_copy_in_one_step_and_it_goes_on_where_it_was()
    {
        _bench.RunUntil(() => _bench.BackEnd.Replicas is [_, _, { SyncedBytes: >= 3_000_000_000 }]);
        _bench.IsPathUp = false;

        var step = _bench.Round();
        Assert.Equal((MigrationPhase.Paused, MigrationEffect.StopCopy, false), (step.State.Phase, step.Effect, step.State.WantsSlot));
        var synced = _bench.BackEnd.Replicas[2].SyncedBytes;
        for (var hour = 0; hour < 23; hour++) step = _bench.Round(passMs: 3_600_000); // it may take long
        Assert.True(step.IsOverdue);
        Assert.Equal((MigrationPhase.Paused, synced), (_bench.Stored.Phase, _bench.BackEnd.Replicas[2].SyncedBytes));

        _bench.IsPathUp = true;
        _bench.RunUntil(MigrationPhase.Copying);
        Assert.Equal(synced, _bench.BackEnd.Replicas[2].SyncedBytes);
        _bench.RunUntil(MigrationPhase.Done);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_path_that_stays_down_has_the_copy_taken_back_unless_somebody_paused_it(bool isHeld)
    {
        _bench.RunUntil(MigrationPhase.Copying);
        _bench.IsPathUp = false;
        _bench.Round();
        if (isHeld) _bench.Round(command: MigrationCommand.Pause);
        var step = _bench.Round();
        for (var hour = 0; hour < 26; hour++) step = _bench.Round(passMs: 3_600_000);

        Assert.Equal(isHeld ? MigrationPhase.Paused : MigrationPhase.Failed, _bench.Stored.Phase);
        Assert.Equal(isHeld ? "paused by request" : "its path did not come back in time", _bench.Stored.Reason);
        Assert.False(step.IsOverdue);
    }

    [Fact]
    public void A_copy_that_was_paused_by_request_waits_for_one_to_go_on()
    {
        _bench.RunUntil(MigrationPhase.Copying);
        _bench.IsPathUp = false;
        _bench.Round();
        _bench.Round(command: MigrationCommand.Pause);
        _bench.IsPathUp = true;
        for (var round = 0; round < 10; round++) _bench.Round();
        Assert.Equal(("paused by request", MigrationPhase.Paused), (_bench.Stored.Reason, _bench.Stored.Phase));

        _bench.Round(command: MigrationCommand.Resume);
        _bench.RunUntil(MigrationPhase.Done);
    }

    [Fact]
    public void A_copy_whose_share_is_taken_away_stops_and_waits()
    {
        _bench.RunUntil(() => _bench.BackEnd.IsCopying);
        _bench.IsGranted = false;
        _bench.Round();
        Assert.Equal((MigrationPhase.WaitingForSlot, false), (_bench.Stored.Phase, _bench.BackEnd.IsCopying));
        _bench.IsGranted = true;
        _bench.RunUntil(MigrationPhase.Done);
    }
}
