using System.Diagnostics;
using Actors.Bench.Report;
using Actors.Harness;

namespace Actors.Bench.LogLoad;

/// <summary><c>scripts/bench partitions</c>: what many partitions cost: to create, to write a little to, to have and not use, to start with.</summary>
internal static class PartitionsBenchmark
{
    private const int MessagesPerSecond = 10_000;

    /// <summary>
    /// Runs all of it, or the rows that contain the text of <c>--shape</c>; <c>--seconds N</c> sets the time of each measurement,
    /// <c>--settle N</c> how long a silo is left alone before it counts as idle.
    /// </summary>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        var duration = TimeSpan.FromSeconds(arguments.Number("seconds", 15, 2, 600));
        var settle = TimeSpan.FromSeconds(arguments.Number("settle", 45, 0, 600));
        var report = new BenchReport("partitions");
        var rows = new List<(string Name, Func<string, Task> Run)> { ("create a topic with 100 partitions", name => CreationAsync(report, name)) };
        foreach (var (partitions, connections) in ((int, int)[])[(10, 1), (1_000, 1), (10, 50), (1_000, 50)])
        {
            rows.Add((
                $"{MessagesPerSecond:N0} msg/s over {partitions:N0} partitions from {(connections == 1 ? "1 connection" : $"{connections} connections")}",
                name => TrickleAsync(report, name, partitions, connections, duration)));
        }

        foreach (var (partitions, areUsed) in ((int, bool)[])[(0, false), (3_000, false), (3_000, true)])
        {
            rows.Add((
                $"idle with {partitions:N0} partitions{(areUsed ? ", all written, killed, written again" : "")}",
                name => IdleAsync(report, name, partitions, areUsed, settle, duration)));
        }

        var only = arguments.Shape([.. rows.Select(row => row.Name)]);
        arguments.RefuseRest();
        foreach (var (name, run) in rows.Where(row => row.Name.Contains(only, StringComparison.Ordinal)))
        {
            await run(name);
        }

        report.Finish();
        return 0;
    }

    private static async Task CreationAsync(BenchReport report, string name)
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
        report.Add(name, BenchReport.Figure("p50 ms", times[times.Count / 2]), BenchReport.Figure("max ms", times[^1]));
    }

    private static async Task TrickleAsync(BenchReport report, string name, int partitions, int connectionCount, TimeSpan duration)
    {
        using var data = new TemporaryDirectory();
        await using var silo = await SiloUnderTest.StartAsync(data.FullName, fsyncMs: 0, partitions);
        var connections = Enumerable.Range(0, connectionCount).Select(number => Dial(silo, partitions, number * partitions / connectionCount)).ToList();
        _ = PacedLoad.Run(connections, MessagesPerSecond, TimeSpan.FromSeconds(3));
        var (before, syncsBefore) = (ProcessMeter.Read(silo.Process), await silo.SyncsAsync());
        var latencies = PacedLoad.Run(connections, MessagesPerSecond, duration);
        var (after, syncs) = (ProcessMeter.Read(silo.Process), await silo.SyncsAsync() - syncsBefore);
        report.Add(
            name,
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
    /// <param name="name">Of the row.</param>
    /// <param name="partitions">How many there are.</param>
    /// <param name="areUsed">
    /// Every partition has a record when the silo is killed, and gets one more after it has come back: then all of them have been
    /// recovered, have segments and are open.
    /// </param>
    /// <param name="settle">
    /// From the start, or the last write, until it is watched: compilation in the background, write-behind and the first rounds of
    /// what is done now and then are over.
    /// </param>
    /// <param name="duration">How long it is watched.</param>
    private static async Task IdleAsync(BenchReport report, string name, int partitions, bool areUsed, TimeSpan settle, TimeSpan duration)
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

        await Task.Delay(settle, TimeProvider.System);
        var (before, wakeupsBefore) = (ProcessMeter.Read(silo.Process), Wakeups.Read(silo.Process));
        await Task.Delay(duration, TimeProvider.System);
        var (after, wakeups) = (ProcessMeter.Read(silo.Process), Wakeups.Read(silo.Process));
        report.Add(
            name,
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
