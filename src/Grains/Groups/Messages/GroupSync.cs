using Orleans;

namespace Actors.Grains.Groups;

/// <summary>A member asks for its assignment; the leader brings everybody's (SyncGroup, API 14).</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.Sync")]
public sealed record GroupSync
{
    /// <summary>The generation that the member joined.</summary>
    [Id(0)] public int GenerationId { get; init; }

    /// <summary>The member's id.</summary>
    [Id(1)] public string MemberId { get; init; } = "";

    /// <summary>The static member's name, or null.</summary>
    [Id(2)] public string? GroupInstanceId { get; init; }

    /// <summary>The protocol type that the member believes in, or null (versions below 5): not checked.</summary>
    [Id(3)] public string? ProtocolType { get; init; }

    /// <summary>The protocol that the member believes was elected, or null (versions below 5): not checked.</summary>
    [Id(4)] public string? ProtocolName { get; init; }

    /// <summary>The leader's assignments; whatever another member sends is ignored, and refused where it is more than <see cref="GroupLimits"/> allows.</summary>
    [Id(5)] public GroupAssignment[] Assignments { get; init; } = [];
}
