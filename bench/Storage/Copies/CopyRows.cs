using System.Diagnostics;
using Actors.Bench.Report;
using Actors.Storage.BackEnds;
using Actors.Storage.Pacing;

namespace Actors.Bench.Storage.Copies;

/// <summary>Rows about copies of real files on a real disk: whether a copy keeps its budget, whether several share it, and what an application feels of one.</summary>
/// <param name="report">Takes the rows.</param>
/// <param name="folder">On the disk.</param>
/// <param name="pairs">How often the application is measured, each time without a migration and with one.</param>
/// <param name="windowSeconds">For how long each time.</param>
internal sealed class CopyRows(BenchReport report, string folder, int pairs, int windowSeconds)
{
    /// <summary>A copy alone.</summary>
    public const string Budget = "a paced copy at 30 % of the disk";

    /// <summary>Copies that share.</summary>
    public const string Shares = "three migrations on one link";

    /// <summary>An application beside one.</summary>
    public const string Application = "an application beside a migration";

    private const long Megabyte = 1_000_000;
    private const double Part = 0.3;
    private const int RampSeconds = 10;
    private const int MeasuredSeconds = 10;
    private const long MinCopyBytesPerSecond = 8 << 20;
    private const long MaxCopyBytesPerSecond = 200 << 20;
    private const int WritesPerSecond = 200;
    private const int LeadSeconds = 2;
    private const int LenderSeconds = 6; // a new one lends nothing for 5 s

    /// <summary>The rows' names.</summary>
    public static IReadOnlyList<string> Names { get; } = [Budget, Shares, Application];

    /// <summary>Measures the rows whose names contain a text.</summary>
    public async Task MeasureAsync(string shape)
    {
        if (!Names.Any(name => name.Contains(shape, StringComparison.Ordinal))) return;
        await using var world = CopyWorld.Create(folder);
        var floor = world.MeasureFloor(2_000 * Megabyte);
        if (Budget.Contains(shape, StringComparison.Ordinal)) await MeasureBudgetAsync(world, floor);
        if (Shares.Contains(shape, StringComparison.Ordinal)) await MeasureSharesAsync(world, floor);
        if (Application.Contains(shape, StringComparison.Ordinal)) await MeasureApplicationAsync(world, floor);
    }

    private async Task MeasureBudgetAsync(CopyWorld world, double floor)
    {
        var budget = (long)(floor * Part);
        await world.AddAsync("alone", budget * (RampSeconds + MeasuredSeconds + 5) / (1 << 20) * (1 << 20));
        var pacing = CopyPacing.OverNoLink(MinCopyBytesPerSecond);
        await using var migration = new Migration(world, "alone", () => Task.FromResult(Migration.Lent(budget, pacing)));
        await PassAsync(RampSeconds);
        var (copied, since) = (migration.CopiedBytes, Stopwatch.GetTimestamp());
        await PassAsync(MeasuredSeconds);
        var rate = (migration.CopiedBytes - copied) / Stopwatch.GetElapsedTime(since).TotalSeconds;
        report.Add(
            Budget,
            BenchReport.Figure("disk MB/s", floor / Megabyte),
            BenchReport.Figure("budget MB/s", (double)budget / Megabyte),
            BenchReport.Figure("copied MB/s", rate / Megabyte),
            BenchReport.Figure("% of budget", 100 * rate / budget),
            BenchReport.Figure("aim: at least %", 95),
            BenchReport.Figure("aim: at most %", 102));
    }

