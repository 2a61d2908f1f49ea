namespace Actors.Cli.Topics;

/// <summary>What a new topic shall be.</summary>
/// <param name="Partitions">Number of partitions, or -1 for the broker's default.</param>
/// <param name="ReplicationFactor">Number of replicas, or -1 for the broker's default.</param>
/// <param name="Configs">Names and values that differ from the defaults.</param>
public sealed record TopicPlan(int Partitions, short ReplicationFactor, IReadOnlyList<KeyValuePair<string, string>> Configs);
