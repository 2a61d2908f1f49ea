using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Providers;
using Orleans.Storage;

namespace Orleans.Runtime.Hosting;

/// <summary>Stores of grain state, by name.</summary>
public static class StorageProviderExtensions
{
    /// <summary>
    /// Adds a store. Grains name it in their attribute; the one that is called "Default" serves those that name none. A store
    /// that takes part in the silo's lifecycle is subscribed to it.
    /// </summary>
    public static IServiceCollection AddGrainStorage<T>(this IServiceCollection collection, string name, Func<IServiceProvider, string, T> implementationFactory)
        where T : IGrainStorage
    {
        ArgumentNullException.ThrowIfNull(collection);
        collection.AddKeyedSingleton<IGrainStorage>(name, (services, key) => implementationFactory(services, (string)key!));
        if (string.Equals(name, ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, StringComparison.Ordinal))
        {
            collection.TryAddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(name));
        }

        if (typeof(ILifecycleParticipant<ISiloLifecycle>).IsAssignableFrom(typeof(T)))
        {
            collection.AddSingleton(services => (ILifecycleParticipant<ISiloLifecycle>)services.GetRequiredKeyedService<IGrainStorage>(name));
        }

        return collection;
    }
}
