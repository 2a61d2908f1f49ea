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
    public static async Task<AgentsFleet> StartAsync(IEnumerable<SiloProcess> silos, int agents, int clients, ulong seed, double dialsPerSecond = 1_000, double lostAfterSeconds = 30)
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
                LostAfter = TimeSpan.FromSeconds(lostAfterSeconds),
            },
            TimeProvider.System));
        await fleet.SettleAsync();
        return fleet;
    }

    /// <summary>Cuts connections; who is away is left.</summary>
    /// <param name="isChosen">By index: agents from 0, then clients.</param>
    public Task DropAsync(Func<int, bool> isChosen) => _run.DropAsync(isChosen);

    /// <summary>Sends until the traffic's time or number is over.</summary>
    public Task TrafficAsync(Traffic traffic) => _run.TrafficAsync(traffic, CancellationToken.None).WaitAsync(traffic.Duration + Guard);

    /// <summary>A while in which nobody may be told anything; whoever is makes a failure.</summary>
    public Task QuietAsync(TimeSpan duration) => _run.QuietAsync(duration, CancellationToken.None);

    /// <summary>Waits until everybody who was cut by <see cref="DropAsync"/> of all is connected again.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> AllAgainAsync()
    {
        var since = Stopwatch.GetTimestamp();
        await UntilAsync(static progress => progress.Connections >= 2 * progress.Peers && progress.Online == progress.Peers);
        return Stopwatch.GetElapsedTime(since);
    }

    /// <summary>Waits until it has come so far.</summary>
    public async Task UntilAsync(Func<LoadProgress, bool> isThere)
    {
        using var guard = new CancellationTokenSource(Guard);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!isThere(_run.Progress))
        {
            Assert.False(guard.IsCancellationRequested, _run.Progress.ToString());
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }
    }

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
