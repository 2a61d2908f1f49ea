namespace Actors.Grains.Partitions;

/// <summary>What every replica of a silo shares.</summary>
public sealed record ReplicaServices(TimeProvider Time, ReplicaMetrics Metrics)
{
    /// <summary>Time from the first sign that something may be deleted until it is, and the shortest time between two looks.</summary>
    /// <remarks>Kafka: log.retention.check.interval.ms, 5 minutes.</remarks>
    public TimeSpan RetentionCheckInterval { get; init; } = TimeSpan.FromMinutes(5);
}
