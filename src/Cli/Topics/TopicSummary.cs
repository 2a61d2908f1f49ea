namespace Actors.Cli.Topics;

/// <summary>One line of <c>topics list</c>.</summary>
/// <param name="Name">The topic's name.</param>
/// <param name="TopicId">Its id, or null where the broker does not tell.</param>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="ReplicationFactor">How many replicas its first partition has.</param>
/// <param name="IsInternal">Whether the cluster keeps its own state in it.</param>
public sealed record TopicSummary(string Name, Guid? TopicId, int Partitions, int ReplicationFactor, bool IsInternal);
