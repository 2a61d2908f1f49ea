using Actors.Bench.Report;
using Actors.Harness;

namespace Actors.Bench.LogLoad;

/// <summary>
/// <c>scripts/bench log</c>: the silo's produce path with acks=all beside the floor, shape by shape in turn, in one run.
/// </summary>
/// <remarks>The client is the same closed loop for both, in this process; each server is a process of its own.</remarks>
internal static class LogBenchmark
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <summary>Runs every shape; <c>--fsync-ms N</c> slows both disks down, <c>--seconds N</c> sets the measured time, <c>--floor-only</c> leaves the silo out.</summary>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        var fsyncMs = arguments.Number("fsync-ms", 0, 0, 1000);
        var seconds = arguments.Number("seconds", 5, 1, 600);
        var checkpoints = arguments.Number("checkpoints", 3, 0, 100);
        var only = arguments.Shape([.. LogShape.All.Select(shape => shape.ToString())]);
        var floorOnly = arguments.Flag("floor-only");
        arguments.RefuseRest();

        var report = new BenchReport(fsyncMs == 0 ? "log" : $"log-fsync-{fsyncMs}ms");
        foreach (var shape in LogShape.All.Where(shape => shape.ToString().Contains(only, StringComparison.Ordinal)))
        {
            using var floorData = new TemporaryDirectory();
            using var siloData = new TemporaryDirectory();
            double floorRate, siloRate;
            await using (var floor = FloorProcess.Start(floorData.FullName, fsyncMs))
            {
                floorRate = await MeasureAsync(report, $"floor  {shape}", floor, shape, seconds, 0);
            }

            if (floorOnly)
            {
                continue;
            }

            await using (var silo = await SiloUnderTest.StartAsync(siloData.FullName, fsyncMs))
            {
                siloRate = await MeasureAsync(report, $"silo   {shape}", silo, shape, seconds, checkpoints);
            }

            report.Add($"ratio  {shape}", BenchReport.Figure("msg/s", siloRate / floorRate));
        }

        report.Finish();
        return 0;
    }

    private static async Task<double> MeasureAsync(BenchReport report, string name, IServerUnderTest server, LogShape shape, int seconds, int checkpoints)
    {
        var connections = Enumerable.Range(0, shape.Connections).Select(_ => new LoadConnection(server.Wire(shape), server.Port, shape.Outstanding)).ToList();
        try
        {
            _ = ClosedLoop.Run(connections, WarmUp, TimeSpan.FromMilliseconds(100), static () => true);
            var checkpointsBefore = await server.CheckpointsAsync();
            var (before, syncsBefore) = (ProcessMeter.Read(server.Process), await server.SyncsAsync());
            var outcome = ClosedLoop.Run(connections, TimeSpan.Zero, TimeSpan.FromSeconds(seconds),
                () => checkpoints == 0 || server.CheckpointsAsync().GetAwaiter().GetResult() - checkpointsBefore >= checkpoints);
            var (after, syncs) = (ProcessMeter.Read(server.Process), await server.SyncsAsync() - syncsBefore);

            var messages = outcome.Requests * (double)connections[0].MessagesPerRequest;
            var rate = messages / outcome.Seconds;
            report.Add(
                name,
                BenchReport.Figure("msg/s", rate),
                BenchReport.Figure("p50 us", outcome.Latencies.PercentileMicroseconds(0.5)),
                BenchReport.Figure("p99 us", outcome.Latencies.PercentileMicroseconds(0.99)),
                BenchReport.Figure("max us", outcome.Latencies.MaxMicroseconds),
                BenchReport.Figure("server CPU us/msg", (after.Processor - before.Processor).TotalMicroseconds / messages),
                BenchReport.Figure("written/produced", (after.WrittenBytes - before.WrittenBytes) / (messages * LogShape.MessageBytes)),
                BenchReport.Figure("fdatasync/s", syncs / outcome.Seconds),
                BenchReport.Figure("s", outcome.Seconds));
            return rate;
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }
}
