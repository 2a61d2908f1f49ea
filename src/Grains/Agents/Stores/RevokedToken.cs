namespace Actors.Grains.Agents;

/// <summary>A token that is not good any more, though it has not run out.</summary>
/// <param name="TokenId">Which.</param>
/// <param name="ExpiresAtUtcMs">When it would run out, milliseconds since 1970-01-01 UTC; it need not be remembered longer.</param>
public readonly record struct RevokedToken(Guid TokenId, long ExpiresAtUtcMs);
