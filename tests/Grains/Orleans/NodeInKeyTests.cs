using Actors.Grains.Tests.Support;
using Actors.Membership;
using Actors.Placement;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Actors.Grains.Tests.Nodes;

/// <summary>Three silos of Microsoft Orleans in this process: a key that names a node leads there, and nowhere else.</summary>
public sealed class NodeInKeyTests : IAsyncLifetime
{
    private const int Silos = 3;

    private readonly InProcessTestCluster _cluster;
    private int _nodes;

    public NodeInKeyTests()
    {
        var builder = new InProcessTestClusterBuilder(Silos);
        builder.ConfigureSilo((_, silo) => silo.UseNode(Interlocked.Increment(ref _nodes)));
        _cluster = builder.Build();
    }

    public async ValueTask InitializeAsync() => await _cluster.DeployAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_grain_lives_on_the_node_that_its_key_names()
    {
        foreach (var name in new[] { "a", "b", "c@7" })
        {
            for (var node = 1; node <= Silos; node++) Assert.Equal(node, await NodeOfAsync(NodeInKey.Format(name, node)));
        }
    }

    [Fact]
    public async Task A_grain_of_a_node_that_is_away_is_unavailable()
    {
        await Assert.ThrowsAnyAsync<OrleansMessageRejectionException>(() => NodeOfAsync(NodeInKey.Format("a", Silos + 1)));
        await Assert.ThrowsAnyAsync<OrleansMessageRejectionException>(() => NodeOfAsync("no node"));
    }

    [Fact]
    public async Task A_grain_does_not_move_when_its_node_stops()
    {
        const int Stopped = Silos;
        Assert.Equal(Stopped, await NodeOfAsync(NodeInKey.Format("a", Stopped)));
        await _cluster.StopSiloAsync(_cluster.Silos.Single(static silo => SiloNodeName.Parse(silo.ServiceProvider.GetRequiredService<ILocalSiloDetails>().Name).NodeId == Stopped));
        await TestGuard.UntilAsync(
            async () => await Record.ExceptionAsync(() => NodeOfAsync(NodeInKey.Format("a", Stopped))) is OrleansMessageRejectionException, "its node is known to be away");
        Assert.Equal(1, await NodeOfAsync(NodeInKey.Format("a", 1)));
    }

    private async Task<int> NodeOfAsync(string key) =>
        SiloNodeName.Parse(await _cluster.Client.GetGrain<IWhereGrain>(key).Silo().WaitAsync(TestGuard.Limit)).NodeId;
}
