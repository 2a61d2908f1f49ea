using Actors.Grains.Agents;

namespace Actors.Gateway.Agents;

/// <summary>Body of a request for a new token.</summary>
/// <param name="Kind">"agent", "client" or "operator".</param>
/// <param name="Agent">For "agent": the agent.</param>
/// <param name="Agents">For "client": the agents that it may reach; null with <paramref name="AllAgents"/>.</param>
/// <param name="AllAgents">For "client": that it may reach every agent.</param>
/// <param name="ValidSeconds">Seconds for which it is good.</param>
/// <param name="Subject">For "client" and "operator": who it is issued to, as an earlier token says; null for somebody new.</param>
public sealed record TokenWish(string Kind, Guid? Agent, IReadOnlyList<Guid>? Agents, bool AllAgents, long ValidSeconds, Guid? Subject = null);

/// <summary>A token that was just issued; nobody can be told it again.</summary>
/// <param name="Token">The token: a secret.</param>
/// <param name="Id">Its id, which revokes it.</param>
/// <param name="Kind">"agent", "client" or "operator".</param>
/// <param name="Subject">The agent, or who the token is issued to.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
public sealed record NewTokenAnswer(string Token, Guid Id, string Kind, Guid Subject, DateTimeOffset ExpiresAt);

/// <summary>A token that was issued.</summary>
/// <param name="Id">Its id, which revokes it.</param>
/// <param name="Kind">"agent", "client" or "operator".</param>
/// <param name="Subject">The agent, or who the token is issued to.</param>
/// <param name="IssuedAt">When it was issued.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
/// <param name="RevokedAt">When it was revoked; null while it is not.</param>
public sealed record TokenAnswer(Guid Id, string Kind, Guid Subject, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt)
{
    /// <summary>The answer of what the store knows.</summary>
    internal static TokenAnswer Of(IssuedToken token) => new(
        token.TokenId,
        NameOf(token.Kind),
        token.Subject,
        DateTimeOffset.FromUnixTimeMilliseconds(token.IssuedAtUtcMs),
        DateTimeOffset.FromUnixTimeMilliseconds(token.ExpiresAtUtcMs),
        ApiQuery.Time(token.RevokedAtUtcMs));

    /// <summary>How a kind is written.</summary>
    internal static string NameOf(AgentTokenKind kind) => kind switch
    {
        AgentTokenKind.Agent => "agent",
        AgentTokenKind.Client => "client",
        AgentTokenKind.Operator => "operator",
        _ => "resume",
    };
}

/// <summary>Body of <c>GET /api/v1/agents/tokens</c>.</summary>
/// <param name="Tokens">The page, by id.</param>
/// <param name="Next">What <c>after</c> has to be for the next page; null when this is the last.</param>
public sealed record TokensAnswer(IReadOnlyList<TokenAnswer> Tokens, string? Next);
