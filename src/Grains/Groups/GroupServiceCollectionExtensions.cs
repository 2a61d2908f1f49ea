using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Groups;

/// <summary>Adds the coordinator of classic groups to a silo.</summary>
public static class GroupServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="GroupCoordinator"/> and what looks after the groups, which starts and stops with the silo. The host adds
    /// topics and replicas, a <see cref="TimeProvider"/> and an <see cref="IdSource"/>, and <see cref="GroupOptions"/> if it
    /// wants others than the default. A second call changes nothing.
    /// </summary>
    public static IServiceCollection AddGroupCoordinator(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(GroupCoordinator)))
            return services;
        services.TryAddSingleton<GroupOptions>();
        services.TryAddSingleton<IGroupTopic, CatalogGroupTopic>();
        services.TryAddSingleton<IPartitionEnds, CatalogPartitionEnds>();
        return services
            .AddSingleton<GroupMetrics>()
            .AddSingleton(provider => new GroupServices(
                provider.GetRequiredService<GroupOptions>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<GroupMetrics>(),
                provider.GetRequiredService<ILoggerFactory>().CreateLogger("Actors.Grains.Groups")))
            .AddSingleton<GroupPartitions>()
            .AddSingleton<GroupDirectory>()
            .AddSingleton<GroupCoordinator>()
            .AddSingleton<GroupKeeper>()
            .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<GroupKeeper>());
    }
}
