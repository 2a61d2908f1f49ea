namespace Actors.Cli.Status;

/// <summary>Result of <c>status</c>.</summary>
/// <param name="ClusterId">The cluster's id, or null when Kafka could not be asked.</param>
/// <param name="Silos">By number.</param>
/// <param name="Topics">Number of topics, or null when Kafka could not be asked; so are the next three.</param>
/// <param name="Partitions">Number of partitions.</param>
/// <param name="LeaderlessPartitions">Partitions that nobody can write to or read from.</param>
/// <param name="UnderReplicatedPartitions">Partitions with a replica that lags or is gone.</param>
/// <param name="Warnings">What could not be asked, in sentences.</param>
public sealed record ClusterStatus(
    string? ClusterId,
    IReadOnlyList<SiloLine> Silos,
    int? Topics,
    int? Partitions,
    int? LeaderlessPartitions,
    int? UnderReplicatedPartitions,
    IReadOnlyList<string> Warnings);
