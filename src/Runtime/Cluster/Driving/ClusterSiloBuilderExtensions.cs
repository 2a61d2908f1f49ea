using Actors.Membership;
using Actors.Runtime.Peering;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>Makes a silo a member of a cluster.</summary>
public static class ClusterSiloBuilderExtensions
{
    /// <param name="builder">The silo.</param>
    /// <param name="table">Where the members stand.</param>
    /// <param name="peering">The cluster's name and secret, and how silos talk.</param>
    /// <param name="timings">How patient they are; null: as usual.</param>
    public static ISiloBuilder UseCluster(this ISiloBuilder builder, Func<IServiceProvider, ILeasedMembershipTable> table, PeeringOptions peering, ClusterTimings? timings = null)
    {
        builder.Services.AddSingleton(peering);
        builder.Services.AddSingleton(table);
        builder.Services.AddSingleton(provider =>
        {
            LocalSilo silo = provider.GetRequiredService<LocalSilo>();
            ILocalSiloDetails details = provider.GetRequiredService<ILocalSiloDetails>();
            TimeProvider time = provider.GetRequiredService<TimeProvider>();
            return new ClusterDriver(
                silo,
                new ClusterTable(provider.GetRequiredService<ILeasedMembershipTable>(), silo.Address, details.Name, silo.NodeId, details.DnsHostName, time),
                new PeerMessages(provider.GetRequiredService<WireContext>()),
                timings ?? new ClusterTimings(),
                provider.GetRequiredService<IOptions<ClusterMembershipOptions>>().Value,
                time,
                provider.GetRequiredService<ILoggerFactory>().CreateLogger("Orleans.Runtime.Cluster"));
        });
        builder.Services.AddSingleton<IClusterState>(static provider => provider.GetRequiredService<ClusterDriver>().Status);
        builder.Services.AddSingleton<IClusterMembershipService, ClusterMembershipService>();
        builder.Services.AddSingleton<ClusterStages>();
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<ClusterStages>());
        return builder;
    }
}
