namespace Actors.Grains.Agents;

/// <summary>What the store knows of a peer's last connection.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="Version">The connection and, when it has ended, how; a row with a lower one never takes its place.</param>
/// <param name="Gateway">Who holds or held it.</param>
/// <param name="ChangedAtUtcMs">When it was made or ended, milliseconds since 1970-01-01 UTC.</param>
public sealed record PeerRow(Guid Peer, PeerVersion Version, GatewayRun Gateway, long ChangedAtUtcMs);
