using Actors.Grains.Storage;
using Actors.Silo.Links;
using Actors.Silo.Options;
using Actors.Silo.Pools;
using Actors.Storage.Heat;
using Actors.Storage.Heat.Prometheus;
using Actors.Storage.Load;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Hosting;

/// <summary>Registers the tiering controller with what the options name.</summary>
public static class StorageHosting
{
    /// <summary>Adds the controller, its back end, where policies are kept, and where heat is read, as the options say.</summary>
    public static IServiceCollection AddSiloStorage(this IServiceCollection services, BoundOptions bound)
    {
        ArgumentNullException.ThrowIfNull(bound);
        var options = bound.Get<StorageOptions>();
        services.AddSingleton(options.ToSettings());
        services.AddSingleton<PrometheusMetrics>();
        if (options.ToPrometheus() is { } prometheus)
        {
            services.AddSingleton(provider => new PrometheusHeatSource(
                prometheus, options.ToHeat(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<PrometheusMetrics>()));
            services.AddSingleton<IHeatSource>(static provider => provider.GetRequiredService<PrometheusHeatSource>());
            if (options.PoolLoadExpression is { } expression)
                services.AddSingleton<IPoolLoadSource>(provider => new PrometheusPoolLoad(provider.GetRequiredService<PrometheusHeatSource>(), expression));
        }

        services.AddSingleton<IDisks, LinuxDisks>();
        services.AddSingleton<DiskActivity>();
        services.AddBackEnd(bound);
        services.AddPolicySource(bound);
        services.AddSingleton<INetworkCards, NetworkCards>();
        services.AddSingleton<LinkWatch>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<LinkWatch>());
        services.AddSingleton<LinkNodeCheck>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<LinkNodeCheck>());
        services.AddSingleton<PoolWatch>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<PoolWatch>());
        return services.AddTiering();
    }
}
