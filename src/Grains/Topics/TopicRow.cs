using Orleans;

namespace Actors.Grains.Topics;

/// <summary>One topic as the store keeps it. The id is never used again; a re-created name gets a new one.</summary>
[GenerateSerializer, Immutable, Alias("actors.topics.row")]
public sealed record TopicRow
{
    /// <summary>Kafka's topic id; never <see cref="Guid.Empty"/>.</summary>
    [Id(0)]
    public required Guid Id { get; init; }

    /// <summary>1 to 249 characters of [a-zA-Z0-9._-]; unique among the topics that exist (ordinal).</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>Only what was set for this topic, under Kafka's names; defaults are not stored.</summary>
    [Id(2)]
    public required IReadOnlyDictionary<string, string> Configs { get; init; }

    /// <summary>Counts changes of <see cref="Configs"/> from 0; the compare value of a change.</summary>
    [Id(3)]
    public int ConfigEpoch { get; init; }

    /// <summary>True for the broker's own topics, such as <c>__consumer_offsets</c>.</summary>
    [Id(4)]
    public bool IsInternal { get; init; }
}
