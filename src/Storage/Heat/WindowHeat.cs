namespace Actors.Storage.Heat;

/// <summary>The answers to the questions about one window.</summary>
/// <param name="Query">What was asked.</param>
/// <param name="Iops">The answer to its query for operations.</param>
/// <param name="Coverage">The answer to its query for coverage.</param>
/// <param name="Age">The answer to its query for age.</param>
/// <param name="AtMs">When the oldest of the three was asked for, in milliseconds since 1970.</param>
public sealed record WindowHeat(HeatQuery Query, PrometheusAnswer Iops, PrometheusAnswer Coverage, PrometheusAnswer Age, long AtMs);
