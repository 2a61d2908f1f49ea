using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Actors.Grains.Groups;

/// <summary>Adds the coordinator of classic groups to a silo.</summary>
public static class GroupServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="GroupCoordinator"/> and what looks after the groups. The host must have added <see cref="GroupOptions"/>, a <see cref="TimeProvider"/>,
    /// an <see cref="IdSource"/>, the topics and the replicas; add it after the silo itself and after what fills the catalog,
    /// so that it starts after them and stops before them.
    /// </summary>
    public static IServiceCollection AddGroupCoordinator(this IServiceCollection services) => services
        .AddSingleton<IGroupTopic, CatalogGroupTopic>()
        .AddSingleton<IPartitionEnds, CatalogPartitionEnds>()
        .AddGroupCoordinatorCore();

    /// <summary>The same without the log: the host adds its own <see cref="IGroupTopic"/> and <see cref="IPartitionEnds"/>.</summary>
    internal static IServiceCollection AddGroupCoordinatorCore(this IServiceCollection services) => services
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
        .AddSingleton<IHostedService>(provider => provider.GetRequiredService<GroupKeeper>());
}
