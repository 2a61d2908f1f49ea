namespace Actors.Grains;

/// <summary>The nodes whose silos take grains, at one moment. Immutable.</summary>
/// <param name="Live">In the order of their ids.</param>
/// <param name="ControllerId">The node on which the controller of topics lives; -1 when no node lives.</param>
public sealed record ClusterNodes(IReadOnlyList<ClusterNode> Live, int ControllerId)
{
    /// <summary>Nobody has joined.</summary>
    public static ClusterNodes None { get; } = new([], -1);

    /// <summary>Whether a node lives.</summary>
    public bool Has(int nodeId) => Live.Any(node => node.Id == nodeId);
}
