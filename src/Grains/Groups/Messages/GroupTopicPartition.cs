using Orleans;

namespace Actors.Grains.Groups;

/// <summary>A partition by its topic's name, as offsets are kept.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">The partition's index.</param>
[GenerateSerializer, Immutable, Alias("Actors.Groups.TopicPartition")]
public readonly record struct GroupTopicPartition(
    [property: Id(0)] string Topic,
    [property: Id(1)] int Partition);
