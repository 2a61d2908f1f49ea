using System.Diagnostics;
using Actors.Bench.Agents.Pairs;
using Actors.Bench.Report;

namespace Actors.Bench.Agents;

/// <summary><c>scripts/bench agents</c>: the hub beside a bare relay and beside SignalR, which get the same frames from the same load.</summary>
internal static class AgentsBenchmark
{
    /// <summary>Updates under way in the closed loop, each of another pair, so that none takes the place of another.</summary>
    private const int InFlight = 256;

    private static readonly (string Name, Func<Task<IAgentsServer>> Start)[] Servers =
    [
        ("bare relay", static () => FloorUnderTest.StartAsync(isSignalR: false)),
        ("SignalR", static () => FloorUnderTest.StartAsync(isSignalR: true)),
        ("hub", HubUnderTest.StartAsync),
    ];

    /// <summary>
    /// Runs all of it, or the rows that contain the text of <c>--part</c>; <c>--scale PERCENT</c> takes a part of the connections and rates, <c>--seconds N</c> is
    /// the time of each measurement, <c>--warm-up N</c> that of the traffic before that of three silos, <c>--seed N</c> makes the ids.
    /// </summary>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        var scale = arguments.Number("scale", 100, 1, 100) / 100.0;
        var duration = TimeSpan.FromSeconds(arguments.Number("seconds", 10, 1, 600));
        var warmUp = TimeSpan.FromSeconds(arguments.Number("warm-up", 30, 1, 600));
        var seed = arguments.Number("seed", 1);
        Environment.SetEnvironmentVariable(PairLoad.InlineCompletions, "1");
        var report = new BenchReport("agents");
        var rows = new List<(string Name, Func<string, Task> Run)>();
        rows.Add(("connect", name => ConnectAsync(report, name, Scaled(15_000), Scaled(4_000), seed)));
        foreach (var (server, start) in Servers) rows.Add(($"memory: {server}", name => MemoryAsync(report, name, start, Scaled(2_500), Scaled(7_500), seed)));
        foreach (var (server, start) in Servers) rows.Add(($"paced: {server}", name => PacedAsync(report, name, start, Scaled(5_000), Scaled(2_000), duration, seed)));
        foreach (var (server, start) in Servers) rows.Add(($"closed loop: {server}", name => ClosedAsync(report, name, start, Scaled(5_000), duration, seed)));
        rows.Add(("three silos, paced", name => ClusterRows.PacedAsync(report, name, Scaled(30_000), Scaled(2_000), warmUp, duration, seed)));
        rows.Add(("three silos, heartbeats", name => ClusterRows.HeartbeatsAsync(report, name, Scaled(30_000), seed)));
        rows.Add(("three silos, kill", name => ClusterRows.KillAsync(report, name, Scaled(20_000), perSecond: 500, seed)));
        var part = arguments.Text("part", "");
        if (!rows.Any(row => row.Name.Contains(part, StringComparison.Ordinal))) throw new BenchArgumentException($"no part contains '{part}'; they are:\n  {string.Join("\n  ", rows.Select(static row => row.Name))}");
        arguments.RefuseRest();
        foreach (var (name, run) in rows.Where(row => row.Name.Contains(part, StringComparison.Ordinal))) await run(name);
        AgentsAims.Judge(report);
        report.Finish();
        return 0;

