using Actors.Placement;
using Actors.Runtime.Cluster;
using Actors.Runtime.Peering;
using Actors.Runtime.Tests.Support;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>What a silo answers to those who have seen more of the cluster than it has.</summary>
public sealed class RouterTests : IAsyncLifetime
{
    private readonly FlakyTable _table = new(ClusterSilo.ClusterId);
    private ClusterSilo _silo = null!;

    private ClusterRouter Router => (ClusterRouter)_silo.Calls.Router;

    public async ValueTask InitializeAsync()
    {
        _silo = await Guard.Within(ClusterSilo.StartAsync(0, PortRange.Next(1), _table, timings: ClusterSilo.Patient), "the silo to join");
        await Guard.Until(() => _silo.Driver.Routes is { IsQuick: true, HasNode: true }, "the silo to settle");
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Theory]
    [InlineData("one", false)]
    [InlineData("one@7", true)]
    public async Task Who_has_seen_a_newer_view_waits_for_it_and_it_is_read_at_once(string key, bool nodeInKey)
    {
        var grain = GrainId.Create("test", key);
        Assert.Equal(nodeInKey ? RouteKind.Nowhere : RouteKind.Here, Router.Find(grain, nodeInKey, Router.View).Kind);
        int reads = _table.Reads;
        Assert.Equal(RouteKind.Wait, Router.Find(grain, nodeInKey, Router.View + 1).Kind);
        // Nothing has changed and nothing is in the way, so nobody else reads.
        await Guard.Until(() => _table.Reads > reads, "the table to be read");
    }

    [Fact]
    public void What_is_on_this_node_is_here_whatever_others_have_seen() =>
        Assert.Equal(RouteKind.Here, Router.Find(GrainId.Create("test", NodeInKey.Format("one", 0)), nodeInKey: true, Router.View + 1).Kind);

    [Fact]
    public void A_silo_that_this_one_does_not_know_yet_may_be_in_the_newer_view()
    {
        var other = SiloAddress.New(_silo.Address.Endpoint, _silo.Address.Generation + 1);
        Assert.Equal(RouteKind.Wait, Router.Find(other, Router.View + 1).Kind);
        Assert.Contains("no member", Router.Find(other, Router.View).Reason, StringComparison.Ordinal);
        Assert.Equal(Route.At(_silo.Address), Router.Find(_silo.Address, Router.View + 1));
    }
}
