namespace Actors.Grains.Topics;

/// <summary>What a topic gets when nobody says otherwise, and how much one request may ask for.</summary>
public sealed record TopicOptions
{
    /// <summary>Whether a client's request for an unknown topic creates it.</summary>
    public bool AutoCreateTopics { get; init; } = true;

    /// <summary>Partitions of a topic that does not say; at least 1.</summary>
    public int DefaultPartitions { get; init; } = 1;

    /// <summary>Replicas of a topic that does not say; at least 1, at most the nodes that live.</summary>
    public int DefaultReplicationFactor { get; init; } = 1;

    /// <summary>Most replicas of a partition. A leader does not send its records to others yet, so a second one would hold nothing.</summary>
    public int MaxReplicationFactor { get; init; } = 1;

    /// <summary>Most partitions that one request may create, over all of its topics (as Kafka's controller).</summary>
    public int MaxPartitionsPerRequest { get; init; } = 10_000;

    /// <summary>Producer ids taken from the store at a time.</summary>
    public int ProducerIdBlockSize { get; init; } = 1000;
}
