using Actors.Agents;

namespace Actors.Grains.Agents;

/// <summary>What is stored of an agent.</summary>
/// <param name="Id">The agent.</param>
/// <param name="Epoch">Its newest connection; 0 before the first.</param>
/// <param name="Times">Of its connections.</param>
/// <param name="Lifecycle">What it last said of itself; <see cref="AgentLifecycle.Created"/> when it has not.</param>
/// <param name="LifecycleAtUtcMs">When it said so, milliseconds since 1970-01-01 UTC; null when it has not.</param>
public sealed record AgentRecord(Guid Id, long Epoch, AgentTimes Times, AgentLifecycle Lifecycle, long? LifecycleAtUtcMs);
