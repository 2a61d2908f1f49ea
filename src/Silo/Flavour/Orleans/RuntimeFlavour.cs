using Actors.Placement;
using Orleans.Hosting;

namespace Actors.Silo.Flavour;

/// <summary>What Microsoft Orleans needs beyond what both flavours share.</summary>
public static class RuntimeFlavour
{
    /// <summary>Name of the flavour, for people.</summary>
    public const string Name = "Orleans";

    /// <summary>One silo that is its own cluster, reached by nobody else.</summary>
    public static void Configure(ISiloBuilder builder, int nodeId) => builder.UseSingleNode(nodeId);
}
