namespace Actors.Grains.Tests.Work;

/// <summary>Node 1 among nodes that a test chooses.</summary>
internal sealed class OneNode(params int[] live) : IClusterNodes, IBrokerDirectory
{
    public event Action? Changed;

    public ClusterNodes Current { get; private set; } = NodesOf(live);

    public int LocalNodeId => 1;

    public IReadOnlyList<Broker> LiveBrokers => [];

    public int ControllerId => -1;

    public void Become(params int[] nodeIds)
    {
        Current = NodesOf(nodeIds);
        Changed?.Invoke();
    }

    private static ClusterNodes NodesOf(int[] nodeIds) => new([.. nodeIds.Select(id => new ClusterNode(id, ""))], -1);
}
