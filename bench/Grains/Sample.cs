namespace Actors.Bench.Grains;

/// <summary>What one round of one shape came to: calls a second, processor time and allocated bytes of the whole process per call.</summary>
internal readonly record struct Sample(double PerSecond, double CpuMicroseconds, double AllocatedBytes);
