namespace Actors.AgentLoad.Checks;

/// <summary>What became of all updates so far. Sent counts each update once for each peer that has to be told.</summary>
public readonly record struct CheckCounts
{
    /// <summary>Updates times the ends that have to be told.</summary>
    public long Sent { get; init; }

    /// <summary>Told, and new to the receiver.</summary>
    public long Delivered { get; init; }

    /// <summary>Passed over because a newer one of the same peer was told instead.</summary>
    public long Coalesced { get; init; }

    /// <summary>Told again on a new connection of the receiver, as it has to be.</summary>
    public long Repeated { get; init; }

    /// <summary>LOST that was told.</summary>
    public long Losses { get; init; }

    /// <summary>readyForHandshake that agents said.</summary>
    public long ReadiesSaid { get; init; }

    /// <summary>READY_FOR_HANDSHAKE that was told; after a quick reconnect it may be told again.</summary>
    public long Readies { get; init; }

    /// <summary>The sum of both.</summary>
    public static CheckCounts operator +(CheckCounts left, CheckCounts right) => new()
    {
        Sent = left.Sent + right.Sent,
        Delivered = left.Delivered + right.Delivered,
        Coalesced = left.Coalesced + right.Coalesced,
        Repeated = left.Repeated + right.Repeated,
        Losses = left.Losses + right.Losses,
        ReadiesSaid = left.ReadiesSaid + right.ReadiesSaid,
        Readies = left.Readies + right.Readies,
    };

    /// <inheritdoc cref="op_Addition"/>
    public static CheckCounts Add(CheckCounts left, CheckCounts right) => left + right;
}
