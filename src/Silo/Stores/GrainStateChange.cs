namespace Actors.Silo.Stores;

/// <summary>What became of a change of grain state.</summary>
/// <param name="IsDone">False: the record has another version, and nothing was changed.</param>
/// <param name="Version">The version that the record now has; null when there is no record, or the store does not say.</param>
public readonly record struct GrainStateChange(bool IsDone, long? Version);
