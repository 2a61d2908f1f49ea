using Actors.Storage.Migrations;
using static Actors.Storage.Tests.Migrations.MigrationBench;

namespace Actors.Storage.Tests.Migrations;

public sealed partial class MigrationTests
{
    [Fact]
    public void Every_phase_that_can_hang_has_its_time()
    {
        AssertGivenUp(bench => bench.IsGranted = false, MigrationPhase.WaitingForSlot, "no share", Options.SlotTimeout);
        AssertGivenUp(bench => bench.BackEnd.IsStalled = true, MigrationPhase.Copying, "no progress", Options.StallTimeout);

        static void AssertGivenUp(Action<MigrationBench> spoil, MigrationPhase phase, string reason, TimeSpan after)
        {
            var bench = new MigrationBench(isSingle: false);
            spoil(bench);
            bench.RunUntil(phase);
            bench.Round();
            bench.Round();
            bench.Round(passMs: (long)after.TotalMilliseconds - 3_000);
            Assert.Equal(phase, bench.Stored.Phase);
            bench.Round(passMs: 5_000);
            Assert.Equal(MigrationPhase.Aborting, bench.Stored.Phase);
            bench.RunUntil(MigrationPhase.Failed);
            Assert.Contains(reason, bench.Stored.Reason);
            Assert.Equal(["r1", "r2"], bench.BackEnd.Replicas.Select(replica => replica.Id));
        }
    }

    [Fact]
    public void Defect_4_the_policys_timeout_counts_the_time_of_copying_only()
    {
        var machine = new MigrationMachine(Options with { CopyTimeout = TimeSpan.FromSeconds(100) });
        var state = new MigrationState { Volume = "v", SourcePool = "cold-a", TargetPool = "hot-c", SinceMs = 60_000, Phase = MigrationPhase.Copying, Before = ["r1"], CountBefore = 1, Source = "r1", IsTargetAsked = true, CopiedMs = 50_000, ProgressAtMs = 110_000 };

        Assert.Equal(MigrationPhase.Copying, machine.Step(state, new(110_000, null, 1, true)).State.Phase);
        Assert.Equal(90_000, machine.Step(state, new(100_000, null, 1, IsPathUp: false)).State.CopiedMs);
        Assert.Equal((MigrationPhase.Aborting, "copying took too long"), (machine.Step(state, new(110_001, null, 1, true)).State.Phase, machine.Step(state, new(110_001, null, 1, true)).State.Reason));
    }

    [Fact]
    public void Defect_17_an_effect_that_keeps_failing_ends_it_and_one_that_can_not_succeed_at_once()
    {
        _bench.RunUntil(MigrationPhase.Copying);
        Assert.Equal(MigrationEffect.CreateTarget, _bench.Round(Death.AfterStoring).Effect);
        for (var attempt = 1; attempt < Options.MaxAttempts; attempt++)
        {
            Assert.Equal(MigrationEffect.None, _bench.Round(failure: new("busy", false)).Effect); // the pause
            Assert.Equal(attempt, _bench.Stored.Attempts);
            Assert.Equal(MigrationEffect.CreateTarget, _bench.Round(Death.AfterStoring, passMs: 60_000).Effect);
        }

        _bench.Round(failure: new("busy", false));
        Assert.Equal((MigrationPhase.Failed, "busy"), (_bench.Stored.Phase, _bench.Stored.Reason)); // there is nothing to take back

        var full = new MigrationBench(isSingle: false);
        full.RunUntil(MigrationPhase.Copying);
        full.Round(Death.AfterStoring);
        full.Round(failure: new("pool full", true));
        Assert.Equal((MigrationPhase.Failed, "pool full"), (full.Stored.Phase, full.Stored.Reason));
    }

    [Fact]
    public void R4_a_pool_that_is_gone_before_the_switch_ends_it()
    {
        _bench.RunUntil(MigrationPhase.Synced);
        _bench.BackEnd.IsPoolUsable = false;
        _bench.RunUntil(MigrationPhase.Failed);
        Assert.Contains("hot-c is not usable any more", _bench.Stored.Reason);
    }

    [Fact]
    public void R9_the_source_stays_while_another_replica_is_not_in_sync_and_somebody_is_told()
    {
        _bench.RunUntil(MigrationPhase.RemovingSource);
        _bench.BackEnd.Replicas[1] = _bench.BackEnd.Replicas[1] with { IsInSync = false };

        Assert.False(_bench.Round().IsOverdue);
        Assert.True(_bench.Round(passMs: 700_000).IsOverdue);
        Assert.Equal(0, _bench.BackEnd.Removals);
        _bench.BackEnd.Replicas[1] = _bench.BackEnd.Replicas[1] with { IsInSync = true };
        _bench.RunUntil(MigrationPhase.Done);
    }

    [Fact]
    public void R9_an_abort_removes_nothing_while_another_replica_is_not_in_sync()
    {
        _bench.RunUntil(() => _bench.BackEnd.IsCopying);
        _bench.BackEnd.Replicas[1] = _bench.BackEnd.Replicas[1] with { IsInSync = false };
        _bench.Round(command: MigrationCommand.Abort);
        for (var round = 0; round < 5; round++) _bench.Round();

        Assert.Equal((MigrationPhase.Aborting, 3), (_bench.Stored.Phase, _bench.BackEnd.Replicas.Count));
        Assert.True(_bench.Round(passMs: 700_000).IsOverdue);
        _bench.BackEnd.Replicas[1] = _bench.BackEnd.Replicas[1] with { IsInSync = true };
        _bench.RunUntil(MigrationPhase.Failed);
        Assert.Equal(["r1", "r2"], _bench.BackEnd.Replicas.Select(replica => replica.Id));
    }

    [Fact]
    public void A_copy_that_begins_anew_has_its_progress_counted_from_there()
    {
        var machine = new MigrationMachine(Options);
        var state = new MigrationState { Volume = "v", SourcePool = "cold-a", TargetPool = "hot-c", SinceMs = 0, Phase = MigrationPhase.Copying, Before = ["r1"], CountBefore = 1, Source = "r1", IsTargetAsked = true, ProgressBytes = 900, ProgressAtMs = 0 };
        state = machine.Step(state, new(1_000, View(0), 1, true)).State;
        Assert.Equal((0L, 0L), (state.ProgressBytes, state.ProgressAtMs));
        state = machine.Step(state, new(2_000, View(100), 1, true)).State;
        Assert.Equal((100L, 2_000L), (state.ProgressBytes, state.ProgressAtMs));

        static VolumeView View(long synced) => new([new("r1", "cold-a", true, false, true, 1_000), new("r2", "hot-c", false, false, false, synced)], "r1", true, 1, true);
    }
}
