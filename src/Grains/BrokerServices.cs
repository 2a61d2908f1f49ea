using Actors.Grains.Groups;
using Actors.Grains.Partitions;
using Actors.Grains.Topics;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains;

/// <summary>Registers what topics, partitions and groups need.</summary>
public static class BrokerServices
{
    /// <summary>
    /// Adds the catalog, the replicas, the coordinator of groups and what their grains use. The host provides <see cref="Log.LogStore"/>,
    /// <see cref="ITopicStore"/>, <see cref="IBrokerDirectory"/>, <see cref="TopicOptions"/>, <see cref="IdSource"/>,
    /// <see cref="TimeProvider"/> and meters, and calls <see cref="BrokerStartup.StartAsync"/> before it listens.
    /// </summary>
    public static IServiceCollection AddBroker(this IServiceCollection services) => services
        .AddSingleton<TopicCatalog>()
        .AddSingleton<TopicPlanner>()
        .AddSingleton<TopicMetrics>()
        .AddSingleton<ReplicaMetrics>()
        .AddSingleton<ReplicaServices>()
        .AddSingleton<ReplicaRegistry>()
        .AddSingleton<PartitionLogs>()
        .AddSingleton<IReplicaOpener, ReplicaOpener>()
        .AddSingleton<ILifecycleParticipant<ISiloLifecycle>, RetentionKeeper>()
        .AddSingleton<ILifecycleParticipant<ISiloLifecycle>, DeletionStarter>()
        .AddSingleton<BrokerStartup>()
        .AddSingleton(provider => new ProducerIds(
            provider.GetRequiredService<ITopicStore>(),
            provider.GetRequiredService<IBrokerDirectory>().LocalNodeId,
            provider.GetRequiredService<TopicOptions>()))
        .AddGroupCoordinator();
}
