using Actors.AgentLoad.Running;

namespace Actors.AgentLoad.Tests.Running;

/// <summary>Twenty agents and four clients, each with tunnels to five of them, at a fake hub.</summary>
internal static class FakeRun
{
    public const int Agents = 20;
    public const int Clients = 4;
    public const int Peers = Agents + Clients;

    public static LoadRun Start(FakeHub hub, Func<LoadOptions, LoadOptions>? change = null, TimeProvider? time = null)
    {
        var options = new LoadOptions { Hubs = [hub.Address], Agents = Agents, Clients = Clients, TunnelsPerClient = 5, Seed = 0xAC70, DialsPerSecond = 10_000 };
        return LoadRun.Start(change is null ? options : change(options), time ?? TimeProvider.System);
    }

    /// <summary>Starts, and waits until everybody knows everybody.</summary>
    public static async Task<LoadRun> SettleAsync(FakeHub hub, Func<LoadOptions, LoadOptions>? change = null)
    {
        var run = Start(hub, change);
        Assert.True(await run.ConnectAsync(Guard.Limit, CancellationToken.None));
        Assert.True(await run.SettleAsync(Guard.Limit, CancellationToken.None));
        return run;
    }

    /// <param name="beforeTraffic">Gets the number of the traffic's first update.</param>
    public static async Task<LoadResult> RunAsync(FakeHub hub, Traffic traffic, Action<int>? beforeTraffic = null, TimeSpan? settle = null, Func<LoadOptions, LoadOptions>? change = null)
    {
        await using var run = await SettleAsync(hub, change);
        beforeTraffic?.Invoke(hub.Updates);
        await run.TrafficAsync(traffic, CancellationToken.None).WaitAsync(Guard.Limit);
        await run.SettleAsync(settle ?? Guard.Limit, CancellationToken.None);
        return await run.EndAsync(Guard.Limit);
    }
}
