using System.Diagnostics;
using Actors.AgentLoad.Checks;
using Actors.AgentLoad.Running;
using Actors.Bench.Agents.Pairs;
using Actors.Bench.Report;
using Actors.Harness;

namespace Actors.Bench.Agents;

/// <summary>What three silos with PostgreSQL do for agents and clients that are spread over them.</summary>
internal static class ClusterRows
{
    private const int Silos = 3;

    /// <summary>A load that sends later than this, at its p99, reads as late: its p99 of a delivery, which is to be 10 ms, is its own.</summary>
    private static readonly TimeSpan DeliveryMaxLateness = TimeSpan.FromMilliseconds(5);

    /// <summary>A later load is a part of the time, which is to be 30 s, that it measures.</summary>
    private static readonly TimeSpan OutageMaxLateness = TimeSpan.FromSeconds(2.5);

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Updates at a rate, by agents of three silos to one client each, and the same by agents of three relays.</summary>
    public static async Task PacedAsync(BenchReport report, string name, int agents, int perSecond, TimeSpan warmUp, TimeSpan duration, int seed)
    {
        LoadResult floor, hub;
        await using (var relays = await Relays.StartAsync(Silos)) floor = await TalkAsync(relays.Ports, areApart: true, agents, perSecond, warmUp, duration, seed);
        Add(report, $"{name}: bare relays", floor, floor);
        await using (var cluster = await SilosAsync()) hub = await TalkAsync(PortsOf(cluster), areApart: false, agents, perSecond, warmUp, duration, seed);
        Add(report, $"{name}: hub", hub, floor);
    }

    /// <summary>What agents that say nothing cost the store.</summary>
    public static async Task HeartbeatsAsync(BenchReport report, string name, int agents, int seed)
    {
        await using var cluster = await SilosAsync();
        await using var fleet = await Fleet.StartAsync(PortsOf(cluster), areApart: false, agents, seed);
        await Task.Delay(Heartbeat, TimeProvider.System); // until what their connects have to write is written
        var (statements, flushes, rows) = await CountAsync(cluster);
        var begin = Stopwatch.GetTimestamp();
        await Task.Delay(2 * Heartbeat, TimeProvider.System);
        var (statementsAfter, flushesAfter, rowsAfter) = await CountAsync(cluster);
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        var result = await fleet.EndAsync();
        report.Add(
            name,
            BenchReport.Figure("connections", result.Peers),
            BenchReport.Figure("heartbeats/s", (rowsAfter - rows) / seconds),
            BenchReport.Figure("heartbeat statements/s", (flushesAfter - flushes) / seconds),
            BenchReport.Figure("other statements/s", (statementsAfter - statements - (flushesAfter - flushes)) / seconds),
            BenchReport.Figure("faults", result.FailureCount));
    }

    /// <summary>One of three silos is killed under traffic: how long until everybody is back and knows everything, and what was lost.</summary>
    public static async Task KillAsync(BenchReport report, string name, int agents, int perSecond, int seed)
    {
        await using var cluster = await SilosAsync();
        await using var fleet = await Fleet.StartAsync(PortsOf(cluster), areApart: false, agents, seed);
        var traffic = fleet.TalkAsync(perSecond, TimeSpan.FromSeconds(6));
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        var since = Stopwatch.GetTimestamp();
        await cluster.Silos[1].KillAsync();
        using var over = new CancellationTokenSource();
        var watch = WatchAsync(fleet, since, over.Token);
        await traffic;
        await fleet.SettleAsync();
        var settled = Stopwatch.GetElapsedTime(since);
        await over.CancelAsync();
        var back = await watch;
        var result = await fleet.EndAsync();
        report.Add(
            name,
            BenchReport.Figure("connections", result.Peers),
            BenchReport.Figure("connected again", result.Reconnections),
            BenchReport.Figure("back s", back.TotalSeconds),
            BenchReport.Figure("consistent s", settled.TotalSeconds),
            BenchReport.Figure("lost", result.FailureCounts.GetValueOrDefault(nameof(Breach.Lost))),
            BenchReport.Figure("faults", result.FailureCount),
            BenchReport.Figure("load late p99 ms", result.Lateness.Summarize().P99),
            BenchReport.Figure("load busy %", 100 * result.BusyShare),
            Judgeable(result, OutageMaxLateness));
    }

