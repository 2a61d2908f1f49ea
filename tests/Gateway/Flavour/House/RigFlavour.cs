using Actors.Runtime.Placement;
using Orleans.Hosting;

namespace Actors.Gateway.Tests.Support;

/// <summary>What the house runtime needs in the rig.</summary>
internal static class RigFlavour
{
    /// <summary>One silo, which is node 1.</summary>
    public static void Configure(ISiloBuilder builder) => builder.Configure<PlacementOptions>(static placement => placement.NodeId = 1);
}
