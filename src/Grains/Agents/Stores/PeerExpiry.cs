namespace Actors.Grains.Agents;

/// <summary>Which rows of peers are too old to be of use. Times are milliseconds since 1970-01-01 UTC.</summary>
/// <param name="ClosedBeforeUtcMs">Tunnels that were closed before.</param>
/// <param name="EndedBeforeUtcMs">Peers whose connection ended before, with the tunnels from them that are older than that end; and tunnels older than this of peers without a row.</param>
public readonly record struct PeerExpiry(long ClosedBeforeUtcMs, long EndedBeforeUtcMs);
