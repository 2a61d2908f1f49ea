using Orleans;

namespace Actors.Grains.Groups;

/// <summary>A group as DescribeGroups (API 15) shows it.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.Description")]
public sealed record GroupDescription
{
    /// <summary>Kafka's error code; 0 is success. A group that nobody knows is described as <c>Dead</c>, without an error.</summary>
    [Id(0)] public short ErrorCode { get; init; }

    /// <summary>The group's id.</summary>
    [Id(1)] public string GroupId { get; init; } = "";

    /// <summary>Kafka's name of the state (<see cref="GroupState"/>); empty on an error.</summary>
    [Id(2)] public string State { get; init; } = "";

    /// <summary>The protocol type, or empty.</summary>
    [Id(3)] public string ProtocolType { get; init; } = "";

    /// <summary>The elected protocol of a stable group, or empty.</summary>
    [Id(4)] public string Protocol { get; init; } = "";

    /// <summary>The members.</summary>
    [Id(5)] public GroupDescribedMember[] Members { get; init; } = [];
}
