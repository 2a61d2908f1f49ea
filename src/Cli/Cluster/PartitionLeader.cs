namespace Actors.Cli.Cluster;

/// <summary>A partition and the broker that leads it.</summary>
/// <param name="Index">The partition's number in its topic.</param>
/// <param name="LeaderId">The leader's number, or -1.</param>
/// <param name="Address">Where it is reached; null when there is no leader.</param>
public sealed record PartitionLeader(int Index, int LeaderId, HostPort? Address);
