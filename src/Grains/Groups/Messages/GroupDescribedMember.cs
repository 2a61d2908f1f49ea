using Orleans;

namespace Actors.Grains.Groups;

/// <summary>One member of a <see cref="GroupDescription"/>.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.DescribedMember")]
public sealed record GroupDescribedMember
{
    /// <summary>The member's id.</summary>
    [Id(0)] public string MemberId { get; init; } = "";

    /// <summary>The static member's name, or null.</summary>
    [Id(1)] public string? GroupInstanceId { get; init; }

    /// <summary>The client id of its last JoinGroup.</summary>
    [Id(2)] public string ClientId { get; init; } = "";

    /// <summary>The client's address.</summary>
    [Id(3)] public string ClientHost { get; init; } = "";

    /// <summary>Its metadata under the elected protocol; empty unless the group is stable.</summary>
    [Id(4)] public ReadOnlyMemory<byte> Metadata { get; init; }

    /// <summary>Its assignment; empty unless the group is stable.</summary>
    [Id(5)] public ReadOnlyMemory<byte> Assignment { get; init; }
}
