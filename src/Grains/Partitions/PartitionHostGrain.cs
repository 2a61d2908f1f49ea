using Actors.Grains.Topics;
using Orleans;
using Orleans.Concurrency;

namespace Actors.Grains.Partitions;

/// <summary>Makes and deletes this node's logs in bulk.</summary>
[GrainType("partitionhost"), Reentrant]
public sealed class PartitionHostGrain(PartitionLogs logs, ReplicaRegistry registry, IBrokerDirectory brokers) : Grain, IPartitionHostGrain
{
    public Task Host(IReadOnlyList<HostedTopic> topics) => logs.EnsureAsync(topics);

    public async Task Delete(IReadOnlyList<Guid> topicIds)
    {
        var doomed = topicIds.ToHashSet();
        var closing = registry.Replicas.Where(replica => doomed.Contains(replica.Id.TopicId))
            .Select(replica => GrainFactory.GetGrain<IPartitionGrain>(replica.Id.GrainKey(brokers.LocalNodeId)).Close());
        await Task.WhenAll(closing);
        await logs.DeleteAsync(topicIds);
    }
}
