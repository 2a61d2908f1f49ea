using Actors.Grains.Topics;
using Actors.Silo.Health;
using Actors.Silo.Lifetime;
using Actors.Silo.Options;
using Actors.Silo.Stores.Sqlite;

namespace Actors.Silo.Stores;

/// <summary>Registers the embedded store.</summary>
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
        services.AddSingleton<StoreHealth>();
        services.AddSingleton<IHealthSource>(static provider => provider.GetRequiredService<StoreHealth>());
        return services.AddHostedService<StoreOpener>();
    }
}
