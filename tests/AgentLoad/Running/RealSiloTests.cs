using System.Net;
using Actors.AgentLoad.Running;
using Actors.Harness;

namespace Actors.AgentLoad.Tests.Running;

/// <summary>The real silo under the real load, small.</summary>
public sealed class RealSiloTests
{
    [Fact]
    public async Task Two_hundred_agents_and_forty_clients_find_no_fault_with_a_silo()
    {
        using var folder = new TemporaryDirectory();
        await using var silo = await SiloProcess.StartAsync(new(folder.FullName));
        await using var run = LoadRun.Start(
            new LoadOptions
            {
                Hubs = [new IPEndPoint(IPAddress.Loopback, silo.Options.HttpPort)],
                Agents = 200,
                Clients = 40,
                TunnelsPerClient = 10,
                Seed = 77,
                DialsPerSecond = 1_000,
                AgentsGetReady = true,
            },
            TimeProvider.System);
        Assert.True(await run.ConnectAsync(Guard.Limit, CancellationToken.None), await TroubleAsync(run));
        Assert.True(await run.SettleAsync(Guard.Limit, CancellationToken.None), await TroubleAsync(run));
        await run.TrafficAsync(new Traffic { InFlight = 20, Updates = 2_000 }, CancellationToken.None).WaitAsync(Guard.Limit);
        await run.TrafficAsync(
            new Traffic { AgentUpdatesPerSecond = 1_000, ClientUpdatesPerSecond = 200, BreaksPerSecond = 20, Updates = 2_000 }, CancellationToken.None).WaitAsync(Guard.Limit);
        Assert.True(await run.SettleAsync(Guard.Limit, CancellationToken.None), await TroubleAsync(run));
        await run.DropAsync(static index => index % 3 == 0);
        Assert.True(await run.SettleAsync(Guard.Limit, CancellationToken.None), await TroubleAsync(run));

        Assert.True(await run.QuietAsync(TimeSpan.FromSeconds(1), CancellationToken.None), await TroubleAsync(run));

        var result = await run.EndAsync(Guard.Limit);
        Assert.True(result.FailureCount == 0, string.Join('\n', result.Failures));
        Assert.Equal((240, 0, 4_000), (result.Peers, result.FailedPeers, result.Updates));
        Assert.InRange(result.Reconnections, 80, 200);
        Assert.InRange(result.Checks.Readies, 200, 50_000);
        Assert.InRange(result.Delivery.Buckets.Sum(static bucket => bucket.Count), 4_000, 20_000);
    }

    private static async Task<string> TroubleAsync(LoadRun run) =>
        $"{run.Progress}\n{string.Join('\n', (await run.ResultAsync()).Failures)}";
}
