using Orleans;

namespace Actors.Grains.Groups;

/// <summary>One line of ListGroups (API 16).</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.Overview")]
public sealed record GroupOverview
{
    /// <summary>The group's id.</summary>
    [Id(0)] public string GroupId { get; init; } = "";

    /// <summary>The protocol type; empty for a group that only stores offsets.</summary>
    [Id(1)] public string ProtocolType { get; init; } = "";

    /// <summary>Kafka's name of the state (<see cref="GroupState"/>).</summary>
    [Id(2)] public string State { get; init; } = "";
}
