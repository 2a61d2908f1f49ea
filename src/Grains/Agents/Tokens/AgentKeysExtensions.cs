namespace Actors.Grains.Agents;

/// <summary>Reading tokens with what a silo knows.</summary>
public static class AgentKeysExtensions
{
    /// <summary>Whether a token is this cluster's, of this kind, neither over nor revoked.</summary>
    /// <param name="keys">What the silo knows.</param>
    /// <param name="token">What somebody sent; anything.</param>
    /// <param name="kind">What it has to be good for.</param>
    /// <param name="nowUtcMs">The time, milliseconds since 1970-01-01 UTC.</param>
    /// <param name="claims">What it says; null unless it is good.</param>
    public static bool Check(this IAgentKeys keys, string? token, AgentTokenKind kind, long nowUtcMs, out AgentTokenClaims? claims)
    {
        ArgumentNullException.ThrowIfNull(keys);
        claims = null;
        return token is not null
            && keys.Tokens is { } tokens
            && tokens.Read(token, kind, nowUtcMs, out claims) == AgentTokenRefusal.None
            && !keys.IsRevoked(claims!.TokenId);
    }
}
