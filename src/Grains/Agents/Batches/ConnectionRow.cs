namespace Actors.Grains.Agents;

/// <summary>A connection of somebody to an agent, or what is known of it so far: both ends are reported apart, in either order, or twice.</summary>
public sealed record ConnectionRow : IBatchRow<ConnectionKey, ConnectionRow>
{
    /// <inheritdoc/>
    public required ConnectionKey Key { get; init; }

    /// <summary>The agent.</summary>
    public required Guid Agent { get; init; }

    /// <summary>What it is for, such as ssh.</summary>
    public required string Type { get; init; }

    /// <summary>When it began, milliseconds since 1970-01-01 UTC; null while that is not known.</summary>
    public long? ConnectedAtUtcMs { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public long? DisconnectedAtUtcMs { get; init; }

    /// <summary>The code with which it ended; null, which is not 0, when there is none.</summary>
    public int? Code { get; init; }

    /// <summary>Why it ended.</summary>
    public string? Reason { get; init; }

    /// <summary>Where it came from.</summary>
    public string? Ip { get; init; }

    /// <inheritdoc/>
    public int Bytes => 256 + (2 * (Type.Length + (Reason?.Length ?? 0) + (Ip?.Length ?? 0)));

    /// <summary>The earliest beginning, and the latest end with its code and reason, whatever the order of the reports.</summary>
    public ConnectionRow MergeWith(ConnectionRow other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var end = CompareEnds(this, other) >= 0 ? this : other;
        return end with
        {
            Type = string.CompareOrdinal(Type, other.Type) >= 0 ? Type : other.Type,
            ConnectedAtUtcMs = Earliest(ConnectedAtUtcMs, other.ConnectedAtUtcMs),
            Ip = string.CompareOrdinal(Ip, other.Ip) >= 0 ? Ip : other.Ip,
        };
    }

    private static long? Earliest(long? one, long? other) => one is null || other < one ? other : one;

    private static int CompareEnds(ConnectionRow one, ConnectionRow other)
    {
        var byTime = Nullable.Compare(one.DisconnectedAtUtcMs, other.DisconnectedAtUtcMs);
        if (byTime != 0)
            return byTime;
        var byCode = Nullable.Compare(one.Code, other.Code);
        return byCode != 0 ? byCode : string.CompareOrdinal(one.Reason, other.Reason);
    }
}
