namespace Actors.Grains.Groups;

/// <summary>Where partitions of topics end, for the lag of groups. Safe to use from any thread.</summary>
public interface IPartitionEnds
{
    /// <summary>The high watermark of a partition.</summary>
    /// <returns>False when this silo does not know it at the moment.</returns>
    bool TryGetHighWatermark(GroupTopicPartition partition, out long highWatermark);
}
