using Orleans;

namespace Actors.Grains.Groups;

/// <summary>The answer to <see cref="GroupJoin"/>: an error, or the generation that the member is part of.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.JoinAnswer")]
public sealed record GroupJoinAnswer
{
    /// <summary>Kafka's error code; 0 is success.</summary>
    [Id(0)] public short ErrorCode { get; init; }

    /// <summary>The generation, or -1 on an error.</summary>
    [Id(1)] public int GenerationId { get; init; } = -1;

    /// <summary>The group's protocol type, or null on an error.</summary>
    [Id(2)] public string? ProtocolType { get; init; }

    /// <summary>The protocol that the members elected, or null on an error.</summary>
    [Id(3)] public string? ProtocolName { get; init; }

    /// <summary>The member id of the leader, or empty on an error.</summary>
    [Id(4)] public string Leader { get; init; } = "";

    /// <summary>True when the leader keeps the assignment that the group already has (KIP-814).</summary>
    [Id(5)] public bool SkipAssignment { get; init; }

    /// <summary>The id that the member has from now on, or empty when it has to ask for a new one.</summary>
    [Id(6)] public string MemberId { get; init; } = "";

    /// <summary>All members, for the leader only; empty for everybody else.</summary>
    [Id(7)] public GroupJoinMember[] Members { get; init; } = [];
}
