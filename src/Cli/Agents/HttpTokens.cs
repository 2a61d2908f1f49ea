namespace Actors.Cli.Agents;

/// <summary>A page of a silo's answer.</summary>
internal sealed record HttpTokens(IReadOnlyList<IssuedToken> Tokens, string? Next);