        int Scaled(int number) => Math.Max(1, (int)(number * scale));
    }

    private static async Task ConnectAsync(BenchReport report, string name, int agents, int clients, int seed)
    {
        await using var server = await HubUnderTest.StartAsync();
        using var load = new PairLoad(server.Dialect, server.Port, seed);
        var begin = Stopwatch.GetTimestamp();
        var latencies = await load.ConnectAsync(agents, clients);
        report.Add(name, (KeyValuePair<string, double>[])[
            BenchReport.Figure("connections", agents + clients),
            BenchReport.Figure("all s", Stopwatch.GetElapsedTime(begin).TotalSeconds),
            BenchReport.Figure("sent away", load.Refusals),
            .. Latencies(latencies)]);
    }

    private static async Task MemoryAsync(BenchReport report, string name, Func<Task<IAgentsServer>> start, int few, int many, int seed)
    {
        await using var server = await start();
        using var load = new PairLoad(server.Dialect, server.Port, seed);
        await load.ConnectAsync(few, few);
        var before = await server.HeapBytesAsync();
        await load.ConnectAsync(many - few, many - few);
        var after = await server.HeapBytesAsync();
        report.Add(
            name,
            BenchReport.Figure("connections", 2 * many),
            BenchReport.Figure("KB each", (after - before) / 1024.0 / (2 * (many - few))),
            BenchReport.Figure("heap MB", after / 1048576.0));
    }

    private static async Task PacedAsync(BenchReport report, string name, Func<Task<IAgentsServer>> start, int pairs, int perSecond, TimeSpan duration, int seed)
    {
        await using var server = await start();
        using var load = new PairLoad(server.Dialect, server.Port, seed);
        await load.ConnectAsync(pairs, pairs);
        _ = await load.RunPacedAsync(perSecond, TimeSpan.FromSeconds(3));
        await MeasureAsync(report, name, server, load, pairs, () => load.RunPacedAsync(perSecond, duration));
    }

    private static async Task ClosedAsync(BenchReport report, string name, Func<Task<IAgentsServer>> start, int pairs, TimeSpan duration, int seed)
    {
        await using var server = await start();
        using var load = new PairLoad(server.Dialect, server.Port, seed);
        await load.ConnectAsync(pairs, pairs);
        _ = await load.RunClosedAsync(InFlight, TimeSpan.FromSeconds(3));
        await MeasureAsync(report, name, server, load, pairs, () => load.RunClosedAsync(Math.Min(pairs, InFlight), duration));
    }

    private static async Task MeasureAsync(BenchReport report, string name, IAgentsServer server, PairLoad load, int pairs, Func<Task<LatencyHistogram>> run)
    {
        using var self = Process.GetCurrentProcess();
        var allocatedBefore = await server.AllocatedBytesAsync();
        server.Process.Refresh(); // what the question cost is not of the time that is measured
        self.Refresh();
        var (serverBefore, selfBefore, staleBefore, begin) = (server.Process.TotalProcessorTime, self.TotalProcessorTime, load.Stale, Stopwatch.GetTimestamp());
        var latencies = await run();
        var seconds = Stopwatch.GetElapsedTime(begin);
        server.Process.Refresh();
        self.Refresh();
        var (serverTime, selfTime) = (server.Process.TotalProcessorTime - serverBefore, self.TotalProcessorTime - selfBefore);
        var allocated = await server.AllocatedBytesAsync() - allocatedBefore;
        report.Add(name, (KeyValuePair<string, double>[])[
            BenchReport.Figure("connections", 2 * pairs),
            BenchReport.Figure("updates/s", latencies.Count / seconds.TotalSeconds),
            .. Latencies(latencies),
            BenchReport.Figure("server CPU us/update", serverTime.TotalMicroseconds / latencies.Count),
            BenchReport.Figure("load CPU us/update", selfTime.TotalMicroseconds / latencies.Count),
            BenchReport.Figure("server bytes/update", (double)allocated / latencies.Count),
            BenchReport.Figure("stale", load.Stale - staleBefore)]);
    }

    private static IEnumerable<KeyValuePair<string, double>> Latencies(LatencyHistogram latencies) =>
    [
        BenchReport.Figure("p50 ms", latencies.PercentileMicroseconds(0.5) / 1000),
        BenchReport.Figure("p99 ms", latencies.PercentileMicroseconds(0.99) / 1000),
        BenchReport.Figure("max ms", latencies.MaxMicroseconds / 1000),
    ];
}
