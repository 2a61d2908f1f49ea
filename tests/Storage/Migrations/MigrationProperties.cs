using Actors.Storage.Migrations;
using FsCheck;
using FsCheck.Fluent;
using static Actors.Storage.Tests.Migrations.MigrationBench;

namespace Actors.Storage.Tests.Migrations;

/// <summary>Deaths, failures, lost answers, links, shares, commands and broken replicas in any order; then everything heals. FsCheck prints the seed.</summary>
public sealed class MigrationProperties
{
    private static int Cases => Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 50_000 : 1_000;

    // The replica that is removed by mistake is one that stands in the place of a lost one.
    private static readonly int[] ReplacementRemovedByMistake =
    [
        7425029, 151450, 2983318, 9656449, 12640292, 7921335, 8452126, 6685924, 13898983, 6092313, 16407793, 10649980, 14099103, 3263073, 5827358, 2990484, 14871848, 4661196, 10242350,
        10050918, 14559007, 11828550, 6314266, 12178612, 1747249, 16485788, 324383,
    ];

    // The new one is made in the wrong pool, and before it is seen another in the place of a lost one.
    private static readonly int[] MisplacedBesideReplacement =
    [
        8506287, 6574814, 6997502, 15376610, 981844, 13930588, 4138224, 14561066, 1719727, 1402067, 10435065, 10638682, 10368675, 9712854, 6464599, 4431711, 10377136, 16015906, 1349912, 9651576,
        192827, 2094615, 14091224, 2472072, 15437203, 14645015, 1108501,
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void R9_whatever_happens_the_volume_ends_whole_on_the_old_or_the_new_pool(bool isSingle)
    {
        int done = 0, failed = 0, kept = 0;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Cases).WithStartSize(10).WithEndSize(120),
            Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 24))), steps =>
            {
                var (isDone, isKept) = Run(isSingle, steps);
                if (isDone) done++;
                else failed++;
                if (isKept) kept++;
            }));
        Assert.True(done > Cases / 20 && failed > Cases / 20 && (isSingle || kept > Cases / 100), $"{done} ended on the new pool, {failed} on the old one, and {kept} of them on both: the steps do not reach far");
    }

    [Fact]
    public void R9_a_replica_that_was_replaced_and_is_then_removed_by_mistake_leaves_the_volume_whole() => Assert.Equal((false, true), Run(isSingle: false, ReplacementRemovedByMistake));

    [Fact]
    public void R9_one_in_the_wrong_pool_that_cannot_be_told_from_a_replacement_stays_beside_it() => Assert.Equal((false, true), Run(isSingle: false, MisplacedBesideReplacement));

    private static (bool IsDone, bool IsKept) Run(bool isSingle, int[] steps)
    {
        var bench = new MigrationBench(isSingle);
        MigrationFailure? failure = null;
        foreach (var step in steps)
        {
            var chance = step >> 8;
            bench.IsPathUp = chance % 9 != 0;
            bench.IsGranted = chance % 7 != 0;
            bench.BackEnd.IsStalled = chance % 13 == 0;
            bench.BackEnd.IsPoolUsable = chance % 101 != 0;
            bench.BackEnd.Misplaces = chance % 37 == 0 ? "hot-a" : null;
            if (chance % 61 == 0) bench.BackEnd.FaultTarget();
            if (chance % 97 == 0) bench.BackEnd.RemovesTheWrongOne = true;
            if (chance % 89 == 0) bench.BackEnd.RemovesTheOther = true;
            if (chance % 67 == 0 && bench.Stored.Phase != MigrationPhase.Planned) bench.BackEnd.LoseTheOther();
            if (chance % 71 == 0 && !bench.Stored.IsFinal) bench.BackEnd.Heal();
            // Not between the new one's being asked for and its being seen.
            var isTold = bench.Stored is { Phase: not MigrationPhase.Planned, IsFinal: false } && (bench.Stored.Target is not null || !bench.Stored.IsTargetAsked);
            if (chance % 83 == 0 && isTold) bench.BackEnd.AddByHand();
            if (chance % 79 == 0 && !bench.Stored.IsFinal) bench.BackEnd.RemoveByHand();
            var death = (Death)(step % 16 > 3 ? 0 : step % 16);
            var command = (MigrationCommand)(chance % 53 is var asked && asked > 3 ? 0 : asked);
            bench.Round(death, command, failure, isSeen: chance % 11 != 0, passMs: 100 + chance % 20_000);
            failure = chance % 5 == 0 && death is Death.None or Death.AfterStoring ? new("no answer", chance % 200 == 0) : null;
        }

        (bench.IsPathUp, bench.IsGranted, bench.BackEnd.IsStalled, bench.BackEnd.IsPoolUsable, bench.BackEnd.Misplaces) = (true, true, false, true, null);
        if (bench.Stored.Phase == MigrationPhase.Paused) bench.Round(command: MigrationCommand.Resume);
        bench.RunUntil(() => bench.Stored.IsFinal);

        var (isDone, isKept) = (bench.Stored.Phase == MigrationPhase.Done, false);
        string[] byHand = bench.BackEnd.HasOneByHand ? ["cold-x"] : [];
        string[] kept = isSingle ? [] : !bench.BackEnd.HasLostTheOther ? ["cold-b"] : bench.BackEnd.HasHealed ? ["cold-s"] : [];
        string[] others = [.. kept, .. byHand];
        var pools = bench.BackEnd.Replicas.Select(replica => replica.Pool).Except(others).ToList();
        Assert.Equal(bench.BackEnd.Replicas.Count, others.Length + pools.Count);
        if (bench.BackEnd.HasLostTheOther && !isDone && pools is ["cold-a", "hot-c" or "hot-a"])
        {
            isKept = true; // in the place of the one that was lost
            if (pools is [_, "hot-c"] || !bench.Stored.Reason!.Contains("is not known", StringComparison.Ordinal)) Assert.Empty(kept); // or, made in the wrong pool, could not be told from the one that has come there
        }
        else
        {
            Assert.Equal([isDone ? "hot-c" : "cold-a"], pools);
            Assert.All(bench.BackEnd.Replicas, replica => Assert.True(replica.IsInSync));
            Assert.False(bench.BackEnd.IsCopying);
        }

        Assert.Equal(isSingle ? bench.BackEnd.Replicas.Single(replica => !byHand.Contains(replica.Pool)).Id : null, bench.BackEnd.Active);
        if (!isDone) Assert.False(string.IsNullOrEmpty(bench.Stored.Reason));
        return (isDone, isKept);
    }
}