    private static async Task<LoadResult> TalkAsync(IReadOnlyList<int> ports, bool areApart, int agents, int perSecond, TimeSpan warmUp, TimeSpan duration, int seed)
    {
        await using var fleet = await Fleet.StartAsync(ports, areApart, agents, seed);
        await fleet.TalkAsync(perSecond, warmUp, isWarmUp: true);
        await fleet.TalkAsync(perSecond, duration);
        await fleet.SettleAsync();
        return await fleet.EndAsync();
    }

    private static void Add(BenchReport report, string name, LoadResult result, LoadResult floor)
    {
        var delivery = result.Delivery.Summarize();
        report.Add(
            name,
            BenchReport.Figure("connections", result.Peers),
            BenchReport.Figure("updates/s", delivery.Count / (result.TrafficMs / 1e3)),
            BenchReport.Figure("p50 ms", delivery.P50),
            BenchReport.Figure("p99 ms", delivery.P99),
            BenchReport.Figure("max ms", delivery.Max),
            BenchReport.Figure("p99 of the relays'", delivery.P99 / floor.Delivery.Summarize().P99),
            BenchReport.Figure("faults", result.FailureCount),
            BenchReport.Figure("load late p99 ms", result.Lateness.Summarize().P99),
            BenchReport.Figure("load busy %", 100 * result.BusyShare),
            Judgeable(result, DeliveryMaxLateness));
    }

    /// <summary>1 when the row says something of the server; 0 when the load was itself the limit.</summary>
    private static KeyValuePair<string, double> Judgeable(LoadResult result, TimeSpan maxLateness) =>
        BenchReport.Figure(AgentsAims.Judgeable, GeneratorLimits.Find(result, maxLateness).Count == 0 ? 1 : 0);

    private static Task<SiloCluster> SilosAsync()
    {
        // Silos inherit this, and are not to have what the load of the other rows, which has read it by now, runs with.
        Environment.SetEnvironmentVariable(PairLoad.InlineCompletions, "0");
        return SiloCluster.StartAsync(Silos);
    }

    private static int[] PortsOf(SiloCluster cluster) => [.. cluster.Silos.Select(static silo => silo.Options.HttpPort)];

    /// <summary>All statements of the silos so far; those that wrote heartbeats, and how many of these they wrote.</summary>
    private static async Task<(double Statements, double Flushes, double Rows)> CountAsync(SiloCluster cluster)
    {
        const string heartbeats = "batcher=\"heartbeats\"";
        var (flushes, rows) = (0.0, 0.0);
        foreach (var silo in cluster.Silos)
        {
            var text = await silo.GetAsync("/metrics");
            flushes += MetricsText.Sum(text, "actors_batch_rows_count", heartbeats) ?? 0;
            rows += MetricsText.Sum(text, "actors_batch_rows_sum", heartbeats) ?? 0;
        }

        return (await StoreStatements.CountAsync(cluster.Connection), flushes, rows);
    }

    /// <summary>How long after a moment somebody was seen without a connection for the last time; 0 when nobody was.</summary>
    private static async Task<TimeSpan> WatchAsync(Fleet fleet, long since, CancellationToken over)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var last = TimeSpan.Zero;
        do
        {
            if (fleet.Progress is { } progress && progress.Online < progress.Peers) last = Stopwatch.GetElapsedTime(since);
        }
        while (await TickAsync());
        return last;

        async Task<bool> TickAsync()
        {
            try
            {
                return await ticks.WaitForNextTickAsync(over);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }
}
