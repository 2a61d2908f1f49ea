using Actors.Runtime.Placement;
using Orleans.Hosting;

namespace Actors.Placement;

/// <summary>Tells a silo which node it is.</summary>
public static class NodeSiloBuilderExtensions
{
    /// <param name="builder">The silo.</param>
    /// <param name="nodeId">Number of this node, unique in the cluster; keys that name it (<see cref="NodeInKey"/>) lead here.</param>
    public static ISiloBuilder UseNode(this ISiloBuilder builder, int nodeId) =>
        builder.Configure<PlacementOptions>(options => options.NodeId = nodeId);

    /// <summary>One silo that is its own cluster, reached by nobody else.</summary>
    /// <inheritdoc cref="UseNode"/>
    public static ISiloBuilder UseSingleNode(this ISiloBuilder builder, int nodeId) => builder.UseLocalhostClustering().UseNode(nodeId);
}
