namespace Actors.Cli.Topics;

/// <summary>One topic in <c>topics describe</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TopicId">Its id, or null where the broker does not tell.</param>
/// <param name="IsInternal">Whether the cluster keeps its own state in it.</param>
/// <param name="Partitions">By number.</param>
/// <param name="Configs">What differs from the defaults; empty where the broker does not tell.</param>
public sealed record TopicDescription(
    string Name, Guid? TopicId, bool IsInternal, IReadOnlyList<PartitionDescription> Partitions, IReadOnlyDictionary<string, string?> Configs);
