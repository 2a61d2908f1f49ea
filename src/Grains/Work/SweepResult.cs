namespace Actors.Grains.Work;

/// <summary>What a sweep has done on this silo.</summary>
/// <param name="Woken">Grains that were woken.</param>
/// <param name="Failed">Grains that were not; the next sweep tries again.</param>
public readonly record struct SweepResult(int Woken, int Failed);
