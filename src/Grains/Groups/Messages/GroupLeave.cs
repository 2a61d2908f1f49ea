using Orleans;

namespace Actors.Grains.Groups;

/// <summary>Members say goodbye, or an administrator removes them (LeaveGroup, API 13; versions below 3 carry one member).</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.Leave")]
public sealed record GroupLeave
{
    /// <summary>Who leaves.</summary>
    [Id(0)] public GroupLeavingMember[] Members { get; init; } = [];
}
