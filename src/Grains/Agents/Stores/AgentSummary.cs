namespace Actors.Grains.Agents;

/// <summary>An agent, as of the moment somebody asks.</summary>
/// <param name="Record">What is stored.</param>
/// <param name="Status">What follows from it.</param>
/// <param name="DisconnectedAtUtcMs">When its connection ended, for <see cref="AgentStatus.Disconnected"/>, milliseconds since 1970-01-01 UTC; else null.</param>
public sealed record AgentSummary(AgentRecord Record, AgentStatus Status, long? DisconnectedAtUtcMs);
