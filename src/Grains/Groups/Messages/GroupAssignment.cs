using Orleans;

namespace Actors.Grains.Groups;

/// <summary>What the leader gave one member.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.Assignment")]
public sealed record GroupAssignment
{
    /// <summary>The member's id.</summary>
    [Id(0)] public string MemberId { get; init; } = "";

    /// <summary>Opaque bytes (a ConsumerProtocolAssignment for consumers); owned by the message, never pooled.</summary>
    [Id(1)] public ReadOnlyMemory<byte> Assignment { get; init; }
}
