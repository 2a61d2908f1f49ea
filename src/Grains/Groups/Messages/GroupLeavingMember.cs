using Orleans;

namespace Actors.Grains.Groups;

/// <summary>One member that leaves.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.LeavingMember")]
public sealed record GroupLeavingMember
{
    /// <summary>The member's id; may be empty when <see cref="GroupInstanceId"/> names a static member.</summary>
    [Id(0)] public string MemberId { get; init; } = "";

    /// <summary>The static member's name, or null.</summary>
    [Id(1)] public string? GroupInstanceId { get; init; }

    /// <summary>Why it leaves, for the log; null when it does not say.</summary>
    [Id(2)] public string? Reason { get; init; }
}
