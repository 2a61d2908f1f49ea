using Actors.Grains.Topics;
using Actors.Placement;
using Orleans;
using Orleans.Concurrency;

namespace Actors.Grains.Partitions;

/// <summary>Keeps this node's logs and this silo's catalog up with the controller.</summary>
[NodeInKeyPlacement, GrainType("partitionhost"), Reentrant]
public sealed class PartitionHostGrain(
    PartitionLogs logs, ReplicaRegistry registry, TopicCatalog catalog, IBrokerDirectory brokers) : Grain, IPartitionHostGrain
{
    public async Task Host(IReadOnlyList<StoredTopic> topics)
    {
        try
        {
            await logs.EnsureAsync(topics, brokers.LocalNodeId);
        }
        finally
        {
            catalog.Set(topics.Select(topic => new CatalogTopic(topic)));
        }
    }

    public async Task Delete(IReadOnlyList<Guid> topicIds)
    {
        catalog.Remove(topicIds);
        var doomed = topicIds.ToHashSet();
        var closing = registry.Replicas.Where(replica => doomed.Contains(replica.Id.TopicId))
            .Select(replica => GrainFactory.GetGrain<IPartitionGrain>(replica.Id.GrainKey(brokers.LocalNodeId)).Close());
        await Task.WhenAll(closing);
        await logs.DeleteAsync(topicIds);
    }
}
