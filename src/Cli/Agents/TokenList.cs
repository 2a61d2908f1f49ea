namespace Actors.Cli.Agents;

/// <summary>Tokens that were issued.</summary>
internal sealed record TokenList(IReadOnlyList<IssuedToken> Tokens);
