namespace Actors.Grains.Agents;

/// <summary>What status is computed from, beside what is stored; see <see cref="AgentTimes.StatusAt"/>.</summary>
/// <param name="NowUtcMs">The time, milliseconds since 1970-01-01 UTC.</param>
/// <param name="ConnectionTimeoutMs">Milliseconds after its creation by which an agent should be connected; 0 for no such limit.</param>
/// <param name="InactiveAfterMs">Milliseconds without a sign of life after which a connection counts as ended.</param>
public readonly record struct StatusClock(long NowUtcMs, long ConnectionTimeoutMs, long InactiveAfterMs);
