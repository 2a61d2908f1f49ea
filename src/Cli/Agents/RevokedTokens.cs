namespace Actors.Cli.Agents;

/// <summary>Tokens that are good for nothing any more.</summary>
internal sealed record RevokedTokens(IReadOnlyList<Guid> Revoked);
