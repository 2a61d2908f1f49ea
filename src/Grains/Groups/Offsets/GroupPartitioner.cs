namespace Actors.Grains.Groups;

/// <summary>Which partition of <c>__consumer_offsets</c> belongs to a group.</summary>
public static class GroupPartitioner
{
    /// <summary>
    /// Kafka's rule: the hash of Java's String.hashCode, without its sign bit, modulo the number of partitions, so that
    /// Kafka's tools find a group where we put it.
    /// </summary>
    public static int PartitionOf(string groupId, int partitionCount)
    {
        ArgumentNullException.ThrowIfNull(groupId);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(partitionCount);
        var hash = 0;
        foreach (var unit in groupId)
            hash = unchecked((31 * hash) + unit);
        return (hash == int.MinValue ? 0 : Math.Abs(hash)) % partitionCount;
    }
}
