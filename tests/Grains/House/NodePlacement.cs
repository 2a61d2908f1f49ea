using Actors.Runtime.Placement;
using Orleans.Hosting;

namespace Actors.Grains.Tests;

/// <summary>Tells a test's silo which node it is.</summary>
internal static class NodePlacement
{
    public static ISiloBuilder UseNode(this ISiloBuilder builder, int nodeId) =>
        builder.Configure<PlacementOptions>(placement => placement.NodeId = nodeId);
}
