using System.Globalization;
using System.Text.Json.Nodes;
using Actors.Storage.Policies;

namespace Actors.Storage.Tests.Simulation;

/// <summary>2,000 volumes, 100 policies and three links over weeks. A run is its seed: ACTORS_TEST_SEED repeats one.</summary>
public sealed class ClusterSimulationTests(ITestOutputHelper output)
{
    private const long HourMs = 3_600_000;

    private static bool IsLong => Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1";

    public static TheoryData<int> Seeds => Environment.GetEnvironmentVariable("ACTORS_TEST_SEED") is { } seed
        ? [int.Parse(seed, CultureInfo.InvariantCulture)]
        : [.. Enumerable.Range(1, IsLong ? 12 : 1).Select(static number => 20_261_122 + number)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Over_weeks_nothing_flaps_no_cooldown_is_broken_no_budget_exceeded_and_every_volume_ends_where_its_policy_says(int seed)
    {
        output.WriteLine(FormattableString.Invariant($"ACTORS_TEST_SEED={seed}"));
        var settings = new SimulationSettings(seed, Volumes: 2_000, Policies: 100, Weeks: IsLong ? 6 : 3, ReconcileMs: IsLong ? HourMs / 12 : 2 * HourMs);
        var cluster = new ClusterSimulation(settings);

        cluster.Run();

        var ended = cluster.Moves.Count(static move => move.IsDone);
        output.WriteLine(FormattableString.Invariant(
            $"{cluster.Moves.Count} moves, {ended} done, {cluster.Failures} failed; at most {cluster.MostCopies} copies at once; {cluster.Downs} links down, {cluster.Deaths} deaths, {cluster.BlindRounds} rounds without data"));
        Assert.InRange(ended, settings.Volumes / 3, settings.Volumes * settings.Weeks);
        Assert.Equal((cluster.Moves.Count, cluster.Failures), (cluster.Statuses.Sum(static status => (int)status.TotalMigrations), cluster.Statuses.Sum(static status => (int)status.FailedMigrations)));
        Assert.All((int[])[cluster.Failures, cluster.Downs, cluster.Deaths, cluster.BlindRounds, cluster.MostCopies - 6], static happened => Assert.True(happened > 0, "what was to go wrong did not"));
        foreach (var volume in cluster.Volumes)
        {
            Assert.True(volume.Habit.Stays(cluster.TierOf(volume), Spec, ClusterSimulation.Options.MarginPercent), $"{volume.Name} with {volume.Habit} ended in {cluster.TierOf(volume)}");
        }

        foreach (var moves in cluster.Moves.GroupBy(static move => move.Volume))
        {
            foreach (var (first, second) in moves.Zip(moves.Skip(1)))
                Assert.True(second.AtMs - first.AtMs >= SimulationSettings.DayMs, $"{first.Volume.Name} moved at {first.AtMs} ms and again at {second.AtMs} ms");
            // While its habit is the same, no volume comes back to a tier that it left.
            foreach (var stretch in moves.Where(static move => move.IsDone).GroupBy(move => settings.ChangesMs.Count(change => change <= move.AtMs)))
                Assert.DoesNotContain(stretch.Zip(Enumerable.Range(0, 99)), pair => stretch.Take(pair.Second + 1).Any(before => before.From == pair.First.To));
        }
    }

    [Fact]
    public void A_seed_is_a_run()
    {
        var settings = new SimulationSettings(7, Volumes: 60, Policies: 6, Weeks: 3, ReconcileMs: 6 * HourMs);

        Assert.Equal(Run(settings), Run(settings));
        Assert.NotEqual(Run(settings), Run(settings with { Seed = 8 }));

        static string Run(SimulationSettings settings)
        {
            var cluster = new ClusterSimulation(settings);
            cluster.Run();
            return string.Join(' ', cluster.Moves.Select(static move => FormattableString.Invariant($"{move.Volume.Name}@{move.AtMs}:{move.To}{move.IsDone}")));
        }
    }

    private static StoragePolicySpec Spec => PolicyFields.Read(new() { ["warmPoolSelector"] = new JsonObject() }, []);
}
