using System.Diagnostics;
using System.Net.Sockets;
using Actors.Bench.Report;

namespace Actors.Bench.LogLoad;

/// <summary>Drives connections from one thread for a while: the window of each is refilled whenever answers arrive.</summary>
internal static class ClosedLoop
{
    /// <summary>What a run saw.</summary>
    /// <param name="Requests">Answered in the measured time.</param>
    /// <param name="Seconds">The measured time.</param>
    /// <param name="Latencies">One for each request.</param>
    public sealed record Outcome(long Requests, double Seconds, LatencyHistogram Latencies);

    /// <summary>Warms up, then measures.</summary>
    /// <param name="connections">At least one.</param>
    /// <param name="warmUp">Not measured.</param>
    /// <param name="duration">Measured for at least this long.</param>
    /// <param name="enough">Asked every 250 ms once <paramref name="duration"/> has passed; the run goes on until it says yes.</param>
    public static Outcome Run(IReadOnlyList<LoadConnection> connections, TimeSpan warmUp, TimeSpan duration, Func<bool> enough)
    {
        _ = Drive(connections, warmUp, static () => true);
        var outcome = Drive(connections, duration, enough);
        var rest = new LatencyHistogram();
        foreach (var connection in connections)
        {
            while (connection.InFlight > 0)
            {
                connection.Receive(rest);
            }
        }

        return outcome;
    }

    private static Outcome Drive(IReadOnlyList<LoadConnection> connections, TimeSpan duration, Func<bool> enough)
    {
        var bySocket = connections.ToDictionary(connection => connection.Socket);
        var latencies = new LatencyHistogram();
        var readable = new List<Socket>(connections.Count);
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        foreach (var connection in connections)
        {
            connection.Fill();
        }

        while (true)
        {
            if (connections.Count == 1)
            {
                connections[0].Receive(latencies);
                connections[0].Fill();
            }
            else
            {
                readable.Clear();
                readable.AddRange(bySocket.Keys);
                Socket.Select(readable, null, null, -1);
                foreach (var socket in readable)
                {
                    bySocket[socket].Receive(latencies);
                    bySocket[socket].Fill();
                }
            }

            var now = Stopwatch.GetTimestamp();
            if (now >= end)
            {
                if (enough())
                {
                    return new Outcome(latencies.Count, (now - start) / (double)Stopwatch.Frequency, latencies);
                }

                end = now + (Stopwatch.Frequency / 4);
            }
        }
    }
}
