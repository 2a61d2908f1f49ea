using Orleans;

namespace Actors.Grains.Groups;

/// <summary>A question for committed offsets (OffsetFetch, API 9).</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.Fetch")]
public sealed record GroupFetch
{
    /// <summary>The partitions asked for, or null: every partition that the group has committed.</summary>
    [Id(0)] public GroupTopicPartition[]? Partitions { get; init; }
}
