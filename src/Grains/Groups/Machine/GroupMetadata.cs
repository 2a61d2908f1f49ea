namespace Actors.Grains.Groups;

/// <summary>A generation as it is stored. Immutable.</summary>
public sealed record GroupMetadata
{
    /// <summary>The protocol type; empty when the group never had a member.</summary>
    public string ProtocolType { get; init; } = "";

    /// <summary>The generation, from 1.</summary>
    public int Generation { get; init; }

    /// <summary>The elected protocol, or null without members.</summary>
    public string? Protocol { get; init; }

    /// <summary>The leader's member id, or null without members.</summary>
    public string? Leader { get; init; }

    /// <summary>When the group entered its state, in milliseconds since 1970; -1 when a very old record does not say.</summary>
    public long StateTimestampMs { get; init; } = -1;

    /// <summary>The members with what the leader gave them.</summary>
    public IReadOnlyList<GroupMemberMetadata> Members { get; init; } = [];
}
