using Orleans;

namespace Actors.Grains.Groups;

/// <summary>Offsets to remember (OffsetCommit, API 8).</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.Commit")]
public sealed record GroupCommit
{
    /// <summary>The member's generation, or -1 from a consumer that assigns partitions to itself.</summary>
    [Id(0)] public int GenerationId { get; init; } = -1;

    /// <summary>The member's id, or empty.</summary>
    [Id(1)] public string MemberId { get; init; } = "";

    /// <summary>The static member's name, or null.</summary>
    [Id(2)] public string? GroupInstanceId { get; init; }

    /// <summary>Milliseconds to keep these offsets (versions 2-4), or -1: the coordinator's retention.</summary>
    [Id(3)] public long RetentionTimeMs { get; init; } = -1;

    /// <summary>The offsets.</summary>
    [Id(4)] public GroupCommitOffset[] Offsets { get; init; } = [];
}
