using Actors.Gateway.Tests.Support;
using Actors.Grains;
using Actors.Grains.Tests.Support;
using Actors.Grains.Tests.Topics;
using Actors.Grains.Topics;
using Actors.Harness;
using Actors.Membership;
using Actors.Placement;
using Actors.Runtime.Cluster;
using Actors.Runtime.Peering;
using Orleans.Hosting;
using Orleans.TestingHost;

namespace Actors.Gateway.Tests.Clusters;

/// <summary>Three silos in this process that are one cluster, each with a Kafka port, a data folder and a log of its own; they share a store of topics.</summary>
internal sealed class ClusterRig : IAsyncDisposable
{
    private static readonly int[] NodeIds = [1, 2, 3];

    private readonly string _clusterId = TestClusterBuilder.CreateClusterId();
    private readonly InMemoryMembershipTable _members;
    private readonly SortedDictionary<int, GatewayRig> _nodes = [];

    private ClusterRig() => _members = new InMemoryMembershipTable(_clusterId, TimeProvider.System);

    public MemoryTopicStore Topics { get; } = new();

    public IReadOnlyCollection<GatewayRig> Nodes => _nodes.Values;

    public GatewayRig this[int nodeId] => _nodes[nodeId];

    public static async Task<ClusterRig> StartAsync()
    {
        var cluster = new ClusterRig();
        foreach (var (nodeId, rig) in NodeIds.Zip(await Task.WhenAll(NodeIds.Select(cluster.StartNodeAsync))))
            cluster._nodes.Add(nodeId, rig);
        await cluster.AllSeeAsync(NodeIds);
        return cluster;
    }

    /// <summary>Waits until all silos that run tell clients of these nodes and no others.</summary>
    public Task AllSeeAsync(params int[] nodeIds) => TestGuard.UntilAsync(
        () => nodeIds.All(nodeId => BrokersOf(nodeId).LiveBrokers.Select(broker => broker.NodeId).SequenceEqual(nodeIds)), $"everybody sees {string.Join(", ", nodeIds)}");

    /// <summary>Waits until the catalogs of these nodes are as they should be.</summary>
    public Task AllKnowAsync(string what, Func<TopicCatalogSnapshot, bool> isSo) =>
        TestGuard.UntilAsync(() => Nodes.All(node => isSo(node.Catalog.Current)), what);

    public IBrokerDirectory BrokersOf(int nodeId) => (IBrokerDirectory)_nodes[nodeId].Services.GetService(typeof(IBrokerDirectory))!;

    public async ValueTask DisposeAsync() => await Task.WhenAll(Nodes.Select(node => node.DisposeAsync().AsTask()));

    private Task<GatewayRig> StartNodeAsync(int nodeId)
    {
        var broker = new Broker(nodeId, "127.0.0.1", LoopbackPort.Next());
        return GatewayRig.StartAsync(topicOptions: new TopicOptions { DefaultPartitions = 6 }, cluster: new RigCluster(Topics, broker, silo => silo
            // Another one at each start: a silo is known by its port and the second in which it started.
            .UseLocalhostClustering(LoopbackPort.Next(), clusterId: _clusterId)
            .UseNode(nodeId)
            .UseCluster(_ => _members, new PeeringOptions { ClusterId = _clusterId, Secret = $"the secret of {_clusterId}" })));
    }
}
