namespace Actors.Grains.Groups;

/// <summary>How far groups are behind.</summary>
internal static class GroupLags
{
    /// <summary>
    /// One entry per committed partition whose end is known: high watermark minus committed offset, never below 0 (a topic
    /// may have been created anew under its name).
    /// </summary>
    public static IEnumerable<(string Group, GroupTopicPartition Partition, long Lag)> Of(IEnumerable<GroupPartition> partitions, IPartitionEnds ends)
    {
        foreach (var (groupId, partition, offset) in partitions.SelectMany(each => each.CommittedOffsets()))
        {
            if (ends.TryGetHighWatermark(partition, out var highWatermark))
                yield return (groupId, partition, Math.Max(0, highWatermark - offset));
        }
    }
}
