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

    /// <summary>True when the last generation has members.</summary>
    public bool HasMembers => Metadata is { Members.Count: > 0 };

    /// <summary>True when the group has no members and something of it is over at <paramref name="utcMs"/>.</summary>
    public bool HasExpired(long utcMs, long retentionMs)
    {
        if (HasMembers)
            return false;
        return _offsets.Count == 0 || _offsets.Values.Any(offset => ExpiryMs(offset, Metadata, retentionMs) <= utcMs);
    }

    /// <summary>When an offset of a group without members ends, in milliseconds since 1970.</summary>
    /// <param name="offset">The commit.</param>
    /// <param name="metadata">The group's last generation, or null when it never had members.</param>
    /// <param name="retentionMs">The coordinator's retention in milliseconds.</param>
    public static long ExpiryMs(CommittedOffset offset, GroupMetadata? metadata, long retentionMs)
    {
        ArgumentNullException.ThrowIfNull(offset);
        return ExpiryMs(offset, metadata is { ProtocolType.Length: > 0 } ? metadata.StateTimestampMs : -1, retentionMs);
    }

    /// <summary>When an offset of a group without members ends, in milliseconds since 1970.</summary>
    /// <param name="offset">The commit.</param>
    /// <param name="emptySinceMs">When the last member left, or -1 when the group never had one.</param>
    /// <param name="retentionMs">The coordinator's retention in milliseconds.</param>
    /// <remarks>KIP-211: a group that had members keeps its offsets from the moment it became empty, others from each commit.</remarks>
    public static long ExpiryMs(CommittedOffset offset, long emptySinceMs, long retentionMs)
    {
        ArgumentNullException.ThrowIfNull(offset);
        if (offset.ExpireTimestampMs >= 0)
            return offset.ExpireTimestampMs;
        var sinceMs = Math.Max(emptySinceMs, offset.CommitTimestampMs);
        return sinceMs > long.MaxValue - retentionMs ? long.MaxValue : sinceMs + retentionMs;
    }

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
