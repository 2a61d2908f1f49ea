namespace Actors.Grains.Groups;

/// <summary>The committed offset of one partition, or its end.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The commit; null is the tombstone.</param>
public sealed record GroupOffsetRecord(string GroupId, GroupTopicPartition Partition, CommittedOffset? Offset)
    : GroupRecord(GroupId);
