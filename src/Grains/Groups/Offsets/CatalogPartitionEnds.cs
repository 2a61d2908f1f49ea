using Actors.Grains.Partitions;
using Actors.Grains.Topics;

namespace Actors.Grains.Groups;

/// <summary>High watermarks of the replicas that are open on this silo. One that nobody has touched yet is not opened for a gauge.</summary>
public sealed class CatalogPartitionEnds(TopicCatalog catalog, ReplicaRegistry replicas) : IPartitionEnds
{
    /// <inheritdoc/>
    public bool TryGetHighWatermark(GroupTopicPartition partition, out long highWatermark)
    {
        highWatermark = 0;
        if (!catalog.Current.TryGet(partition.Topic, out var topic)
            || !replicas.TryGet(new PartitionId(topic.Id, partition.Partition), out var replica))
        {
            return false;
        }

        highWatermark = replica.HighWatermark;
        return true;
    }
}