    private async Task MeasureSharesAsync(CopyWorld world, double floor)
    {
        string[] volumes = ["one", "two", "three"];
        await using var lender = await ShareLender.StartAsync();
        var budget = await lender.BudgetAsync();
        foreach (var volume in volumes) await world.AddAsync(volume, budget / 3 * (LenderSeconds + RampSeconds + MeasuredSeconds + 5) / (1 << 20) * (1 << 20));
        var migrations = volumes.Select(volume => new Migration(world, volume, () => lender.AskAsync(volume))).ToList();
        await PassAsync(LenderSeconds + RampSeconds);
        var copied = migrations.Select(static migration => migration.CopiedBytes).ToList();
        var since = Stopwatch.GetTimestamp();
        await PassAsync(MeasuredSeconds);
        var rates = migrations.Select((migration, index) => (migration.CopiedBytes - copied[index]) / Stopwatch.GetElapsedTime(since).TotalSeconds).ToList();
        foreach (var migration in migrations) await migration.DisposeAsync();
        report.Add(
            Shares,
            BenchReport.Figure("disk MB/s", floor / Megabyte),
            BenchReport.Figure("budget MB/s", (double)budget / Megabyte),
            BenchReport.Figure("copied MB/s", rates.Sum() / Megabyte),
            BenchReport.Figure("% of budget", 100 * rates.Sum() / budget),
            BenchReport.Figure("farthest from a third %", rates.Max(rate => Math.Abs(rate - rates.Average()) / rates.Average() * 100)),
            BenchReport.Figure("aim: at most %", 5));
    }

    private async Task MeasureApplicationAsync(CopyWorld world, double floor)
    {
        await world.AddAsync("moves", 2_000 * (1L << 20));
        var application = new ApplicationLoop(world.PathOf("application"), WritesPerSecond);
        application.Prepare();
        await application.RunAsync(TimeSpan.FromSeconds(2));
        var pacing = CopyPacing.OverNoLink(MinCopyBytesPerSecond);
        var (alone, paced, unpaced) = (new List<double>(), new List<double>(), new List<double>());
        var (pacedRates, unpacedRates) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < pairs; pair++)
        {
            // The order turns, so that no kind of window always comes after the same one.
            for (var turn = 0; turn < 3; turn++)
            {
                switch ((pair + turn) % 3)
                {
                    case 0:
                        alone.Add(P99(await application.RunAsync(TimeSpan.FromSeconds(windowSeconds))));
                        break;
                    case 1:
                        paced.Add(await BesideAsync(() => Task.FromResult(Migration.Lent(MaxCopyBytesPerSecond, pacing)), pacedRates));
                        break;
                    default:
                        unpaced.Add(await BesideAsync(static () => Task.FromResult(Migration.Lent(1L << 40, null)), unpacedRates));
                        break;
                }
            }

            Console.Error.WriteLine(FormattableString.Invariant($"  pair {pair + 1} of {pairs}: p99 {alone[pair]:N0} us alone, {paced[pair]:N0} paced at {pacedRates[pair] / Megabyte:0} MB/s, {unpaced[pair]:N0} unpaced at {unpacedRates[pair] / Megabyte:0}"));
        }

        report.Add(
            Application,
            BenchReport.Figure("disk MB/s", floor / Megabyte),
            BenchReport.Figure("writes/s", WritesPerSecond),
            BenchReport.Figure("pairs", pairs),
            BenchReport.Figure("window s", windowSeconds),
            BenchReport.Figure("p99 us alone", Median(alone)),
            BenchReport.Figure("p99 us paced", Median(paced)),
            BenchReport.Figure("p99 us unpaced", Median(unpaced)),
            BenchReport.Figure("paced MB/s", Median(pacedRates) / Megabyte),
            BenchReport.Figure("unpaced MB/s", Median(unpacedRates) / Megabyte),
            BenchReport.Figure("median ratio paced", Median([.. paced.Select((one, pair) => one / alone[pair])])),
            BenchReport.Figure("median ratio unpaced", Median([.. unpaced.Select((one, pair) => one / alone[pair])])),
            BenchReport.Figure("aim: paced at most", 1.5));

        async Task<double> BesideAsync(Func<Task<CopyRate>> rate, List<double> rates)
        {
            await using var migration = new Migration(world, "moves", rate);
            // Both are there before: the copy has met the application when it begins to count.
            await application.RunAsync(TimeSpan.FromSeconds(LeadSeconds));
            var (copied, since) = (migration.CopiedBytes, Stopwatch.GetTimestamp());
            var took = await application.RunAsync(TimeSpan.FromSeconds(windowSeconds));
            rates.Add((migration.CopiedBytes - copied) / Stopwatch.GetElapsedTime(since).TotalSeconds);
            return P99(took);
        }
    }

    private static Task PassAsync(int seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);

    private static double P99(double[] sorted) => sorted[(int)(sorted.Length * 0.99)];

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
