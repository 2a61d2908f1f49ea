namespace Actors.Grains.Topics;

/// <summary>One topic as the store keeps it. The id is never used again; a re-created name gets a new one.</summary>
public sealed record TopicRow
{
    /// <summary>Kafka's topic id; never <see cref="Guid.Empty"/>.</summary>
    public required Guid Id { get; init; }

    /// <summary>1 to 249 characters of [a-zA-Z0-9._-]; unique among the topics that exist (ordinal).</summary>
    public required string Name { get; init; }

    /// <summary>Only what was set for this topic, under Kafka's names; defaults are not stored.</summary>
    public required IReadOnlyDictionary<string, string> Configs { get; init; }

    /// <summary>Counts changes of <see cref="Configs"/> from 0; the compare value of a change.</summary>
    public int ConfigEpoch { get; init; }

    /// <summary>True for the broker's own topics, such as <c>__consumer_offsets</c>.</summary>
    public bool IsInternal { get; init; }
}
