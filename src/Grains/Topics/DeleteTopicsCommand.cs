using Orleans;

namespace Actors.Grains.Topics;

/// <summary>Which topics are to go.</summary>
[GenerateSerializer, Immutable, Alias("actors.topics.delete")]
public sealed record DeleteTopicsCommand
{
    [Id(0)] public required IReadOnlyList<TopicReference> Topics { get; init; }
}

/// <summary>A topic by its name or by its id: exactly one of the two is set.</summary>
[GenerateSerializer, Immutable, Alias("actors.topics.reference")]
public sealed record TopicReference
{
    [Id(0)] public string? Name { get; init; }
    [Id(1)] public Guid TopicId { get; init; }
}

/// <summary>What became of each topic of a <see cref="DeleteTopicsCommand"/>, in its order.</summary>
[GenerateSerializer, Immutable, Alias("actors.topics.deleted")]
public sealed record DeleteTopicsAnswer
{
    [Id(0)] public required IReadOnlyList<TopicAnswer> Topics { get; init; }
}
