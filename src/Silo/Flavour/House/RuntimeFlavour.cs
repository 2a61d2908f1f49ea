using Actors.Runtime.Placement;
using Orleans.Hosting;

namespace Actors.Silo.Flavour;

/// <summary>What the house runtime (src/Runtime) needs beyond what both flavours share.</summary>
public static class RuntimeFlavour
{
    /// <summary>Name of the flavour, for people.</summary>
    public const string Name = "House";

    /// <summary>Tells placement which node this is.</summary>
    public static void Configure(ISiloBuilder builder, int nodeId) =>
        builder.Configure<PlacementOptions>(options => options.NodeId = nodeId);
}
