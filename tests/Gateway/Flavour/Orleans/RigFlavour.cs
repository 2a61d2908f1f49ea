using Orleans.Hosting;

namespace Actors.Gateway.Tests.Support;

/// <summary>What Microsoft Orleans needs in the rig.</summary>
internal static class RigFlavour
{
    /// <summary>One silo that is its own cluster.</summary>
    public static void Configure(ISiloBuilder builder) => builder.UseLocalhostClustering();
}
