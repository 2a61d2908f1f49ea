using Actors.Placement;
using Actors.Runtime.Peering;
using Orleans.Runtime;

namespace Actors.Bench.Cluster;

/// <summary>Two silos that never change, with their nodes in the keys.</summary>
internal sealed class NodeRouter(int node, SiloAddress other) : IRouter
{
    public long View => 1;

    public Route Find(GrainId grain, bool nodeInKey, long minView) =>
        NodeInKey.TryParse(grain.Key.AsSpan(), out int named) && named != node ? Route.At(other) : Route.Here;

    public Route Find(SiloAddress silo, long minView) => Route.At(silo);
}
