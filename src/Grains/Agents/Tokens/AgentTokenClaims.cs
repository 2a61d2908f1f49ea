namespace Actors.Grains.Agents;

/// <summary>What a token says.</summary>
public sealed record AgentTokenClaims
{
    /// <summary>What it is good for.</summary>
    public required AgentTokenKind Kind { get; init; }

    /// <summary>The token itself; revocation names it.</summary>
    public required Guid TokenId { get; init; }

    /// <summary>The agent for <see cref="AgentTokenKind.Agent"/>, the peer for <see cref="AgentTokenKind.Resume"/>; for a client or an operator who it is issued to.</summary>
    public required Guid Subject { get; init; }

    /// <summary>Until when it is good, milliseconds since 1970-01-01 UTC.</summary>
    public required long ExpiresAtUtcMs { get; init; }

    /// <summary>Whether a client may reach every agent.</summary>
    public bool IsForAllAgents { get; init; }

    /// <summary>The agents that a client may reach; at most <see cref="AgentTokens.MaxAgents"/>.</summary>
    public IReadOnlyList<Guid> Agents { get; init; } = [];

    /// <summary>Whether a tunnel to this agent may be opened.</summary>
    public bool Reaches(Guid agent) => Kind == AgentTokenKind.Client && (IsForAllAgents || Agents.Contains(agent));
}
