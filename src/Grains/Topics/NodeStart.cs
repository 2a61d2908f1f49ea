namespace Actors.Grains.Topics;

/// <summary>What the store says to a process that starts on a node.</summary>
/// <param name="ClusterId">Made with the store and kept for its life.</param>
/// <param name="Incarnation">Larger than that of every earlier start of this node.</param>
/// <param name="PreviousStorageId">The log storage that the node had at its last start; null at its first.</param>
public sealed record NodeStart(Guid ClusterId, long Incarnation, Guid? PreviousStorageId);
