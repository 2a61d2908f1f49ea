using System.Diagnostics;
using Actors.Bench.Report;

namespace Actors.Bench.Grains;

/// <summary>One caller: call, await, call again.</summary>
internal static class CallLoop
{
    /// <summary>For methods that answer with a task.</summary>
    public static async Task RunAsync(Func<int, Task<int>> call, int count, LatencyHistogram? latencies)
    {
        for (int i = 0; i < count; i++)
        {
            long started = latencies is null ? 0 : Stopwatch.GetTimestamp();
            await call(i);
            latencies?.Record(Stopwatch.GetTimestamp() - started);
        }
    }

    /// <summary>For methods that answer with a value task.</summary>
    public static async Task RunAsync(Func<int, ValueTask<int>> call, int count, LatencyHistogram? latencies)
    {
        for (int i = 0; i < count; i++)
        {
            long started = latencies is null ? 0 : Stopwatch.GetTimestamp();
            await call(i);
            latencies?.Record(Stopwatch.GetTimestamp() - started);
        }
    }
}
