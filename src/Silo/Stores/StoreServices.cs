using System.Security.Cryptography;
using Actors.Grains.Topics;
using Actors.Silo.Health;
using Actors.Silo.Lifetime;
using Actors.Silo.Options;
using Actors.Silo.Stores.PostgreSql;
using Actors.Silo.Stores.Sqlite;

namespace Actors.Silo.Stores;

/// <summary>Registers the store: the embedded one, or the one that a cluster shares.</summary>
public static class StoreServices
{
    /// <summary>Adds the store's file and what is kept in it. The file is opened when the silo starts.</summary>
    public static IServiceCollection AddEmbeddedStore(this IServiceCollection services)
    {
        services.AddSingleton(static provider => SqliteDatabase.Open(
            provider.GetRequiredService<DataDirectory>().StorePath,
            provider.GetRequiredService<SiloOptions>().SqliteLibrary,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ITopicStore, SqliteTopicStore>();
        return services.AddStoreHealth().AddHostedService<StoreOpener>();
    }

    /// <summary>Adds a database and what is kept in it. The silo's start waits until it is there, and makes its tables when there are none.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="connectionString">Npgsql's.</param>
    /// <param name="clusterId">The cluster whose database it is: one cluster has one, because topics and grain state know no cluster.</param>
    /// <param name="options">Deadlines and pauses; null for the usual ones.</param>
    public static IServiceCollection AddPostgreSqlStore(
        this IServiceCollection services, string connectionString, string clusterId, PostgreSqlOptions? options = null)
    {
        services.AddSingleton(provider => new PostgreSqlDatabase(connectionString, options ?? new PostgreSqlOptions(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PostgreSqlGrainState>();
        services.AddSingleton<ITopicStore>(static provider => new PostgreSqlTopicStore(
            provider.GetRequiredService<PostgreSqlDatabase>(), NewRandom(), provider.GetRequiredService<ILogger<PostgreSqlTopicStore>>()));
        return services.AddStoreHealth().AddHostedService(provider => new PostgreSqlOpener(
            provider.GetRequiredService<SiloHealth>(),
            provider.GetRequiredService<StoreHealth>(),
            provider.GetRequiredService<PostgreSqlDatabase>(),
            clusterId,
            NewRandom(),
            provider.GetRequiredService<ILogger<PostgreSqlOpener>>()));
    }

    private static IServiceCollection AddStoreHealth(this IServiceCollection services)
    {
        services.AddSingleton<StoreHealth>();
        return services.AddSingleton<IHealthSource>(static provider => provider.GetRequiredService<StoreHealth>());
    }

    /// <summary>Silos that lose one database at one moment must not come back at one moment.</summary>
    private static Random NewRandom() => new(RandomNumberGenerator.GetInt32(int.MaxValue));
}
