using System.Diagnostics;
using System.Diagnostics.Metrics;
using Actors.Bench.Report;
using Actors.Bench.Storage.Copies;
using Actors.Storage.Heat;
using Actors.Storage.Heat.Prometheus;
using Actors.Storage.Tiering;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Bench.Storage;

/// <summary>
/// <c>scripts/bench storage</c>: what a reconcile of everything takes, from the question to Prometheus to the statuses: the time, the processor time of this process
/// alone, its memory, and how many queries it takes. Each round asks Prometheus anew. Then what copies of real files take, and what an application feels of them (<see cref="CopyRows"/>).
/// </summary>
internal static class StorageBenchmark
{
    private static readonly StorageShape[] Shapes =
    [
        new(100, 1, 1, 100), // the predecessor takes 5 s for this
        new(100, 10, 1, 100),
        new(2_000, 100, 1, 100),
        new(2_000, 100, 3, 100),
        new(2_000, 100, 3, 0),
        new(2_000, 100, 100, 100),
    ];

    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        var rounds = arguments.Number("rounds", 50, 3);
        var (pairs, seconds) = (arguments.Number("pairs", 10, 1), arguments.Number("seconds", 6, 1));
        var folder = Path.GetFullPath(arguments.Text("directory", Path.Combine("artifacts", "bench")));
        var shape = arguments.Shape([.. Shapes.Select(static one => one.Name), .. CopyRows.Names]);
        arguments.RefuseRest();
        var report = new BenchReport("storage");
        foreach (var one in Shapes.Where(one => one.Name.Contains(shape, StringComparison.Ordinal))) await MeasureAsync(report, one, rounds);
        await new CopyRows(report, folder, pairs, seconds).MeasureAsync(shape);
        report.Finish();
        return 0;
    }

    private static async Task MeasureAsync(BenchReport report, StorageShape shape, int rounds)
    {
        using var prometheus = SlowPrometheusProcess.Start(shape.Volumes, shape.DelayMs);
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        await using var source = new PrometheusHeatSource(
            new PrometheusOptions { Address = prometheus.Address, CacheLifetime = TimeSpan.Zero }, new HeatOptions(), TimeProvider.System,
            new PrometheusMetrics(services.GetRequiredService<IMeterFactory>()));
        var world = new StorageWorld(shape);
        var round = new PolicyRound(new TieringOptions());
        var before = Environment.WorkingSet;
        var first = await RoundAsync();
        for (var warm = 0; warm < 5; warm++) await RoundAsync();

        GC.Collect();
        var (queries, processor, allocated) = (prometheus.Queries(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
        var took = new List<double>();
        for (var index = 0; index < rounds; index++) took.Add(await RoundAsync());
        took.Sort();
        (queries, processor, allocated) = (prometheus.Queries() - queries, Environment.CpuUsage.TotalTime - processor, GC.GetTotalAllocatedBytes() - allocated);
        report.Add(
            shape.Name,
            BenchReport.Figure("p50 ms", took[took.Count / 2]),
            BenchReport.Figure("max ms", took[^1]),
            BenchReport.Figure("first ms", first),
            BenchReport.Figure("CPU ms/round", processor.TotalMilliseconds / rounds),
            BenchReport.Figure("allocated MB/round", allocated / 1e6 / rounds),
            BenchReport.Figure("resident MB", Environment.WorkingSet / 1e6),
            BenchReport.Figure("before the first MB", before / 1e6),
            BenchReport.Figure("heap MB", GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes / 1e6),
            BenchReport.Figure("live MB", GC.GetTotalMemory(forceFullCollection: true) / 1e6),
            BenchReport.Figure("queries/round", queries / rounds));

        async Task<double> RoundAsync()
        {
            var since = Stopwatch.GetTimestamp();
            var heat = await source.ReadAsync(world.Policies.Select(static pair => pair.Policy.Spec), CancellationToken.None);
            world.Take(round.Reconcile(
                world.Policies, world.Volumes, world.Pools, (volume, policy) => heat.Of(volume.Name, policy.Spec.SamplingWindow), world.MemoryOf, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
            return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        }
    }
}
