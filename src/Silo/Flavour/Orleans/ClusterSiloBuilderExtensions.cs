using System.Net;
using Actors.Grains.Work;
using Actors.Silo.Flavour.AdoNet;
using Actors.Silo.Flavour.Secret;
using Actors.Silo.Hosting;
using Actors.Silo.Lifetime;
using Actors.Silo.Options;
using Actors.Silo.Stores;
using Actors.Silo.Stores.PostgreSql;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using SiloOptions = Actors.Silo.Options.SiloOptions;

namespace Actors.Silo.Flavour;

/// <summary>Makes a silo of Microsoft Orleans a member of a cluster that shares a PostgreSQL database.</summary>
internal static class ClusterSiloBuilderExtensions
{
    /// <summary>Name under which Orleans' own storage is registered, behind <see cref="ExactKeyStorage"/>.</summary>
    private const string AdoNetStorage = "adonet";

    public static void UseCluster(this ISiloBuilder builder, SiloOptions silo, SiloPeering peering)
    {
        if (peering.Certificate is not null)
        {
            throw new SiloStartException(
                "Peering:CertificateFile: the Orleans flavour of this program does not encrypt connections between silos. Leave the option out, or run the House flavour.");
        }

        builder.UsePeering(peering);
        builder.Services.AddOptions<ClusterMembershipOptions>()
            .Bind(new ConfigurationBuilder().AddInMemoryCollection(MembershipTimings.Options).Build());
        builder.Configure<GrainDirectoryOptions>(static options => options.RangeLeaseDuration = MembershipTimings.GrainLease);
        if (silo.Membership == SiloOptions.KubernetesMembership)
        {
            builder.Services.AddSingleton<IMembershipTable>(static services => new SuccessorTable(
                MembershipTables.Create(services), MembershipTimings.Patience, services.GetRequiredService<ILogger<SuccessorTable>>()));
        }
        else
        {
            builder.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (AdoNetTables.Invariant, AdoNetTables.ConnectionString(silo.Store)));
        }

        builder.UseAdoNetState(silo);
    }

    /// <summary>Orleans listens by itself, so the port that was bound to make sure of it is given back. There is no port for clients.</summary>
    private static void UsePeering(this ISiloBuilder builder, SiloPeering peering)
    {
        var listening = (IPEndPoint)peering.Socket.LocalEndPoint!;
        peering.Socket.Dispose();
        builder.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = peering.AdvertisedAddress.Address;
            options.SiloPort = peering.AdvertisedAddress.Port;
            options.SiloListeningEndpoint = listening;
            options.GatewayPort = 0;
        });
        builder.UseSecret(peering.Secret);
    }

    /// <summary>Grain state by Orleans' AdoNet provider, on tables that are there before any part of the silo looks for them.</summary>
    private static void UseAdoNetState(this ISiloBuilder builder, SiloOptions silo)
    {
        builder.AddAdoNetGrainStorage(AdoNetStorage, options =>
        {
            options.Invariant = AdoNetTables.Invariant;
            options.ConnectionString = AdoNetTables.ConnectionString(silo.Store);
            options.GrainStorageSerializer = new GrainStateSerializer();
        });
        builder.Services.AddGrainStorage(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME,
            static (services, _) => new WorkMarkingStorage(
                new ExactKeyStorage(services.GetRequiredKeyedService<IGrainStorage>(AdoNetStorage)), services.GetRequiredService<WorkMarks>()));
        builder.Services.AddSingleton<WorkMarks>();
        builder.Services.AddSingleton<IWorkList>(static services => services.GetRequiredService<WorkMarks>());
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => new AdoNetStart(services.GetRequiredService<PostgreSqlDatabase>(), silo.ClusterName));
    }
}
