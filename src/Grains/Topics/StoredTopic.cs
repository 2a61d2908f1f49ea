namespace Actors.Grains.Topics;

/// <summary>A topic and all of its partitions, in the order of their index.</summary>
public sealed record StoredTopic(TopicRow Topic, IReadOnlyList<PartitionRow> Partitions);
