using System.Diagnostics;
using System.Net.Sockets;
using Actors.Bench.Report;

namespace Actors.Bench.LogLoad;

/// <summary>Sends at a fixed rate whether or not answers come; latency counts from when a request was due, so a stall is seen in full.</summary>
internal static class PacedLoad
{
    private const int SlotsPerSecond = 1_000;

    /// <summary>Runs for a while from this thread; every millisecond's requests go over the next connection.</summary>
    public static LatencyHistogram Run(IReadOnlyList<LoadConnection> connections, int requestsPerSecond, TimeSpan duration)
    {
        var sockets = connections.ToDictionary(connection => connection.Socket);
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
                connections[(int)(slot % connections.Count)].Send((int)(((slot + 1) * requestsPerSecond / SlotsPerSecond) - (slot * requestsPerSecond / SlotsPerSecond)), due);
                slot++;
            }
            else
            {
                var readable = sockets.Keys.ToList();
                Wait(readable, (int)Math.Max(1, (due - now) * 1_000_000 / Stopwatch.Frequency));
                readable.ForEach(socket => sockets[socket].Receive(latencies));
            }
        }

        foreach (var connection in connections)
        {
            while (connection.InFlight > 0)
            {
                connection.Receive(latencies);
            }
        }

        return latencies;
    }

    /// <summary>Waits until something can be read, and leaves those sockets in the list.</summary>
    private static void Wait(List<Socket> sockets, int microseconds)
    {
        if (sockets is not [var only])
        {
            Socket.Select(sockets, null, null, microseconds);
        }
        else if (!only.Poll(microseconds, SelectMode.SelectRead))
        {
            sockets.Clear();
        }
    }
}
