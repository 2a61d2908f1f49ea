using Actors.Bench.Report;

namespace Actors.Bench.Grains;

/// <summary>
/// <c>scripts/bench grains</c>: local grain calls, activations and writes of grain state, each beside its floor, in turns and
/// in one process, with the runtime's metrics collected every second.
/// </summary>
internal static class GrainsBenchmark
{
    private static readonly int[] InFlight = [1, 16, 64];

    /// <summary>
    /// Options: <c>--calls</c> and <c>--rounds</c> of each comparison, <c>--writes</c> of each caller, <c>--activations</c>,
    /// <c>--in-flight</c> for one number of callers, <c>--shape</c> for the shapes whose names contain it, and
    /// <c>--fsync-ms</c>, which makes the disk slower for the shapes that use one and leaves the others out.
    /// </summary>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        int fsyncMs = arguments.Number("fsync-ms", 0, 0, 1000);
        int calls = arguments.Number("calls", 1_000_000, 1_000);
        int writes = arguments.Number("writes", 300, 1);
        int rounds = arguments.Number("rounds", 5, 1, 100);
        int activations = arguments.Number("activations", 30_000, 100);
        int only = arguments.Number("in-flight", 0, 0, 100_000);
        string shape = arguments.Shape(fsyncMs > 0 ? [StateShapes.Grain] : [.. CallShapes.Grains, Activations.Name, StateShapes.Grain]);
        arguments.RefuseRest();

        var report = new BenchReport(fsyncMs == 0 ? "grains" : $"grains-fsync-{fsyncMs}ms");
        int[] inFlight = only > 0 ? [only] : InFlight;
        if (fsyncMs > 0)
        {
            Console.Error.WriteLine("Calls and activations touch no disk: with a slower one, only writes of grain state are measured.");
        }
        else
        {
            await CallShapes.CompareAsync(report, inFlight, calls, rounds, shape);
            if (Activations.Name.Contains(shape, StringComparison.Ordinal))
            {
                await Activations.MeasureAsync(report, activations, rounds);
            }
        }

        await StateShapes.CompareAsync(report, inFlight, writes, rounds, shape, fsyncMs);
        report.Finish();
        return 0;
    }
}
