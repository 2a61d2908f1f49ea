using System.Text.Json;
using Actors.AgentLoad.Running;
using Actors.Harness;

namespace Actors.Cluster.Tests.Agents;

/// <summary>One of three silos is stopped as an upgrade does it, and comes back, while agents talk.</summary>
[Collection(CrowdCollection.Name)]
public sealed class AgentsRestartTests
{
    private const int Agents = 600;
    private const int Clients = 60;

    private static readonly TimeSpan TrafficTime = TimeSpan.FromSeconds(7);

    [Fact]
    public async Task Who_is_on_a_silo_that_stops_goes_elsewhere_and_nobody_else_notices()
    {
        await using var cluster = await SiloCluster.StartAsync(3);
        await AgentsOutageTests.TellingViewsAsync(cluster, () => RestartAsync(cluster));
    }

    private static async Task RestartAsync(SiloCluster cluster)
    {
        // A loss that is told of somebody who has a connection that was told of is a fault, as is an update that is lost.
        await using var fleet = await AgentsFleet.StartAsync(cluster.Silos, Agents, Clients, seed: 3_005, lostAfterSeconds: 10);
        var held = JsonDocument.Parse(await cluster.Silos[1].GetAsync("/api/v1/agents/status")).RootElement.GetProperty("connections").GetInt32();
        Assert.InRange(held, Agents / 4, Agents / 2);
        var talk = fleet.TrafficAsync(new Traffic { AgentUpdatesPerSecond = 200, ClientUpdatesPerSecond = 20, Duration = TrafficTime });
        await fleet.UntilAsync(static progress => progress.Updates >= 100);

        await cluster.RestartAsync(2); // which fails when it does not end by itself, and well
        await talk;
        await fleet.SettleAsync();
        await fleet.QuietAsync(TimeSpan.FromSeconds(1));

        var result = await fleet.EndWithoutFaultAsync();
        Assert.Equal(held, result.Reconnections);
        Assert.InRange(result.Updates, result.DueUpdates * 9 / 10, result.DueUpdates + 2);
        Assert.False(cluster.Silos[1].Process.HasExited, cluster.Silos[1].Output);
    }
}
