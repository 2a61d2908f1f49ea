using Actors.Grains.Partitions;
using Actors.Grains.Topics;
using Microsoft.Extensions.Logging;

namespace Actors.Grains;

/// <summary>
/// What a silo does before it takes the first request: announce itself to the topic store (and so take new leader epochs),
/// load the catalog, and list the logs that no topic claims.
/// </summary>
public sealed partial class BrokerStartup(
    ITopicStore store, TopicCatalog catalog, PartitionLogs logs, IBrokerDirectory brokers, IdSource ids, ILogger<BrokerStartup> logger)
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
        catalog.Replace((await store.LoadAsync(token)).Select(topic => new CatalogTopic(topic)));
        Orphans = logs.FindOrphans(catalog.Current);
        LogStarted(logger, brokers.LocalNodeId, Incarnation, catalog.Current.Count, logs.Count);
        foreach (var orphan in Orphans)
            LogOrphan(logger, orphan);
    }

    /// <summary>An id as Kafka writes it: 16 bytes in unpadded URL-safe base64, 22 characters.</summary>
    public static string ToKafkaForm(Guid id) => System.Buffers.Text.Base64Url.EncodeToString(id.ToByteArray(bigEndian: true));

    [LoggerMessage(2001, LogLevel.Information, "Node {NodeId}, start {Incarnation}: {TopicCount} topics, {LogCount} logs.")]
    private static partial void LogStarted(ILogger logger, int nodeId, long incarnation, int topicCount, int logCount);

    [LoggerMessage(2002, LogLevel.Warning, "No topic claims the log {Log}. It is kept: the topic store may be older than the log.")]
    private static partial void LogOrphan(ILogger logger, Log.LogDescription log);
}
