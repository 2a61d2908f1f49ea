namespace Actors.AgentLoad.Measures;

/// <summary>Latencies in milliseconds; 0 where none was measured.</summary>
/// <param name="Count">How many were measured.</param>
/// <param name="P50">Half are at most this.</param>
/// <param name="P95">95 of 100 are at most this.</param>
/// <param name="P99">99 of 100 are at most this.</param>
/// <param name="Max">The largest.</param>
public sealed record LatencyPercentiles(long Count, double P50, double P95, double P99, double Max);
