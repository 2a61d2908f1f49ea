using Orleans.Hosting;

namespace Actors.Grains.Tests;

/// <summary>A test's silo is the only one: Microsoft Orleans places every grain on it.</summary>
internal static class NodePlacement
{
    public static ISiloBuilder UseNode(this ISiloBuilder builder, int nodeId) => builder;
}
