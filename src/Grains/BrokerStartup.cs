using Actors.Grains.Partitions;
using Actors.Grains.Topics;
using Microsoft.Extensions.Logging;

namespace Actors.Grains;

/// <summary>
/// What a silo does before it takes the first request: announce itself to the topic store (and so take new leader epochs),
/// load the catalog, and list the logs that no topic claims.
/// </summary>
/// <remarks>
/// The store may have been restored from a copy that is older than the logs. Then it would give leader epochs and producer ids
/// that the logs have seen, and a new producer's batch would be taken for a duplicate of another's; so both start above what
/// the logs have.
/// </remarks>
public sealed partial class BrokerStartup(
    ITopicStore store,
    TopicCatalog catalog,
    PartitionLogs logs,
    ProducerIds producerIds,
    IBrokerDirectory brokers,
    IdSource ids,
    ILogger<BrokerStartup> logger)
{
    /// <summary>The cluster's id in Kafka's form: 16 bytes in unpadded URL-safe base64. Empty before the start.</summary>
    public string ClusterId { get; private set; } = "";

    /// <summary>Number of this process start on this node; 0 before the start.</summary>
    public long Incarnation { get; private set; }

    /// <summary>Logs without a topic, found at the start. They stay where they are.</summary>
    public IReadOnlyList<Log.LogDescription> Orphans { get; private set; } = [];

    /// <summary>Runs once, after the log's recovery and before anything listens.</summary>
    /// <exception cref="StorageReplacedException">The node's logs are not those that it had at its last start.</exception>
    /// <exception cref="TopicStoreException">The store is not available.</exception>
    public async Task StartAsync(CancellationToken token)
    {
        var storageId = logs.Store.StorageId;
        var start = await store.StartNodeAsync(brokers.LocalNodeId, storageId, ids.NextGuid(), force: false, token);
        if (start.PreviousStorageId is { } previous && previous != storageId)
            throw new StorageReplacedException(brokers.LocalNodeId, previous, storageId);

        ClusterId = ToKafkaForm(start.ClusterId);
        Incarnation = start.Incarnation;
        producerIds.StartAbove(logs.Store.HighestProducerId);
        var topics = await store.LoadAsync(token);
        if (await RaiseEpochsAsync(topics, token))
            topics = await store.LoadAsync(token);
        catalog.Follow(catalog.Current, topics);
        var deleted = (await store.LoadDeletionsAsync(token)).Select(topic => topic.Id).ToHashSet();
        Orphans = [.. logs.FindOrphans(catalog.Current).Where(log => !deleted.Contains(log.TopicId))];
        LogStarted(logger, brokers.LocalNodeId, Incarnation, catalog.Current.Count, logs.Count);
        foreach (var orphan in Orphans)
            LogOrphan(logger, orphan);
    }

    /// <summary>Gives every partition that this node leads an epoch that its log has not seen: one writer per epoch.</summary>
    /// <returns>Whether a row has changed.</returns>
    private async Task<bool> RaiseEpochsAsync(IReadOnlyList<StoredTopic> topics, CancellationToken token)
    {
        var seen = logs.Store.Summarize().ToDictionary(
            log => new PartitionId(log.Description.TopicId, log.Description.Partition), log => log.HighestEpoch);
        var behind =
            from topic in topics
            from row in topic.Partitions
            where row.LeaderId == brokers.LocalNodeId
            let seenEpoch = seen.GetValueOrDefault(new PartitionId(row.TopicId, row.Index), -1)
            where row.LeaderEpoch <= seenEpoch
            select (Topic: topic.Topic.Name, Row: row, SeenEpoch: seenEpoch);
        var hasChanged = false;
        foreach (var (topic, row, seenEpoch) in behind)
        {
            LogStoreIsOlder(logger, topic, row.Index, row.LeaderEpoch, seenEpoch);
            hasChanged |= await store.TryChangePartitionAsync(
                row, row with { LeaderEpoch = seenEpoch + 1, PartitionEpoch = row.PartitionEpoch + 1 }, token);
        }

        return hasChanged;
    }

    /// <summary>An id as Kafka writes it: 16 bytes in unpadded URL-safe base64, 22 characters.</summary>
    public static string ToKafkaForm(Guid id) => System.Buffers.Text.Base64Url.EncodeToString(id.ToByteArray(bigEndian: true));

    [LoggerMessage(2001, LogLevel.Information, "Node {NodeId}, start {Incarnation}: {TopicCount} topics, {LogCount} logs.")]
    private static partial void LogStarted(ILogger logger, int nodeId, long incarnation, int topicCount, int logCount);

    [LoggerMessage(2003, LogLevel.Warning, "The topic store is older than the logs: {Topic}-{Partition} would be led under epoch {LeaderEpoch}, its log has seen {SeenEpoch}. It gets the next one.")]
    private static partial void LogStoreIsOlder(ILogger logger, string topic, int partition, int leaderEpoch, int seenEpoch);

    [LoggerMessage(2002, LogLevel.Warning, "No topic claims the log {Log}. It is kept: the topic store may be older than the log.")]
    private static partial void LogOrphan(ILogger logger, Log.LogDescription log);
}
