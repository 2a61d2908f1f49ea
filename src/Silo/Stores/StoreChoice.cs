using Actors.Grains.Work;
using Actors.Silo.Options;
using Actors.Silo.Stores.PostgreSql;
using Actors.Silo.Stores.Sqlite;
using Orleans.Storage;

namespace Actors.Silo.Stores;

/// <summary>Registers the store that the options name: files of this silo alone, or a database that a cluster shares.</summary>
public static class StoreChoice
{
    /// <summary>Adds the store, and what opens and closes it.</summary>
    public static IServiceCollection AddStore(this IServiceCollection services, SiloOptions silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        _ = silo.IsClustered ? services.AddPostgreSqlStore(silo.Store, silo.ClusterName) : services.AddEmbeddedStore();
        return services.AddAgentStores(silo);
    }

    /// <summary>Where the store keeps the state of grains.</summary>
    /// <param name="services">The silo's.</param>
    /// <param name="name">Name of the storage provider.</param>
    public static IGrainStorage CreateGrainStorage(IServiceProvider services, string name) => services.GetService<PostgreSqlGrainState>() is { } shared
        ? new PostgreSqlGrainStorage(name, shared)
        : new SqliteGrainStorage(name, services.GetRequiredService<SqliteDatabase>());

    /// <summary>Which of the grains whose state is there have work.</summary>
    /// <param name="services">The silo's.</param>
    public static IWorkList CreateWorkList(IServiceProvider services) => services.GetService<PostgreSqlDatabase>() is { } shared
        ? new PostgreSqlWorkList(shared, services.GetRequiredService<ILogger<PostgreSqlWorkList>>())
        : new SqliteWorkList(services.GetRequiredService<SqliteDatabase>(), services.GetRequiredService<ILogger<SqliteWorkList>>());
}
