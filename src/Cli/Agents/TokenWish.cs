namespace Actors.Cli.Agents;

/// <summary>What a new token is to be good for.</summary>
internal sealed record TokenWish(string Kind, Guid? Agent, IReadOnlyList<Guid>? Agents, bool AllAgents, long ValidSeconds, Guid? Subject);
