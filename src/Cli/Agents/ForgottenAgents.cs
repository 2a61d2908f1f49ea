namespace Actors.Cli.Agents;

/// <summary>Agents that are not listed any more.</summary>
internal sealed record ForgottenAgents(IReadOnlyList<Guid> Forgotten);
