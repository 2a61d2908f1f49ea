namespace Actors.Log;

/// <summary>A log to be created.</summary>
/// <param name="Topic">Name of the topic, at most 249 characters as Kafka allows.</param>
/// <param name="TopicId">Id of the topic.</param>
/// <param name="Partition">Index of the partition, from 0.</param>
/// <param name="Configs">Topic configs to keep beside the log; null for none. Together at most 64 KiB.</param>
public sealed record NewLog(string Topic, Guid TopicId, int Partition, IReadOnlyDictionary<string, string>? Configs = null);
