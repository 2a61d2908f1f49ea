namespace Actors.Grains.Agents;

/// <summary>A token that was issued; not the token itself, which nobody keeps. Times are milliseconds since 1970-01-01 UTC.</summary>
/// <param name="TokenId">The token's id.</param>
/// <param name="Kind">What it is good for.</param>
/// <param name="Subject">The agent, or who it is issued to.</param>
/// <param name="IssuedAtUtcMs">When.</param>
/// <param name="ExpiresAtUtcMs">Until when it is good.</param>
/// <param name="RevokedAtUtcMs">When it was revoked; null while it is not.</param>
public sealed record IssuedToken(Guid TokenId, AgentTokenKind Kind, Guid Subject, long IssuedAtUtcMs, long ExpiresAtUtcMs, long? RevokedAtUtcMs);
