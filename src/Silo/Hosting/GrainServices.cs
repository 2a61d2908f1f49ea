using System.Security.Cryptography;
using Actors.Grains;
using Actors.Grains.Agents;
using Actors.Grains.Overview;
using Actors.Membership;
using Actors.Silo.Flavour;
using Actors.Silo.Options;
using Actors.Silo.Stores;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;

namespace Actors.Silo.Hosting;

/// <summary>Registers the runtime and everything that grains use.</summary>
public static class GrainServices
{
    /// <summary>Name of the service within the runtime.</summary>
    private const string ServiceName = "actors";

    /// <summary>Adds what topics, partitions, groups and agents need; what waits for store and log is loaded when both are open.</summary>
    public static IServiceCollection AddSiloGrains(this IServiceCollection services)
    {
        services.AddSingleton(new IdSource(RandomNumberGenerator.Fill));
        services.AddSingleton(static provider => provider.GetRequiredService<KafkaOptions>().ToTopicOptions());
        services.AddSingleton(static provider => provider.GetRequiredService<SiloConfiguration>().Bound.Get<GroupSettings>().ToOptions());
        services.AddSingleton(static provider =>
        {
            var silo = provider.GetRequiredService<SiloIdentity>();
            return new Broker(silo.NodeId, silo.AdvertisedHost, silo.AdvertisedPort);
        });
        services.AddBroker();
        services.AddAgentPeers();
        services.AddSingleton(static provider => new NodeHolder(
            provider.GetRequiredService<ILocalSiloDetails>().SiloAddress.Endpoint,
            provider.GetRequiredService<SiloConfiguration>().Silo.Name,
            // Null where the silo stands alone, or its runtime knows another list.
            provider.GetService<ILeasedMembershipTable>() is { } table ? table.ReadLeasesAsync : null));
        return services.AddHostedService<BrokerOpener>();
    }

    /// <summary>Sets up the runtime: its name, its node, its stores of grain state, its cluster.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configuration">Checked options.</param>
    /// <param name="peering">How it meets other silos; null: it is alone.</param>
    public static void ConfigureRuntime(ISiloBuilder builder, SiloConfiguration configuration, SiloPeering? peering)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configuration);
        builder.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (configuration.Silo.ClusterName, ServiceName));
        builder.Configure<Orleans.Configuration.SiloOptions>(options => options.SiloName = configuration.Silo.EffectiveName);
        if (peering is not null)
        {
            builder.Configure<EndpointOptions>(
                options => (options.AdvertisedIPAddress, options.SiloPort) = (peering.AdvertisedAddress.Address, peering.AdvertisedAddress.Port));
        }

        builder.Services.AddSingleton<ISiloDescriber, SiloDescriber>();
        builder.AddOverview();
        builder.Services.AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, StoreChoice.CreateGrainStorage);
        builder.Services.AddSingleton(StoreChoice.CreateWorkList);
        RuntimeFlavour.Configure(builder, configuration, peering);
    }
}
