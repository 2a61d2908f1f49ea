using System.Diagnostics;
using Actors.Bench.Report;
using Orleans;

namespace Actors.Bench.Grains;

/// <summary>How fast grains come to life, and what each keeps in memory. Every round has a silo of its own.</summary>
internal static class Activations
{
    /// <summary>What <c>--shape</c> chooses it by.</summary>
    public const string Name = "activations";

    private const int Callers = 64;

    /// <summary>Adds the row: medians of the rounds, after one that warms up.</summary>
    public static async Task MeasureAsync(BenchReport report, int count, int rounds)
    {
        var measured = new List<(double PerSecond, double Bytes)>();
        for (int round = -1; round < rounds; round++)
        {
            (double PerSecond, double Bytes) one = await ActivateAsync(count);
            if (round >= 0)
            {
                measured.Add(one);
            }
        }

        report.Add(
            $"{count:N0} {Name}",
            BenchReport.Figure("activations/s", Comparison.Median(measured.Select(static one => one.PerSecond))),
            BenchReport.Figure("bytes each", Comparison.Median(measured.Select(static one => one.Bytes))));
    }

    private static async Task<(double PerSecond, double Bytes)> ActivateAsync(int count)
    {
        await using BenchSilo silo = await BenchSilo.StartAsync(database: null);
        IGrainFactory grains = silo.Grains;
        await grains.GetGrain<IPingGrain>("first").Ping(0);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (int i = caller; i < count; i += Callers)
            {
                await grains.GetGrain<IPingGrain>($"agent-{i}").Ping(i);
            }
        })));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        long after = GC.GetTotalMemory(forceFullCollection: true);
        return (count / seconds, (after - before) / (double)count);
    }
}
