namespace Actors.Grains.Groups;

/// <summary>A member in the machine's memory. Only <see cref="GroupMachine"/> touches it.</summary>
internal sealed class GroupMember
{
    /// <summary>The member's id; a static member gets a new one when its process restarts.</summary>
    public required string MemberId { get; set; }

    /// <summary>The static member's name, or null.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The client id of the last JoinGroup.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The client's address.</summary>
    public string ClientHost { get; set; } = "";

    /// <summary>Milliseconds that the group waits for it to rejoin.</summary>
    public int RebalanceTimeoutMs { get; set; }

    /// <summary>Milliseconds without a heartbeat that it survives.</summary>
    public int SessionTimeoutMs { get; set; }

    /// <summary>What it supports, best first.</summary>
    public GroupProtocol[] Protocols { get; set; } = [];

    /// <summary>What the leader of the generation gave it.</summary>
    public ReadOnlyMemory<byte> Assignment { get; set; }

    /// <summary>The JoinGroup that waits for the generation, or null.</summary>
    public long? JoinTicket { get; set; }

    /// <summary>The SyncGroup that waits for the leader or the disk, or null.</summary>
    public long? SyncTicket { get; set; }

    /// <summary>True until the first generation that it is part of: a new member has no id to send heartbeats with.</summary>
    public bool IsNew { get; set; }

    /// <summary>True from the JoinGroup's answer until the SyncGroup of that generation.</summary>
    public bool OwesSync { get; set; }

    /// <summary>When it is taken for dead, by the monotonic clock; counts only while <see cref="CanExpire"/>.</summary>
    public long DeadlineMs { get; set; }

    /// <summary>The order in which members came; the first to come is the first to lead.</summary>
    public long Order { get; init; }

    /// <summary>A member that waits for an answer of ours cannot be late, unless it is new and its client may be gone.</summary>
    public bool CanExpire => IsNew || (JoinTicket is null && SyncTicket is null);

    /// <summary>The bytes that it holds on the coordinator, roughly.</summary>
    public static long BytesOf(GroupProtocol[] protocols)
    {
        long bytes = 0;
        foreach (var protocol in protocols)
            bytes += protocol.Name.Length + protocol.Metadata.Length;
        return bytes;
    }

    /// <summary>Its metadata under <paramref name="protocol"/>; empty when it does not support it.</summary>
    public ReadOnlyMemory<byte> MetadataFor(string? protocol)
    {
        foreach (var own in Protocols)
        {
            if (own.Name == protocol)
                return own.Metadata;
        }

        return default;
    }

    /// <summary>True when the same protocols come in the same order with the same bytes.</summary>
    public bool Matches(GroupProtocol[] protocols)
    {
        if (protocols.Length != Protocols.Length)
            return false;
        for (var index = 0; index < protocols.Length; index++)
        {
            if (protocols[index].Name != Protocols[index].Name
                || !protocols[index].Metadata.Span.SequenceEqual(Protocols[index].Metadata.Span))
            {
                return false;
            }
        }

        return true;
    }
}
