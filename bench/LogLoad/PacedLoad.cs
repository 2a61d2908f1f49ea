using System.Diagnostics;
using System.Net.Sockets;
using Actors.Bench.Report;

namespace Actors.Bench.LogLoad;

/// <summary>Sends at a fixed rate whether or not answers come; latency counts from when a request was due, so a stall is seen in full.</summary>
internal static class PacedLoad
{
    private const int SlotsPerSecond = 1_000;

    /// <summary>Runs for a while from this thread over one connection.</summary>
    public static LatencyHistogram Run(LoadConnection connection, int requestsPerSecond, TimeSpan duration)
    {
        var latencies = new LatencyHistogram();
        var slotTicks = Stopwatch.Frequency / SlotsPerSecond;
        var start = Stopwatch.GetTimestamp();
        var slots = (long)(duration.TotalSeconds * SlotsPerSecond);
        for (long slot = 0; slot < slots;)
        {
            var due = start + (slot * slotTicks);
            var now = Stopwatch.GetTimestamp();
            if (now >= due)
            {
                connection.Send((int)(((slot + 1) * requestsPerSecond / SlotsPerSecond) - (slot * requestsPerSecond / SlotsPerSecond)), due);
                slot++;
            }
            else if (connection.Socket.Poll((int)Math.Max(1, (due - now) * 1_000_000 / Stopwatch.Frequency), SelectMode.SelectRead))
            {
                connection.Receive(latencies);
            }
        }

        while (connection.InFlight > 0)
        {
            connection.Receive(latencies);
        }

        return latencies;
    }
}
