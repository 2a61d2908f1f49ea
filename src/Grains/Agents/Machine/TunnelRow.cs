namespace Actors.Grains.Agents;

/// <summary>What the store knows of a tunnel.</summary>
/// <param name="Source">The peer that opened it.</param>
/// <param name="Destination">The peer that it leads to.</param>
/// <param name="State">Open or closed; a row with a lower version never takes its place.</param>
/// <param name="ChangedAtUtcMs">When that was said, milliseconds since 1970-01-01 UTC; closed ones are removed some time after.</param>
public sealed record TunnelRow(Guid Source, Guid Destination, TunnelState State, long ChangedAtUtcMs);
