namespace Actors.Grains.Groups;

/// <summary>
/// A group as the log has it: what the durable records say, applied in their order. Not for several threads at once.
/// </summary>
public sealed class GroupImage
{
    private readonly Dictionary<GroupTopicPartition, CommittedOffset> _offsets = [];

    /// <summary>The last generation, or null.</summary>
    public GroupMetadata? Metadata { get; private set; }

    /// <summary>The committed offsets.</summary>
    public IReadOnlyDictionary<GroupTopicPartition, CommittedOffset> Offsets => _offsets;

    /// <summary>True when tombstones have taken everything.</summary>
    public bool IsEmpty => Metadata is null && _offsets.Count == 0;

    /// <summary>Takes in one record; later records win.</summary>
    /// <param name="record">A record of this group.</param>
    /// <param name="logOffset">The base offset of the batch that holds it.</param>
    public void Apply(GroupRecord record, long logOffset)
    {
        switch (record)
        {
            case GroupMetadataRecord metadata:
                Metadata = metadata.Metadata;
                break;
            case GroupOffsetRecord { Offset: null } tombstone:
                _offsets.Remove(tombstone.Partition);
                break;
            case GroupOffsetRecord { Offset: { } offset } commit:
                _offsets[commit.Partition] = offset with { LogOffset = logOffset };
                break;
            default:
                throw new ArgumentException($"A {record?.GetType().Name} is not a record of a group.", nameof(record));
        }
    }

    /// <summary>A copy that later records do not change.</summary>
    public GroupImage Snapshot()
    {
        var copy = new GroupImage { Metadata = Metadata };
        foreach (var (partition, offset) in _offsets)
            copy._offsets.Add(partition, offset);
        return copy;
    }
}
