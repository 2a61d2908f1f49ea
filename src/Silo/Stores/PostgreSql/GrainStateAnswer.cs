namespace Actors.Silo.Stores.PostgreSql;

/// <summary>What a request for one record of grain state came to.</summary>
/// <param name="IsDone">False: the record has another version than the change expects.</param>
/// <param name="Version">The version that the record now has; null when there is none.</param>
/// <param name="Payload">What a read has read.</param>
public readonly record struct GrainStateAnswer(bool IsDone, long? Version, byte[]? Payload = null);
