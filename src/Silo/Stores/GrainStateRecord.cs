namespace Actors.Silo.Stores;

/// <summary>A record of grain state.</summary>
/// <param name="Version">The number of its last change.</param>
/// <param name="Payload">The serialised state; the reader's own.</param>
public readonly record struct GrainStateRecord(long Version, byte[] Payload);
