namespace Actors.Cli.Agents;

/// <summary>A token that was issued at some time.</summary>
internal sealed record IssuedToken(Guid Id, string Kind, Guid Subject, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt);
