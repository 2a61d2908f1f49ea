using System.Diagnostics;
using System.Net;
using Actors.AgentLoad.Running;
using Actors.Bench.Report;
using Actors.Harness;

namespace Actors.Bench.Agents;

/// <summary>What three silos with PostgreSQL do for agents and clients that are spread over them.</summary>
internal static class ClusterRows
{
    private const int Silos = 3;
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(150);

    /// <summary>One of three silos is killed under traffic: how long until everybody is back and knows everything, and what was lost.</summary>
    public static async Task KillAsync(BenchReport report, string name, int agents, int perSecond, int seed)
    {
        await using var cluster = await SiloCluster.StartAsync(Silos);
        await using var load = await StartAsync(cluster, agents, agents / 10, 10, seed);
        var traffic = load.TrafficAsync(new Traffic { AgentUpdatesPerSecond = perSecond, Duration = TimeSpan.FromSeconds(6) }, CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        var since = Stopwatch.GetTimestamp();
        await cluster.Silos[1].KillAsync();
        var online = await WatchAsync(load, since, static progress => progress.Online < progress.Peers, static progress => progress.Online == progress.Peers);
        await traffic;
        await RequireAsync(load, load.SettleAsync(Guard, CancellationToken.None));
        var settled = Stopwatch.GetElapsedTime(since);
        var result = await load.EndAsync(Guard);
        foreach (var failure in result.Failures) Console.Error.WriteLine(failure);
        report.Add(
            name,
            BenchReport.Figure("connections", result.Peers),
            BenchReport.Figure("connected again", result.Reconnections),
            BenchReport.Figure("back s", online.TotalSeconds),
            BenchReport.Figure("consistent s", settled.TotalSeconds),
            BenchReport.Figure("faults", result.FailureCount));
    }

    private static async Task<LoadRun> StartAsync(SiloCluster cluster, int agents, int clients, int tunnels, int seed)
    {
        var load = LoadRun.Start(
            new LoadOptions
            {
                Hubs = [.. cluster.Silos.Select(static silo => new IPEndPoint(IPAddress.Loopback, silo.Options.HttpPort))],
                Agents = agents,
                Clients = clients,
                TunnelsPerClient = tunnels,
                Seed = (ulong)seed,
                DialsPerSecond = 1_500,
                LostAfter = TimeSpan.FromSeconds(30), // so long may it take until all is consistent after a silo's death
            },
            TimeProvider.System);
        await RequireAsync(load, load.SettleAsync(Guard, CancellationToken.None));
        return load;
    }

    private static async Task RequireAsync(LoadRun load, Task<bool> step)
    {
        if (!await step) throw new TimeoutException($"{load.Progress}\n{string.Join('\n', (await load.ResultAsync()).Failures)}");
    }

    /// <summary>Waits for a beginning and an end; says how long after a moment the end was.</summary>
    private static async Task<TimeSpan> WatchAsync(LoadRun load, long since, Func<LoadProgress, bool> begins, Func<LoadProgress, bool> ends)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var hasBegun = false;
        while (!hasBegun || !ends(load.Progress))
        {
            hasBegun |= begins(load.Progress);
            if (Stopwatch.GetElapsedTime(since) > Guard) throw new TimeoutException(load.Progress.ToString());
            await ticks.WaitForNextTickAsync();
        }

        return Stopwatch.GetElapsedTime(since);
    }
}
