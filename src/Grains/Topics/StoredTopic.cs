using Orleans;

namespace Actors.Grains.Topics;

/// <summary>A topic and all of its partitions, in the order of their index.</summary>
[GenerateSerializer, Immutable, Alias("actors.topics.stored")]
public sealed record StoredTopic(
    [property: Id(0)] TopicRow Topic,
    [property: Id(1)] IReadOnlyList<PartitionRow> Partitions);
