namespace Actors.Grains.Groups;

/// <summary>A member as it is stored. Immutable; the bytes are never pooled.</summary>
public sealed record GroupMemberMetadata
{
    /// <summary>The member's id.</summary>
    public string MemberId { get; init; } = "";

    /// <summary>The static member's name, or null.</summary>
    public string? GroupInstanceId { get; init; }

    /// <summary>The client id.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The client's address.</summary>
    public string ClientHost { get; init; } = "";

    /// <summary>The member's rebalance time-out in milliseconds; -1 in records of version 0: the session time-out.</summary>
    public int RebalanceTimeoutMs { get; init; } = -1;

    /// <summary>The member's session time-out in milliseconds.</summary>
    public int SessionTimeoutMs { get; init; }

    /// <summary>Its metadata under the elected protocol.</summary>
    public ReadOnlyMemory<byte> Subscription { get; init; }

    /// <summary>What the leader gave it.</summary>
    public ReadOnlyMemory<byte> Assignment { get; init; }
}
