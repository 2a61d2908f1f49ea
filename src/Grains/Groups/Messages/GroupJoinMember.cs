using Orleans;

namespace Actors.Grains.Groups;

/// <summary>What the leader learns about one member.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.JoinMember")]
public sealed record GroupJoinMember
{
    /// <summary>The member's id.</summary>
    [Id(0)] public string MemberId { get; init; } = "";

    /// <summary>The static member's name, or null.</summary>
    [Id(1)] public string? GroupInstanceId { get; init; }

    /// <summary>The member's metadata under the elected protocol.</summary>
    [Id(2)] public ReadOnlyMemory<byte> Metadata { get; init; }
}
