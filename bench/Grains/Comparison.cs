using System.Diagnostics;
using Actors.Bench.Report;

namespace Actors.Bench.Grains;

/// <summary>
/// Measures shapes in turns: a round of each, then the next round of each, so that the machine's moods meet all of them. A
/// round is a run without clock readings, for the rate, and a shorter one that times every call. The figures are medians of
/// the rounds; the first round of each warms up and is not counted.
/// </summary>
internal static class Comparison
{
    private const int TimedShare = 4;

    /// <summary>Adds a row per shape.</summary>
    /// <param name="report">Takes the rows.</param>
    /// <param name="shapes">Floors before what is held against them.</param>
    /// <param name="inFlight">How many callers there are, each with one call at a time.</param>
    /// <param name="each">Calls of one caller in a round.</param>
    /// <param name="rounds">How many rounds count.</param>
    public static async Task RunAsync(BenchReport report, IReadOnlyList<Shape> shapes, int inFlight, int each, int rounds)
    {
        List<Sample>[] samples = [.. shapes.Select(static _ => new List<Sample>())];
        LatencyHistogram[] latencies = [.. shapes.Select(static _ => new LatencyHistogram())];
        for (int round = -1; round < rounds; round++)
        {
            for (int shape = 0; shape < shapes.Count; shape++)
            {
                Sample sample = await MeasureAsync(shapes[shape], inFlight, each);
                LatencyHistogram timed = await TimeAsync(shapes[shape], inFlight, Math.Max(1, each / TimedShare));
                if (round >= 0)
                {
                    samples[shape].Add(sample);
                    latencies[shape].Add(timed);
                }
            }
        }

        var floors = new Dictionary<string, double>(StringComparer.Ordinal);
        for (int shape = 0; shape < shapes.Count; shape++)
        {
            double perSecond = Median(samples[shape].Select(static sample => sample.PerSecond));
            floors[shapes[shape].Name] = perSecond;
            report.Add($"{inFlight} in flight: {shapes[shape].Name}", [
                BenchReport.Figure("calls/s", perSecond),
                .. shapes[shape].Floor is { } floor ? [BenchReport.Figure("% of floor", 100 * perSecond / floors[floor])] : Array.Empty<KeyValuePair<string, double>>(),
                BenchReport.Figure("p50 us", latencies[shape].PercentileMicroseconds(0.5)),
                BenchReport.Figure("p99 us", latencies[shape].PercentileMicroseconds(0.99)),
                BenchReport.Figure("max us", latencies[shape].MaxMicroseconds),
                BenchReport.Figure("CPU us/call", Median(samples[shape].Select(static sample => sample.CpuMicroseconds))),
                BenchReport.Figure("bytes/call", Median(samples[shape].Select(static sample => sample.AllocatedBytes))),
            ]);
        }
    }

    /// <summary>The middle one; the upper of two.</summary>
    public static double Median(IEnumerable<double> figures)
    {
        double[] sorted = [.. figures.Order()];
        return sorted[sorted.Length / 2];
    }

    private static async Task<Sample> MeasureAsync(Shape shape, int inFlight, int each)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long bytes = GC.GetTotalAllocatedBytes();
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(caller => Task.Run(() => shape.Caller(caller, each, null))));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double total = (double)each * inFlight;
        return new Sample(
            total / seconds, (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / total, (GC.GetTotalAllocatedBytes() - bytes) / total);
    }

    private static async Task<LatencyHistogram> TimeAsync(Shape shape, int inFlight, int each)
    {
        LatencyHistogram[] latencies = [.. Enumerable.Range(0, inFlight).Select(static _ => new LatencyHistogram())];
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(caller => Task.Run(() => shape.Caller(caller, each, latencies[caller]))));
        var all = new LatencyHistogram();
        Array.ForEach(latencies, all.Add);
        return all;
    }
}
