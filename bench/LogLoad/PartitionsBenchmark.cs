using System.Diagnostics;
using Actors.Bench.Report;
using Actors.Harness;

namespace Actors.Bench.LogLoad;

/// <summary><c>scripts/bench partitions</c>: what many partitions cost: to create, to write a little to, to have and not use, to start with.</summary>
internal static class PartitionsBenchmark
{
    private const int MessagesPerSecond = 10_000;

    /// <summary>Runs all of it; <c>--seconds N</c> sets the time of each measurement.</summary>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        var seconds = arguments.Number("seconds", 15, 2, 600);
        arguments.RefuseRest();
        var report = new BenchReport("partitions");
        await CreationAsync(report);
        foreach (var (partitions, connections) in ((int, int)[])[(10, 1), (1_000, 1), (10, 50), (1_000, 50)])
        {
            await TrickleAsync(report, partitions, connections, TimeSpan.FromSeconds(seconds));
        }

        foreach (var (partitions, areUsed) in ((int, bool)[])[(0, false), (3_000, false), (3_000, true)])
        {
            await IdleAsync(report, partitions, areUsed, TimeSpan.FromSeconds(seconds));
        }

        report.Finish();
        return 0;
    }

    private static async Task CreationAsync(BenchReport report)
    {
        using var data = new TemporaryDirectory();
        await using var silo = await SiloUnderTest.StartAsync(data.FullName, fsyncMs: 0, partitions: 0);
        await silo.CreateTopicAsync("first", 100);
        var times = new List<double>();
        for (var round = 0; round < 10; round++)
        {
            times.Add((await silo.CreateTopicAsync($"topic-{round}", 100)).TotalMilliseconds);
        }

        times.Sort();
        report.Add("create a topic with 100 partitions", BenchReport.Figure("p50 ms", times[times.Count / 2]), BenchReport.Figure("max ms", times[^1]));
    }

    private static async Task TrickleAsync(BenchReport report, int partitions, int connectionCount, TimeSpan duration)
    {
        using var data = new TemporaryDirectory();
        await using var silo = await SiloUnderTest.StartAsync(data.FullName, fsyncMs: 0, partitions);
        var connections = Enumerable.Range(0, connectionCount).Select(number => Dial(silo, partitions, number * partitions / connectionCount)).ToList();
        _ = PacedLoad.Run(connections, MessagesPerSecond, TimeSpan.FromSeconds(3));
        var (before, syncsBefore) = (ProcessMeter.Read(silo.Process), await silo.SyncsAsync());
        var latencies = PacedLoad.Run(connections, MessagesPerSecond, duration);
        var (after, syncs) = (ProcessMeter.Read(silo.Process), await silo.SyncsAsync() - syncsBefore);
        report.Add(
            $"{MessagesPerSecond:N0} msg/s over {partitions:N0} partitions from {(connectionCount == 1 ? "1 connection" : $"{connectionCount} connections")}",
            BenchReport.Figure("p50 ms", latencies.PercentileMicroseconds(0.5) / 1000),
            BenchReport.Figure("p99 ms", latencies.PercentileMicroseconds(0.99) / 1000),
            BenchReport.Figure("max ms", latencies.MaxMicroseconds / 1000),
            BenchReport.Figure("fdatasync/s", syncs / duration.TotalSeconds),
            BenchReport.Figure("% of a core", (after.Processor - before.Processor) / duration * 100));
        connections.ForEach(connection => connection.Dispose());
    }

    private static LoadConnection Dial(SiloUnderTest silo, int partitions, int firstPartition = 0) =>
        new(new KafkaWire(SiloUnderTest.Topic, partitions, 1, LogShape.MessageBytes, firstPartition), silo.Port, 4_000);

    /// <param name="report">Takes the row.</param>
    /// <param name="partitions">How many there are.</param>
    /// <param name="areUsed">
    /// Every partition has a record when the silo is killed, and gets one more after it has come back: then all of them have been
    /// recovered, have segments and are open.
    /// </param>
    /// <param name="duration">How long it is watched.</param>
    private static async Task IdleAsync(BenchReport report, int partitions, bool areUsed, TimeSpan duration)
    {
        using var data = new TemporaryDirectory();
        await using (var creator = await SiloUnderTest.StartAsync(data.FullName, fsyncMs: 0, partitions))
        {
            if (areUsed)
            {
                WriteToEach(creator, partitions);
                await creator.Silo.KillAsync();
            }
            else
            {
                await creator.Silo.StopAsync();
            }
        }

        var start = Stopwatch.GetTimestamp();
        await using var silo = await SiloUnderTest.StartAsync(data.FullName, fsyncMs: 0, partitions: 0);
        var ready = Stopwatch.GetElapsedTime(start);
        if (areUsed)
        {
            WriteToEach(silo, partitions);
        }

        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
        var (before, wakeupsBefore) = (ProcessMeter.Read(silo.Process), Wakeups.Read(silo.Process));
        await Task.Delay(duration, TimeProvider.System);
        var (after, wakeups) = (ProcessMeter.Read(silo.Process), Wakeups.Read(silo.Process));
        report.Add(
            $"idle with {partitions:N0} partitions{(areUsed ? ", all written, killed, written again" : "")}",
            BenchReport.Figure("ready s", ready.TotalSeconds),
            BenchReport.Figure("% of a core", (after.Processor - before.Processor) / duration * 100),
            BenchReport.Figure("wake-ups/s", (wakeups.ContextSwitches - wakeupsBefore.ContextSwitches) / duration.TotalSeconds),
            BenchReport.Figure("resident MB", wakeups.ResidentMegabytes));
    }

    private static void WriteToEach(SiloUnderTest silo, int partitions)
    {
        using var connection = Dial(silo, partitions);
        _ = PacedLoad.Run([connection], partitions, TimeSpan.FromSeconds(2));
    }
}
