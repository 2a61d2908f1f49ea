using Actors.Runtime.Tests.Support;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters.Stress;

/// <summary>Two silos of which one does not hear the other, although their connection stands: what is sent one way does not arrive.</summary>
public sealed class OneWayPartitionTests : IAsyncDisposable
{
    private const int Grains = 30;

    private readonly PeerNetwork _network = new();
    private readonly TurnLedger _ledger = new();
    private readonly FlakyTable _table = new(ClusterSilo.ClusterId);
    private readonly List<StressNode> _nodes = [];

    public async ValueTask DisposeAsync()
    {
        _network.MendAll();
        foreach (StressNode node in _nodes)
        {
            await node.KillAsync();
        }
    }

    [Fact]
    public async Task One_of_the_two_is_declared_dead_and_the_others_serve_all_grains()
    {
        var store = new LedgerStorage(_ledger, seed: 1);
        for (int node = 0; node < 3; node++)
        {
            _nodes.Add(await StressNode.StartAsync(node, _network, _table, store, _ledger));
        }

        await Guard.Until(() => _nodes.TrueForAll(static node => node.Silo.Driver.Routes is { IsQuick: true, View.Version: >= 6 }), "all silos to settle");
        await CountAsync(_nodes[2]);

        _network.Cut(0, 1);

        await Guard.Until(() => _nodes.Take(2).Any(static node => node.IsOut), "one of the two to know that it is dead");
        StressNode gone = _nodes.First(static node => node.IsOut);
        StressNode[] stay = [.. _nodes.Where(node => node != gone)];
        Assert.Contains("declared this silo dead", gone.Silo.Now.Expelled, StringComparison.Ordinal);
        Assert.All(stay, static node => Assert.False(node.IsOut));
        Assert.Contains(_nodes[2], stay);
        foreach (StressNode node in stay)
        {
            await CountAsync(node);
            Assert.Equal(SiloStatus.Dead, node.Silo.Membership.CurrentSnapshot.GetSiloStatus(gone.Silo.Address));
        }

        Assert.Null(_ledger.Broken);
    }

    /// <summary>Calls each grain from a silo until it has answered.</summary>
    private static Task<long[]> CountAsync(StressNode from) => Guard.Within(
        Task.WhenAll(Enumerable.Range(0, Grains).Select(number => ClusterTests.UntilAnsweredAsync(from.Silo.Grains.GetGrain<IStressGrain>($"count-{number}").Add))), "all grains to answer");
}
