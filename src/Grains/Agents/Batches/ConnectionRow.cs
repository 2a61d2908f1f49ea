using Actors.Agents.Messages;

namespace Actors.Grains.Agents;

/// <summary>A connection of somebody to an agent, or what is known of it so far: both ends are reported apart, in either order, or twice.</summary>
public sealed record ConnectionRow : IBatchRow<ConnectionKey, ConnectionRow>
{
    /// <inheritdoc/>
    public required ConnectionKey Key { get; init; }

    /// <summary>The agent.</summary>
    public Guid Agent => Key.Agent;

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

    /// <summary>When it began, or ended where that is all that is known.</summary>
    public long AtUtcMs => ConnectedAtUtcMs ?? DisconnectedAtUtcMs ?? 0;

    /// <inheritdoc/>
    public int Bytes => 256 + (2 * (Type.Length + (Reason?.Length ?? 0) + (Ip?.Length ?? 0)));

    /// <summary>How long ago a connection may have begun or ended when an agent reports it, in milliseconds; 7 days.</summary>
    public const long MaxAgeMs = 7L * 24 * 60 * 60 * 1_000;

    /// <summary>A row of what an agent reported.</summary>
    /// <param name="agent">Which agent.</param>
    /// <param name="report">What it says; its clock may be anything, so a time after now counts as now, and one before <see cref="MaxAgeMs"/> as that.</param>
    /// <param name="nowUtcMs">The time, milliseconds since 1970-01-01 UTC.</param>
    public static ConnectionRow Create(Guid agent, ConnectionReport report, long nowUtcMs)
    {
        ArgumentNullException.ThrowIfNull(report);
        var atUtcMs = Math.Clamp(report.At.ToUnixTimeMilliseconds(), Math.Max(0, nowUtcMs - MaxAgeMs), nowUtcMs);
        var isEnd = report.Action == ConnectionAction.Disconnect;
        return new()
        {
            Key = new ConnectionKey(agent, report.Id, 0),
            Type = StoredText.Of(report.Type),
            ConnectedAtUtcMs = isEnd ? null : atUtcMs,
            DisconnectedAtUtcMs = isEnd ? atUtcMs : null,
            Code = isEnd ? report.Code : null,
            Reason = isEnd && report.Reason is { } reason ? StoredText.Of(reason) : null,
            Ip = report.Ip is { } ip ? StoredText.Of(ip) : null,
        };
    }

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
