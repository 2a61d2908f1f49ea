namespace Actors.Cli.Nodes;

/// <summary>Result of <c>nodes accept-storage</c>.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="Former">The storage that was given up.</param>
/// <param name="Accepted">The storage with which it may start.</param>
/// <param name="Emptied">What had its only copy on the former one, and begins at offset 0 again; empty when it was accepted before.</param>
public sealed record AcceptedStorage(int NodeId, Guid Former, Guid Accepted, IReadOnlyList<EmptiedTopic> Emptied);

/// <summary>Partitions of a topic whose records are gone.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partitions">Their numbers.</param>
public sealed record EmptiedTopic(string Topic, IReadOnlyList<int> Partitions);
