namespace Actors.Grains.Groups;

/// <summary>A generation, or the end of the group.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="Metadata">The generation; null is the tombstone.</param>
public sealed record GroupMetadataRecord(string GroupId, GroupMetadata? Metadata) : GroupRecord(GroupId);
