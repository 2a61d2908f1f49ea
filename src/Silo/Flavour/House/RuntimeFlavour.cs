using Actors.Runtime.Cluster;
using Actors.Runtime.Peering;
using Actors.Runtime.Placement;
using Actors.Silo.Health;
using Actors.Silo.Hosting;
using Actors.Silo.Options;
using Actors.Silo.Stores;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Silo.Flavour;

/// <summary>What the house runtime (src/Runtime) needs beyond what both flavours share.</summary>
public static class RuntimeFlavour
{
    /// <summary>Name of the flavour, for people.</summary>
    public const string Name = "House";

    /// <summary>Tells placement which node this is, and makes the silo a member of its cluster.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configuration">Checked options.</param>
    /// <param name="peering">How it meets other silos; null: it is alone.</param>
    public static void Configure(ISiloBuilder builder, SiloConfiguration configuration, SiloPeering? peering)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        builder.Configure<PlacementOptions>(options => options.NodeId = configuration.Silo.NodeId);
        if (peering is null) return;
        builder.Services.AddSingleton<ClusterHealth>();
        builder.Services.AddSingleton<IHealthSource>(static services => services.GetRequiredService<ClusterHealth>());
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static services => services.GetRequiredService<ClusterHealth>());
        builder.UseCluster(MembershipTables.Create, new Runtime.Peering.PeeringOptions
        {
            ClusterId = configuration.Silo.ClusterName,
            Secret = peering.Secret,
            ListenSocket = peering.Socket,
            Tls = peering.Certificate is { } certificate ? new PeerTls(certificate, peering.Authorities) : null,
        });
    }
}
