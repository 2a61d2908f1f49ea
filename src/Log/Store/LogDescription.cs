namespace Actors.Log;

/// <summary>What a log is of. Lies beside the log's files too, so that a log can be named when the metadata store has forgotten it.</summary>
/// <param name="Id">The log's own id in this data directory.</param>
/// <param name="Topic">The topic's name when the log was created.</param>
/// <param name="TopicId">The topic's id.</param>
/// <param name="Partition">Index of the partition, from 0.</param>
/// <param name="Configs">Topic configs as they were last told, under Kafka's names.</param>
public sealed record LogDescription(LogId Id, string Topic, Guid TopicId, int Partition, IReadOnlyDictionary<string, string> Configs)
{
    public override string ToString() => $"{Topic}-{Partition} (log {Id}, topic id {TopicId})";
}
