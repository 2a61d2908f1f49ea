using Orleans;

namespace Actors.Grains.Groups;

/// <summary>A member says that it lives (Heartbeat, API 12).</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.Heartbeat")]
public sealed record GroupHeartbeat
{
    /// <summary>The generation that the member is in.</summary>
    [Id(0)] public int GenerationId { get; init; }

    /// <summary>The member's id.</summary>
    [Id(1)] public string MemberId { get; init; } = "";

    /// <summary>The static member's name, or null.</summary>
    [Id(2)] public string? GroupInstanceId { get; init; }
}
