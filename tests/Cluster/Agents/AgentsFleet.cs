using System.Diagnostics;
using System.Net;
using Actors.AgentLoad.Running;
using Actors.Harness;

namespace Actors.Cluster.Tests.Agents;

/// <summary>Agents and clients of silos, connected and consistent; and how long they take to become so again.</summary>
internal sealed class AgentsFleet : IAsyncDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly LoadRun _run;

    private AgentsFleet(LoadRun run) => _run = run;

    /// <summary>Connects everybody, each client with tunnels to ten agents, and waits until everybody knows of everybody.</summary>
    public static async Task<AgentsFleet> StartAsync(IEnumerable<SiloProcess> silos, int agents, int clients, ulong seed, double dialsPerSecond = 1_000)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var fleet = new AgentsFleet(LoadRun.Start(
            new LoadOptions
            {
                Hubs = [.. silos.Select(static silo => new IPEndPoint(IPAddress.Loopback, silo.Options.HttpPort))],
                Agents = agents,
                Clients = clients,
                TunnelsPerClient = 10,
                Seed = seed,
                DialsPerSecond = dialsPerSecond,
                LostAfter = TimeSpan.FromSeconds(30),
            },
            TimeProvider.System));
        await fleet.SettleAsync();
        return fleet;
    }

    /// <summary>Cuts all connections.</summary>
    public Task DropAllAsync() => _run.DropAsync(static _ => true);

    /// <summary>Waits until everybody is connected and knows the newest of everybody with whom it shares a tunnel.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> SettleAsync()
    {
        var since = Stopwatch.GetTimestamp();
        if (!await _run.SettleAsync(Guard, CancellationToken.None))
        {
            var progress = _run.Progress;
            Assert.Fail($"{progress}\n{string.Join('\n', (await _run.EndAsync(Guard)).Failures)}");
        }

        return Stopwatch.GetElapsedTime(since);
    }

    /// <summary>Ends it. Nothing was lost, told twice, stale, or told to somebody whom it does not concern.</summary>
    public async Task<LoadResult> EndWithoutFaultAsync()
    {
        var result = await _run.EndAsync(Guard);
        Assert.True(result.FailureCount == 0, string.Join('\n', result.Failures));
        Assert.Equal(0, result.FailedPeers);
        return result;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _run.DisposeAsync();
}
