using Actors.Grains.Groups;
using Actors.Grains.Partitions;
using Actors.Grains.Topics;
using Actors.Grains.Work;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains;

/// <summary>Registers what topics, partitions and groups need.</summary>
public static class BrokerServices
{
    /// <summary>
    /// Adds the catalog, the replicas, the coordinator of groups and what their grains use. The host provides <see cref="Log.LogStore"/>,
    /// <see cref="ITopicStore"/>, this node's <see cref="Broker"/>, <see cref="TopicOptions"/>, <see cref="IdSource"/>,
    /// <see cref="TimeProvider"/> and meters, and calls <see cref="BrokerStartup.StartAsync"/> before it listens. The nodes are
    /// those of the runtime's cluster, or the one node of a silo that is in none.
    /// </summary>
    public static IServiceCollection AddBroker(this IServiceCollection services) => services
        .AddSingleton<IClusterNodes>(provider => provider.GetService<IClusterMembershipService>() is { } membership
            ? new MembershipNodes(membership)
            : new SingleNode(provider.GetRequiredService<Broker>().NodeId))
        .AddSingleton<ClusterBrokers>()
        .AddSingleton<IBrokerDirectory>(provider => provider.GetRequiredService<ClusterBrokers>())
        .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<ClusterBrokers>())
        .AddSingleton<TopicCatalog>()
        .AddSingleton<CatalogFollower>()
        .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<CatalogFollower>())
        .AddSingleton<TopicPlanner>()
        .AddSingleton<TopicMetrics>()
        .AddSingleton<ReplicaMetrics>()
        .AddSingleton<ReplicaServices>()
        .AddSingleton<ReplicaRegistry>()
        .AddSingleton<PartitionLogs>()
        .AddSingleton<IReplicaOpener, ReplicaOpener>()
        .AddSingleton<ILifecycleParticipant<ISiloLifecycle>, RetentionKeeper>()
        .AddSingleton<IWorkList>(new StandingWork(ControllerGrain.Id))
        .AddSweeper()
        .AddSingleton<BrokerStartup>()
        .AddSingleton(provider => new ProducerIds(
            provider.GetRequiredService<ITopicStore>(),
            provider.GetRequiredService<Broker>().NodeId,
            provider.GetRequiredService<TopicOptions>()))
        .AddGroupCoordinator();
}
