using Orleans;

namespace Actors.Grains.Topics;

/// <summary>What became of each topic of a <see cref="CreateTopicsCommand"/>, in its order.</summary>
[GenerateSerializer, Immutable, Alias("actors.topics.created")]
public sealed record CreateTopicsAnswer
{
    [Id(0)] public required IReadOnlyList<TopicAnswer> Topics { get; init; }
}

/// <summary>What became of one topic.</summary>
[GenerateSerializer, Immutable, Alias("actors.topics.answer")]
public sealed record TopicAnswer
{
    [Id(0)] public string? Name { get; init; }

    /// <summary>The topic's id; empty when nothing was created or the topic is unknown.</summary>
    [Id(1)] public Guid TopicId { get; init; }

    /// <summary>Kafka's error code; 0 is success.</summary>
    [Id(2)] public short ErrorCode { get; init; }

    /// <summary>A sentence for the client; null on success.</summary>
    [Id(3)] public string? ErrorMessage { get; init; }

    [Id(4)] public int PartitionCount { get; init; }
    [Id(5)] public int ReplicationFactor { get; init; }

    /// <summary>What was set for the topic, without defaults.</summary>
    [Id(6)] public IReadOnlyDictionary<string, string> Configs { get; init; } = new Dictionary<string, string>();
}
