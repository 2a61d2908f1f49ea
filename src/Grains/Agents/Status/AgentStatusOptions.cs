namespace Actors.Grains.Agents;

/// <summary>From when on an agent that says nothing counts as away.</summary>
public sealed record AgentStatusOptions
{
    /// <summary>Milliseconds after it is made known by which an agent should be connected; 0 for no such limit.</summary>
    public long ConnectionTimeoutMs { get; init; } = 120_000;

    /// <summary>Milliseconds without a sign of life after which its connection counts as ended.</summary>
    public long InactiveAfterMs { get; init; } = 30_000;
}
