using Actors.Placement;
using Actors.Silo.Hosting;
using Actors.Silo.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Placement;

namespace Actors.Silo.Flavour;

/// <summary>What Microsoft Orleans needs beyond what both flavours share.</summary>
public static class RuntimeFlavour
{
    /// <summary>Name of the flavour, for people.</summary>
    public const string Name = "Orleans";

    /// <summary>Most calls that wait for one grain; more are refused as "busy" (LimitExceededException).</summary>
    private const int MaxWaitingCalls = 20_000;

    /// <summary>Sets up directory and limits, and makes the silo a member of its cluster; a silo that is alone is a cluster of one.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configuration">Checked options.</param>
    /// <param name="peering">How it meets other silos; null: it is alone.</param>
    /// <exception cref="Lifetime.SiloStartException">An option asks for what this flavour does not have.</exception>
    public static void Configure(ISiloBuilder builder, SiloConfiguration configuration, SiloPeering? peering)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        builder.AddDistributedGrainDirectory();
        builder.Services.AddSingleton(new HashBasedPlacementAttribute().PlacementStrategy); // Orleans' own default weighs load
        builder.AddActivityPropagation();
        builder.Configure<SiloMessagingOptions>(static options => options.MaxEnqueuedRequestsHardLimit = MaxWaitingCalls);
        if (peering is null) builder.UseSingleNode(configuration.Silo.NodeId);
        else builder.UseNode(configuration.Silo.NodeId).UseCluster(configuration.Silo, peering);
    }
}
