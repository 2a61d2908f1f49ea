using Orleans;

namespace Actors.Grains.Groups;

/// <summary>The answer to <see cref="GroupSync"/>; with error 0 the assignment is durable.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.SyncAnswer")]
public sealed record GroupSyncAnswer
{
    /// <summary>Kafka's error code; 0 is success.</summary>
    [Id(0)] public short ErrorCode { get; init; }

    /// <summary>The group's protocol type, or null on an error.</summary>
    [Id(1)] public string? ProtocolType { get; init; }

    /// <summary>The elected protocol, or null on an error.</summary>
    [Id(2)] public string? ProtocolName { get; init; }

    /// <summary>The bytes that the leader gave for this member; empty when it gave none.</summary>
    [Id(3)] public ReadOnlyMemory<byte> Assignment { get; init; }
}
