namespace Actors.Grains.Partitions;

/// <summary>What every replica of a silo shares.</summary>
public sealed record ReplicaServices(TimeProvider Time, ReplicaMetrics Metrics);
