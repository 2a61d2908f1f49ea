using Orleans;

namespace Actors.Grains.Topics;

/// <summary>What a client, or the broker itself, wants the controller to create.</summary>
[GenerateSerializer, Immutable, Alias("actors.topics.create")]
public sealed record CreateTopicsCommand
{
    [Id(0)] public required IReadOnlyList<TopicWish> Topics { get; init; }

    /// <summary>True: check everything, change nothing.</summary>
    [Id(1)] public bool ValidateOnly { get; init; }

    /// <summary>True only for the broker's own topics, whose names are closed to clients.</summary>
    [Id(2)] public bool AllowInternal { get; init; }
}

/// <summary>One topic as it was asked for; nothing in it has been checked.</summary>
[GenerateSerializer, Immutable, Alias("actors.topics.wish")]
public sealed record TopicWish
{
    /// <summary>Partition count or replication factor: take the broker's default.</summary>
    public const int UseDefault = -1;

    [Id(0)] public required string Name { get; init; }
    [Id(1)] public int PartitionCount { get; init; } = UseDefault;
    [Id(2)] public int ReplicationFactor { get; init; } = UseDefault;

    /// <summary>Placement by hand; empty: the controller places. Both counts must then be <see cref="UseDefault"/>.</summary>
    [Id(3)] public IReadOnlyList<PartitionPlacement> Placement { get; init; } = [];

    [Id(4)] public IReadOnlyList<ConfigWish> Configs { get; init; } = [];
}

/// <summary>The nodes of one partition, in the order of preference.</summary>
[GenerateSerializer, Immutable, Alias("actors.topics.placement")]
public sealed record PartitionPlacement
{
    [Id(0)] public required int Index { get; init; }
    [Id(1)] public required IReadOnlyList<int> NodeIds { get; init; }
}

/// <summary>One config as it was asked for.</summary>
[GenerateSerializer, Immutable, Alias("actors.topics.config")]
public sealed record ConfigWish
{
    [Id(0)] public required string Name { get; init; }
    [Id(1)] public string? Value { get; init; }
}
