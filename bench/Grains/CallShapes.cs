using Actors.Bench.Report;
using Orleans;

namespace Actors.Bench.Grains;

/// <summary>Local calls of the smallest methods, beside "allocate a request, queue it to the thread pool, complete it".</summary>
internal static class CallShapes
{
    private const string OnePerCaller = "grain, one per caller";
    private const string OneForAll = "grain, one for all";
    private const string OnePerCallerValueTask = "grain, one per caller, ValueTask";
    private const string OnePerCallerCounted = "grain, one per caller, counted by the overview";
    private const string Floor = "floor";
    private const string ValueFloor = "floor, ValueTask";

    /// <summary>What is measured, beside floors.</summary>
    public static IReadOnlyList<string> Grains { get; } = [OnePerCaller, OneForAll, OnePerCallerValueTask, OnePerCallerCounted];

    /// <summary>Compares the shapes whose names contain <paramref name="only"/>, at each number in flight; floors are always among them.</summary>
    public static async Task CompareAsync(BenchReport report, int[] inFlight, int calls, int rounds, string only)
    {
        await using BenchSilo silo = await BenchSilo.StartAsync(database: null);
        await using BenchSilo counting = await BenchSilo.StartAsync(database: null, counted: true);
        IGrainFactory grains = silo.Grains;
        Shape[] shapes =
        [
            new(Floor, null, static (_, count, latencies) => CallLoop.RunAsync(FloorRequest.CallAsync, count, latencies)),
            new("floor, common queue", null, static (_, count, latencies) => CallLoop.RunAsync(FloorPooledRequest.CallAsync, count, latencies)),
            new(ValueFloor, null, static (_, count, latencies) => CallLoop.RunAsync(FloorValueRequest.CallAsync, count, latencies)),
            new(OnePerCaller, Floor, (caller, count, latencies) => CallLoop.RunAsync(grains.GetGrain<IPingGrain>($"ping-{caller}").Ping, count, latencies)),
            new(OneForAll, Floor, (_, count, latencies) => CallLoop.RunAsync(grains.GetGrain<IPingGrain>("ping").Ping, count, latencies)),
            new(OnePerCallerValueTask, ValueFloor, (caller, count, latencies) => CallLoop.RunAsync(grains.GetGrain<IPingGrain>($"ping-{caller}").PingValue, count, latencies)),
            new(OnePerCallerCounted, Floor, (caller, count, latencies) => CallLoop.RunAsync(counting.Grains.GetGrain<IPingGrain>($"ping-{caller}").Ping, count, latencies)),
        ];
        Shape[] chosen = [.. shapes.Where(shape => shape.Floor is null || shape.Name.Contains(only, StringComparison.Ordinal))];
        if (chosen.All(static shape => shape.Floor is null))
        {
            return;
        }

        foreach (int callers in inFlight)
        {
            await Comparison.RunAsync(report, chosen, callers, Math.Max(1, calls / callers), rounds);
        }
    }
}
