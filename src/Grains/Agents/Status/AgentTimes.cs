namespace Actors.Grains.Agents;

/// <summary>What is stored of an agent's connections. All times are milliseconds since 1970-01-01 UTC; null for what never was.</summary>
public sealed record AgentTimes
{
    /// <summary>When the agent was made known.</summary>
    public required long CreatedAtUtcMs { get; init; }

    /// <summary>When it was connected for the first time.</summary>
    public long? FirstConnectedAtUtcMs { get; init; }

    /// <summary>Its last sign of life. Never before <see cref="FirstConnectedAtUtcMs"/>.</summary>
    public long? LastConnectedAtUtcMs { get; init; }

    /// <summary>When its connection ended; null as soon as there is a new one.</summary>
    public long? DisconnectedAtUtcMs { get; init; }

    /// <summary>What can be said of the agent.</summary>
    /// <param name="nowUtcMs">The time.</param>
    /// <param name="connectionTimeoutMs">Milliseconds after its creation by which it should be connected; 0 for no such limit.</param>
    /// <param name="inactiveAfterMs">Milliseconds without a sign of life after which its connection counts as ended.</param>
    /// <param name="disconnectedAtUtcMs">When its connection ended, for <see cref="AgentStatus.Disconnected"/>; else null.</param>
    public AgentStatus StatusAt(long nowUtcMs, long connectionTimeoutMs, long inactiveAfterMs, out long? disconnectedAtUtcMs)
    {
        disconnectedAtUtcMs = null;
        if (FirstConnectedAtUtcMs is null || LastConnectedAtUtcMs is not { } lastUtcMs)
            return connectionTimeoutMs > 0 && nowUtcMs - CreatedAtUtcMs > connectionTimeoutMs ? AgentStatus.Timeout : AgentStatus.Connecting;
        if (DisconnectedAtUtcMs >= lastUtcMs)
            disconnectedAtUtcMs = DisconnectedAtUtcMs;
        else if (nowUtcMs - lastUtcMs > inactiveAfterMs)
            disconnectedAtUtcMs = lastUtcMs;
        return disconnectedAtUtcMs is null ? AgentStatus.Connected : AgentStatus.Disconnected;
    }
}
