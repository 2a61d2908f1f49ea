using System.Security.Cryptography;
using Actors.Grains;
using Actors.Grains.Topics;
using Actors.Silo.Flavour;
using Actors.Silo.Options;
using Actors.Silo.Stores.Sqlite;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime.Hosting;

namespace Actors.Silo.Hosting;

/// <summary>Registers the runtime and everything that grains use.</summary>
public static class GrainServices
{
    /// <summary>Name of the service and of an embedded silo's cluster within the runtime.</summary>
    private const string ServiceName = "actors";

    /// <summary>Adds what topics, partitions and groups need; what waits for store and log is loaded when both are open.</summary>
    public static IServiceCollection AddSiloGrains(this IServiceCollection services)
    {
        services.AddSingleton(new IdSource(RandomNumberGenerator.Fill));
        services.AddSingleton(static provider => provider.GetRequiredService<KafkaOptions>().ToTopicOptions());
        services.AddSingleton(static provider => provider.GetRequiredService<SiloConfiguration>().Bound.Get<GroupSettings>().ToOptions());
        services.AddSingleton<IBrokerDirectory>(static provider =>
        {
            var silo = provider.GetRequiredService<SiloIdentity>();
            return new SingleBrokerDirectory(new(silo.NodeId, silo.AdvertisedHost, silo.AdvertisedPort));
        });
        services.AddBroker();
        return services.AddHostedService<BrokerOpener>();
    }

    /// <summary>Sets up the runtime: its name, its node, its stores of grain state.</summary>
    public static void ConfigureRuntime(ISiloBuilder builder, Options.SiloOptions silo)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(silo);
        builder.Configure<ClusterOptions>(static options => (options.ClusterId, options.ServiceId) = (ServiceName, ServiceName));
        builder.Configure<Orleans.Configuration.SiloOptions>(options => options.SiloName = silo.EffectiveName);
        builder.Services.AddGrainStorage(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME,
            static (services, name) => new SqliteGrainStorage(name, services.GetRequiredService<SqliteDatabase>()));
        RuntimeFlavour.Configure(builder, silo.NodeId);
    }
}
