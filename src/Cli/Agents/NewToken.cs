namespace Actors.Cli.Agents;

/// <summary>A token that was just issued.</summary>
internal sealed record NewToken(string Token, Guid Id, string Kind, Guid Subject, DateTimeOffset ExpiresAt);
