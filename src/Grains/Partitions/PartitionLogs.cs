using System.Collections.Concurrent;
using Actors.Grains.Topics;
using Actors.Log;

namespace Actors.Grains.Partitions;

/// <summary>Which log of this data directory holds which partition. Safe to use from any thread.</summary>
/// <remarks>
/// Logs are made when their topic is created, many with one flush, and otherwise on the first touch. A log without a topic is
/// an orphan: it is reported and never deleted here, because the topic store may have been restored from an older copy.
/// </remarks>
public sealed class PartitionLogs
{
    private readonly ConcurrentDictionary<PartitionId, LogId> _logs = new();

    public PartitionLogs(LogStore store)
    {
        Store = store;
        foreach (var log in store.Logs)
            _logs[new PartitionId(log.TopicId, log.Partition)] = log.Id;
    }

    public LogStore Store { get; }

    public int Count => _logs.Count;

    /// <summary>The log of one partition, made if it is missing; says whether this call made it.</summary>
    /// <exception cref="LogRefusedException">The store takes nothing now; no log was made.</exception>
    /// <exception cref="LogFailedException">The store has failed.</exception>
    public async ValueTask<(LogId Id, bool IsNew)> EnsureAsync(CatalogTopic topic, int index)
    {
        var partition = new PartitionId(topic.Id, index);
        if (_logs.TryGetValue(partition, out var log))
            return (log, false);
        var isNew = await EnsureAsync([.. MissingOf(topic.Id, topic.Name, topic.Row.Configs, [index])]) > 0;
        return (_logs[partition], isNew);
    }

    /// <summary>Makes the logs of those partitions that a node holds with one flush; those that exist are left as they are.</summary>
    public Task EnsureAsync(IReadOnlyList<StoredTopic> topics, int nodeId) => EnsureAsync([.. topics.SelectMany(topic => MissingOf(
        topic.Topic.Id,
        topic.Topic.Name,
        topic.Topic.Configs,
        [.. topic.Partitions.Where(row => row.Replicas.Contains(nodeId)).Select(row => row.Index)]))]);

    /// <summary>Deletes all logs of these topics; their replicas must be closed.</summary>
    public async Task DeleteAsync(IReadOnlyList<Guid> topicIds)
    {
        var doomed = _logs.Where(pair => topicIds.Contains(pair.Key.TopicId)).ToList();
        if (doomed.Count == 0)
            return;
        await Store.DeleteAsync([.. doomed.Select(pair => pair.Value)], CancellationToken.None);
        foreach (var pair in doomed)
            _logs.TryRemove(pair);
    }

    /// <summary>Takes back a log that <see cref="EnsureAsync(CatalogTopic, int)"/> has just made and nobody has opened.</summary>
    public async Task DeleteUnusedAsync(PartitionId partition)
    {
        if (_logs.TryRemove(partition, out var log))
            await Store.DeleteAsync([log], CancellationToken.None);
    }

    /// <summary>Logs whose topic the catalog does not have.</summary>
    public IReadOnlyList<LogDescription> FindOrphans(TopicCatalogSnapshot catalog) =>
        [.. Store.Logs.Where(log => !catalog.TryGet(log.TopicId, out var topic) || !topic.TryGetPartition(log.Partition, out _))];

    private IEnumerable<NewLog> MissingOf(Guid topicId, string name, IReadOnlyDictionary<string, string> configs, IReadOnlyList<int> indexes) =>
        indexes.Where(index => !_logs.ContainsKey(new PartitionId(topicId, index))).Select(index => new NewLog(name, topicId, index, configs));

    /// <returns>How many of them this call has made and kept.</returns>
    private async Task<int> EnsureAsync(IReadOnlyList<NewLog> missing)
    {
        if (missing.Count == 0)
            return 0;
        var ids = await Store.CreateAsync(missing, CancellationToken.None);
        List<LogId>? surplus = null;
        for (var i = 0; i < missing.Count; i++)
        {
            // Two callers may have made the same log at the same time: the first one to arrive here wins.
            if (!_logs.TryAdd(new PartitionId(missing[i].TopicId, missing[i].Partition), ids[i]))
                (surplus ??= []).Add(ids[i]);
        }

        if (surplus is not null)
            await Store.DeleteAsync(surplus, CancellationToken.None);
        return missing.Count - (surplus?.Count ?? 0);
    }
}
