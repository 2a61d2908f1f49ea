namespace Actors.Cli.Bench;

/// <summary>Latencies in milliseconds.</summary>
/// <param name="P50">Half are at most this.</param>
/// <param name="P99">99 of 100 are at most this.</param>
/// <param name="Max">The largest.</param>
public sealed record LatencySummary(double P50, double P99, double Max);
