namespace Actors.Grains;

/// <summary>The one node of a silo that runs alone.</summary>
public sealed class SingleNode(int nodeId) : IClusterNodes
{
    /// <inheritdoc/>
    public ClusterNodes Current { get; } = new([new ClusterNode(nodeId, "")], nodeId);

    /// <inheritdoc/>
    public event Action? Changed
    {
        add { }
        remove { }
    }
}
