namespace Actors.Storage.Tiering;

/// <summary>A pool as its back end describes it.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Node">The node it lies on: copies of a volume on one node fail together.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="IsUsable">Online, and not closed to new volumes.</param>
/// <param name="CapacityBytes">Its size.</param>
/// <param name="FreeBytes">What is free of it, without what migrations on their way to it will take.</param>
public sealed record PoolFacts(string Name, string Node, IReadOnlyDictionary<string, string> Labels, bool IsUsable, long CapacityBytes, long FreeBytes);
