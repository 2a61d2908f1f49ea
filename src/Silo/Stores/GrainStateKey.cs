namespace Actors.Silo.Stores;

/// <summary>What a record of grain state is found by.</summary>
/// <param name="GrainId">The grain: type and key.</param>
/// <param name="StateName">Which of its states.</param>
public readonly record struct GrainStateKey(string GrainId, string StateName);
