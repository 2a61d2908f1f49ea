using Actors.Grains.Topics;

namespace Actors.Grains.Tests.Topics;

/// <summary>A topic store in memory that keeps the rules of <see cref="ITopicStore"/>; a test can make it fail.</summary>
public sealed class MemoryTopicStore : ITopicStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, StoredTopic> _topics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _highestEpochs = new(StringComparer.Ordinal);
    private readonly Dictionary<int, (long Incarnation, Guid StorageId)> _nodes = [];
    private readonly Dictionary<Guid, DeletedTopic> _deleted = [];
    private Guid? _clusterId;
    private readonly CatalogVersion _version = new();
    private long _nextProducerId;

    /// <summary>Called at the start of every operation with its name; may throw.</summary>
    public Action<string>? OnOperation { get; set; }

    /// <summary>Called when an operation has been applied, before its answer; may throw.</summary>
    public Action<string>? OnApplied { get; set; }

    public int ProducerIdBlocksTaken { get; private set; }

    /// <summary>Takes a copy, and returns what puts it back: what a backup is.</summary>
    public Action Backup()
    {
        lock (_gate)
        {
            var (topics, epochs, nodes, deleted) = (_topics.ToList(), _highestEpochs.ToList(), _nodes.ToList(), _deleted.ToList());
            var (id, next) = (_clusterId, _nextProducerId);
            return () =>
            {
                lock (_gate)
                {
                    Refill(_topics, topics);
                    Refill(_highestEpochs, epochs);
                    Refill(_nodes, nodes);
                    Refill(_deleted, deleted);
                    (_clusterId, _nextProducerId) = (id, next);
                }
            };
        }
    }

    public Task<NodeStart> StartNodeAsync(int nodeId, Guid storageId, Guid newClusterId, bool force, CancellationToken token) => Run("start node", () =>
    {
        var clusterId = _clusterId ??= newClusterId;
        var known = _nodes.TryGetValue(nodeId, out var node);
        if (known && node.StorageId != storageId && !force)
            return new NodeStart(clusterId, node.Incarnation, node.StorageId);
        var incarnation = known ? node.Incarnation + 1 : 1;
        _nodes[nodeId] = (incarnation, storageId);
        foreach (var (name, stored) in _topics.ToList())
            _topics[name] = stored with { Partitions = [.. stored.Partitions.Select(row => row.LeaderId != nodeId ? row : Restarted(row, incarnation))] };
        return new NodeStart(clusterId, incarnation, known ? node.StorageId : null);
    }, start => force || start.PreviousStorageId is null || start.PreviousStorageId == storageId);

    public Task<IReadOnlyList<StoredNode>> LoadNodesAsync(CancellationToken token) => Run<IReadOnlyList<StoredNode>>(
        "load nodes", () => [.. _nodes.OrderBy(node => node.Key).Select(node => new StoredNode(node.Key, node.Value.Incarnation, node.Value.StorageId))]);

    public Task<bool> TryAcceptStorageAsync(int nodeId, Guid former, Guid accepted, CancellationToken token) => Run("accept storage", () =>
    {
        if (!_nodes.TryGetValue(nodeId, out var node) || node.StorageId != former)
            return false;
        _nodes[nodeId] = node with { StorageId = accepted };
        return true;
    }, isAccepted => isAccepted);

    public Task<IReadOnlyList<StoredTopic>> LoadAsync(CancellationToken token) =>
        Run<IReadOnlyList<StoredTopic>>("load", () => [.. _topics.Values]);

    public Task<IReadOnlyList<StoredTopic?>> CreateTopicsAsync(IReadOnlyList<NewTopic> topics, CancellationToken token) =>
        Run<IReadOnlyList<StoredTopic?>>("create topics", () => [.. topics.Select(Create)], static created => created.Any(static topic => topic is not null));

    public Task<IReadOnlyList<bool>> DeleteTopicsAsync(IReadOnlyList<Guid> topicIds, CancellationToken token) => Run<IReadOnlyList<bool>>("delete topics", () =>
    {
        var removed = new List<bool>();
        foreach (var id in topicIds)
        {
            var stored = _topics.Values.FirstOrDefault(topic => topic.Topic.Id == id);
            if (stored is not null)
            {
                _topics.Remove(stored.Topic.Name);
                _highestEpochs[stored.Topic.Name] = stored.Partitions.Max(row => row.LeaderEpoch);
                _deleted[id] = new DeletedTopic(id, stored.Topic.Name)
                {
                    NodeIds = [.. stored.Partitions.SelectMany(row => row.Replicas).Distinct().Order()],
                };
            }

            removed.Add(stored is not null);
        }

        return removed;
    }, static removed => removed.Contains(true));

    public Task<IReadOnlyList<DeletedTopic>> LoadDeletionsAsync(CancellationToken token) =>
        Run<IReadOnlyList<DeletedTopic>>("load deletions", () => [.. _deleted.Values]);

    public Task FinishDeletionsAsync(IReadOnlyList<Guid> topicIds, CancellationToken token) =>
        Run("finish deletions", () => topicIds.Count(_deleted.Remove), static finished => finished > 0);

    public Task<bool> TryChangePartitionAsync(PartitionRow expected, PartitionRow next, CancellationToken token) => Run("change partition", () =>
    {
        var stored = _topics.Values.FirstOrDefault(topic => topic.Topic.Id == expected.TopicId);
        if (stored is null || expected.Index >= stored.Partitions.Count)
            return false;
        var row = stored.Partitions[expected.Index];
        if (row.LeaderEpoch != expected.LeaderEpoch || row.PartitionEpoch != expected.PartitionEpoch)
            return false;
        _topics[stored.Topic.Name] = stored with { Partitions = [.. stored.Partitions.Select(other => other.Index == next.Index ? next : other)] };
        return true;
    }, static isChanged => isChanged);

    public Task<bool> TryChangeConfigsAsync(
        Guid topicId, int expectedConfigEpoch, IReadOnlyDictionary<string, string> configs, CancellationToken token) => Run("change configs", () =>
    {
        var stored = _topics.Values.FirstOrDefault(topic => topic.Topic.Id == topicId);
        if (stored is null || stored.Topic.ConfigEpoch != expectedConfigEpoch)
            return false;
        _topics[stored.Topic.Name] = stored with { Topic = stored.Topic with { Configs = configs, ConfigEpoch = expectedConfigEpoch + 1 } };
        return true;
    }, static isChanged => isChanged);

    public Task<ProducerIdBlock> TakeProducerIdsAsync(int nodeId, int count, long atLeast, CancellationToken token) => Run("take producer ids", () =>
    {
        ProducerIdBlocksTaken++;
        var block = new ProducerIdBlock(Math.Max(_nextProducerId, atLeast), count);
        _nextProducerId = block.First + count;
        return block;
    });

    public IAsyncEnumerable<long> WatchAsync(CancellationToken token) => _version.WatchAsync(token);

    private static void Refill<TKey, TValue>(IDictionary<TKey, TValue> target, List<KeyValuePair<TKey, TValue>> entries)
    {
        target.Clear();
        entries.ForEach(target.Add);
    }

    private static PartitionRow Restarted(PartitionRow row, long incarnation) => row with
    {
        LeaderEpoch = row.LeaderEpoch + 1,
        LeaderIncarnation = incarnation,
        PartitionEpoch = row.PartitionEpoch + 1,
    };

    private StoredTopic? Create(NewTopic topic)
    {
        if (_topics.ContainsKey(topic.Name))
            return null;
        var stored = topic.ToStored(
            _highestEpochs.TryGetValue(topic.Name, out var highest) ? highest : null, _nodes.ToDictionary(static node => node.Key, static node => node.Value.Incarnation));
        _topics[topic.Name] = stored;
        return stored;
    }

    private Task<T> Run<T>(string operation, Func<T> action, Func<T, bool>? isChange = null)
    {
        try
        {
            OnOperation?.Invoke(operation);
            T answer;
            lock (_gate)
                answer = action();
            if (isChange?.Invoke(answer) == true)
                _version.Advance();
            OnApplied?.Invoke(operation);
            return Task.FromResult(answer);
        }
        catch (TopicStoreException failure)
        {
            return Task.FromException<T>(failure);
        }
    }
}
