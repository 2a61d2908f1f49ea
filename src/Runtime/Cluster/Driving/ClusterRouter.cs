using Actors.Placement;
using Actors.Runtime.Peering;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>Where grains are, by the cluster's view.</summary>
internal sealed class ClusterRouter(ClusterDriver driver) : IRouter
{
    public long View => driver.Routes.View.Version;

    public Route Find(GrainId grain, bool nodeInKey, long minView)
    {
        ClusterRoutes routes = driver.Routes;
        if (nodeInKey)
        {
            return OnNode(grain, routes, minView);
        }

        if (minView > routes.View.Version)
        {
            driver.CatchUp();
            return Route.Wait;
        }

        if (routes.View.HomeOf(grain) is not { } home)
        {
            return Route.Wait;
        }

        if (!home.Equals(routes.Self))
        {
            return Route.At(home);
        }

        return routes.IsQuick || driver.MayActivate(grain) is Permission.Serve ? Route.Here : Route.Wait;
    }

    public Route Find(SiloAddress silo, long minView)
    {
        ClusterRoutes routes = driver.Routes;
        return routes.View.IsLive(silo) ? Route.At(silo)
            : minView > routes.View.Version || routes.View.Version == 0 ? Route.Wait
            : Route.Nowhere($"{silo} is no member of the cluster in view {routes.View.Version}.");
    }

    /// <summary>A key without a node is for the grain class to refuse.</summary>
    private Route OnNode(GrainId grain, ClusterRoutes routes, long minView)
    {
        if (!NodeInKey.TryParse(grain.Key.AsSpan(), out int nodeId))
        {
            return Route.Here;
        }

        if (nodeId == driver.NodeId)
        {
            return routes.HasNode ? Route.Here : Route.Wait;
        }

        if (minView > routes.View.Version)
        {
            driver.CatchUp();
            return Route.Wait;
        }

        return routes.View.OnNode(nodeId) is { } silo ? Route.At(silo) : Route.Nowhere($"{grain} lives on node {nodeId}, which is away.");
    }
}
