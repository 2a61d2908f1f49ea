using Orleans;

namespace Actors.Grains.Groups;

/// <summary>A member asks to be part of the next generation (JoinGroup, API 11).</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.Join")]
public sealed record GroupJoin
{
    /// <summary>The id that the coordinator gave, or empty for a member that has none yet.</summary>
    [Id(0)] public string MemberId { get; init; } = "";

    /// <summary>The name of a static member (KIP-345), or null for a dynamic one.</summary>
    [Id(1)] public string? GroupInstanceId { get; init; }

    /// <summary>The client id of the request header; becomes the prefix of the member id.</summary>
    [Id(2)] public string ClientId { get; init; } = "";

    /// <summary>The client's address as Kafka shows it, for example <c>/127.0.0.1</c>.</summary>
    [Id(3)] public string ClientHost { get; init; } = "";

    /// <summary>Milliseconds without a heartbeat after which the member is taken for dead.</summary>
    [Id(4)] public int SessionTimeoutMs { get; init; }

    /// <summary>Milliseconds that the group waits for this member to rejoin; negative (version 0): the session time-out.</summary>
    [Id(5)] public int RebalanceTimeoutMs { get; init; } = -1;

    /// <summary>What kind of group it is: <c>consumer</c>, <c>connect</c>, …; never empty in a valid request.</summary>
    [Id(6)] public string ProtocolType { get; init; } = "";

    /// <summary>The protocols that the member supports, the one it likes best first.</summary>
    [Id(7)] public GroupProtocol[] Protocols { get; init; } = [];

    /// <summary>True for versions 4 and up: a dynamic member without an id is given one and asked to come back with it (KIP-394).</summary>
    [Id(8)] public bool RequiresKnownMemberId { get; init; }

    /// <summary>True for versions 9 and up: the member understands <see cref="GroupJoinAnswer.SkipAssignment"/> (KIP-814).</summary>
    [Id(9)] public bool SupportsSkipAssignment { get; init; }

    /// <summary>Why the member (re)joins, for the log; null when it does not say.</summary>
    [Id(10)] public string? Reason { get; init; }
}
