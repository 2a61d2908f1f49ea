namespace Actors.Grains.Topics;

/// <summary>A node that has started at least once.</summary>
/// <param name="NodeId">Its number.</param>
/// <param name="Incarnation">How often it has started.</param>
/// <param name="StorageId">The log storage with which it started last, or with which it may start next.</param>
public sealed record StoredNode(int NodeId, long Incarnation, Guid StorageId);
