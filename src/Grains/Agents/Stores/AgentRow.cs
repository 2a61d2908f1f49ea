using Actors.Agents;

namespace Actors.Grains.Agents;

/// <summary>What became of an agent: its connection, and what it says of itself. Written through at once, unlike heartbeats. Times are milliseconds since 1970-01-01 UTC.</summary>
public sealed record AgentRow : IBatchRow<Guid, AgentRow>
{
    /// <inheritdoc/>
    public required Guid Key { get; init; }

    /// <summary>When it was heard of; the earliest counts as its creation.</summary>
    public required long KnownAtUtcMs { get; init; }

    /// <summary>Its newest connection; 0 when this is not about a connection.</summary>
    public long Epoch { get; init; }

    /// <summary>When any of its connections began first; null when that is not known.</summary>
    public long? FirstConnectedAtUtcMs { get; init; }

    /// <summary>When that connection began, or its last sign of life.</summary>
    public long? LastConnectedAtUtcMs { get; init; }

    /// <summary>When that connection ended; null while it has not.</summary>
    public long? DisconnectedAtUtcMs { get; init; }

    /// <summary>What the agent said of itself; null when it has not.</summary>
    public AgentLifecycle? Lifecycle { get; init; }

    /// <summary>When it said so; the latest counts.</summary>
    public long? LifecycleAtUtcMs { get; init; }

    /// <inheritdoc/>
    public int Bytes => 192;

    /// <summary>An agent that is not connected yet.</summary>
    public static AgentRow Known(Guid agent, long atUtcMs) => new() { Key = agent, KnownAtUtcMs = atUtcMs };

    /// <summary>An agent whose connection has begun.</summary>
    public static AgentRow Connected(Guid agent, long epoch, long atUtcMs) => new()
    {
        Key = agent,
        KnownAtUtcMs = atUtcMs,
        Epoch = epoch,
        FirstConnectedAtUtcMs = atUtcMs,
        LastConnectedAtUtcMs = atUtcMs,
    };

    /// <summary>An agent whose connection has ended.</summary>
    public static AgentRow Disconnected(Guid agent, long epoch, long atUtcMs) => Connected(agent, epoch, atUtcMs) with { DisconnectedAtUtcMs = atUtcMs };

    /// <summary>An agent that said how far it has come.</summary>
    public static AgentRow Said(Guid agent, AgentLifecycle lifecycle, long atUtcMs) => Known(agent, atUtcMs) with { Lifecycle = lifecycle, LifecycleAtUtcMs = atUtcMs };

    /// <inheritdoc/>
    public AgentRow MergeWith(AgentRow other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (newer, older) = Epoch >= other.Epoch ? (this, other) : (other, this);
        var said = CompareSayings(this, other) >= 0 ? this : other;
        var isSame = newer.Epoch == older.Epoch;
        var lastUtcMs = isSame ? Latest(newer.LastConnectedAtUtcMs, older.LastConnectedAtUtcMs) : newer.LastConnectedAtUtcMs;
        var endUtcMs = isSame ? Latest(newer.DisconnectedAtUtcMs, older.DisconnectedAtUtcMs) : newer.DisconnectedAtUtcMs;
        return newer with
        {
            KnownAtUtcMs = Math.Min(newer.KnownAtUtcMs, older.KnownAtUtcMs),
            FirstConnectedAtUtcMs = Earliest(newer.FirstConnectedAtUtcMs, older.FirstConnectedAtUtcMs),
            LastConnectedAtUtcMs = lastUtcMs,
            DisconnectedAtUtcMs = endUtcMs is null ? null : Latest(endUtcMs, lastUtcMs),
            Lifecycle = said.Lifecycle,
            LifecycleAtUtcMs = said.LifecycleAtUtcMs,
        };
    }

    private static long? Earliest(long? one, long? other) => one is null || other < one ? other : one;

    private static long? Latest(long? one, long? other) => one is null || other > one ? other : one;

    private static int CompareSayings(AgentRow one, AgentRow other)
    {
        var byTime = Nullable.Compare(one.LifecycleAtUtcMs, other.LifecycleAtUtcMs);
        return byTime != 0 ? byTime : Nullable.Compare((int?)one.Lifecycle, (int?)other.Lifecycle);
    }
}
