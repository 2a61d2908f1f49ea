namespace Actors.Cli.Bench;

/// <summary>What a benchmark runs against, and how long.</summary>
/// <param name="Bootstrap">Addresses to begin with.</param>
/// <param name="Topic">The topic; created when it is missing.</param>
/// <param name="Partitions">Partitions of the topic where it is created; null: the command's own default.</param>
/// <param name="ReplicationFactor">Replicas of it where it is created, or -1 for the broker's default.</param>
/// <param name="Connections">Connections, 1 or more.</param>
/// <param name="Outstanding">Requests in flight on each connection, 1 or more.</param>
/// <param name="Duration">How long, or null: until all is done.</param>
/// <param name="Messages">How many messages, or null: until the time is over.</param>
/// <param name="MinThroughput">Messages a second below which the benchmark has failed, or null.</param>
internal sealed record BenchTarget(
    IReadOnlyList<HostPort> Bootstrap,
    string Topic,
    int? Partitions,
    short ReplicationFactor,
    int Connections,
    int Outstanding,
    TimeSpan? Duration,
    long? Messages,
    double? MinThroughput);
