using System.Globalization;
using Actors.Grains.Topics;
using Microsoft.Data.Sqlite;

namespace Actors.Silo.Stores.Sqlite;

/// <summary>Topics, partitions, configs and producer-id blocks in the embedded store.</summary>
/// <param name="database">The store's file; not owned.</param>
public sealed class SqliteTopicStore(SqliteDatabase database) : ITopicStore
{
    private const string PartitionColumns =
        "topic_id, partition_index, replicas, leader_id, leader_epoch, leader_incarnation, in_sync_replicas, partition_epoch";

    private readonly CatalogVersion _version = new();

    /// <inheritdoc/>
    public Task<NodeStart> StartNodeAsync(int nodeId, Guid storageId, Guid newClusterId, bool force, CancellationToken token) =>
        ChangeAsync(
            "start a node",
            session => StartNode(session, nodeId, storageId, newClusterId, force),
            start => force || start.PreviousStorageId is null || start.PreviousStorageId == storageId,
            token);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredNode>> LoadNodesAsync(CancellationToken token) => TranslateAsync(database.ReadAsync<IReadOnlyList<StoredNode>>(
        "load the nodes",
        static session => session.Query(
            "SELECT node_id, incarnation, storage_id FROM nodes ORDER BY node_id",
            static row => new StoredNode(row.GetInt32(0), row.GetInt64(1), Guid.Parse(row.GetString(2)))),
        token));

    /// <inheritdoc/>
    public Task<bool> TryAcceptStorageAsync(int nodeId, Guid former, Guid accepted, CancellationToken token) => ChangeAsync(
        "accept a node's storage",
        session => session.Execute("UPDATE nodes SET storage_id = $3 WHERE node_id = $1 AND storage_id = $2", nodeId, Text(former), Text(accepted)) > 0,
        static isAccepted => isAccepted,
        token);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredTopic>> LoadAsync(CancellationToken token) => TranslateAsync(database.ReadAsync("load topics", Load, token));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredTopic?>> CreateTopicsAsync(IReadOnlyList<NewTopic> topics, CancellationToken token) =>
        ChangeAsync<IReadOnlyList<StoredTopic?>>(
            "create topics", session => [.. topics.Select(topic => Create(session, topic))], static created => created.Any(static topic => topic is not null), token);

    /// <inheritdoc/>
    public Task<IReadOnlyList<bool>> DeleteTopicsAsync(IReadOnlyList<Guid> topicIds, CancellationToken token) =>
        ChangeAsync<IReadOnlyList<bool>>(
            "delete topics", session => [.. topicIds.Select(id => Delete(session, id))], static removed => removed.Contains(true), token);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DeletedTopic>> LoadDeletionsAsync(CancellationToken token) => TranslateAsync(database.ReadAsync<IReadOnlyList<DeletedTopic>>(
        "load deletions",
        session => session.Query(
            "SELECT topic_id, name, node_ids FROM deleted_topics",
            static row => new DeletedTopic(Guid.Parse(row.GetString(0)), row.GetString(1)) { NodeIds = Nodes(row.GetString(2)) }),
        token));

    /// <inheritdoc/>
    public Task FinishDeletionsAsync(IReadOnlyList<Guid> topicIds, CancellationToken token) => ChangeAsync(
        "finish deletions",
        session => topicIds.Sum(id => session.Execute("DELETE FROM deleted_topics WHERE topic_id = $1", Text(id))),
        static finished => finished > 0,
        token);

    /// <inheritdoc/>
    public Task<bool> TryChangePartitionAsync(PartitionRow expected, PartitionRow next, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(next);
        return ChangeAsync(
            "change a partition",
            session => session.Execute(
                """
                UPDATE partitions
                SET replicas = $1, leader_id = $2, leader_epoch = $3, leader_incarnation = $4, in_sync_replicas = $5, partition_epoch = $6
                WHERE topic_id = $7 AND partition_index = $8 AND leader_epoch = $9 AND partition_epoch = $10
                """,
                Text(next.Replicas), next.LeaderId, next.LeaderEpoch, next.LeaderIncarnation, Text(next.InSyncReplicas), next.PartitionEpoch,
                Text(expected.TopicId), expected.Index, expected.LeaderEpoch, expected.PartitionEpoch) == 1,
            static isChanged => isChanged,
            token);
    }

    /// <inheritdoc/>
    public Task<bool> TryChangeConfigsAsync(
        Guid topicId, int expectedConfigEpoch, IReadOnlyDictionary<string, string> configs, CancellationToken token) =>
        ChangeAsync(
            "change configs",
            session =>
            {
                var isCurrent = session.Execute(
                    "UPDATE topics SET config_epoch = config_epoch + 1 WHERE topic_id = $1 AND config_epoch = $2",
                    Text(topicId), expectedConfigEpoch) == 1;
                if (!isCurrent) return false;
                session.Execute("DELETE FROM topic_configs WHERE topic_id = $1", Text(topicId));
                InsertConfigs(session, topicId, configs);
                return true;
            },
            static isChanged => isChanged,
            token);

    /// <inheritdoc/>
    public Task<ProducerIdBlock> TakeProducerIdsAsync(int nodeId, int count, long atLeast, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return WriteAsync(
            "take producer ids",
            session =>
            {
                var next = Convert.ToInt64(
                    session.Scalar("SELECT value FROM settings WHERE name = 'next_producer_id'") ?? 0L, CultureInfo.InvariantCulture);
                var first = Math.Max(next, atLeast);
                session.Execute(
                    "INSERT INTO settings VALUES ('next_producer_id', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    checked(first + count));
                return new ProducerIdBlock(first, count);
            },
            token);
    }

    /// <inheritdoc/>
    /// <remarks>The file belongs to this process, so it alone changes the catalog.</remarks>
    public IAsyncEnumerable<long> WatchAsync(CancellationToken token) => _version.WatchAsync(token);

    private static NodeStart StartNode(SqliteSession session, int nodeId, Guid storageId, Guid newClusterId, bool force)
    {
        session.Execute("INSERT INTO settings VALUES ('cluster_id', $1) ON CONFLICT (name) DO NOTHING", Text(newClusterId));
        var clusterId = Guid.Parse((string)session.Scalar("SELECT value FROM settings WHERE name = 'cluster_id'")!);
        var known = session.Query(
            "SELECT incarnation, storage_id FROM nodes WHERE node_id = $1",
            static row => (Incarnation: row.GetInt64(0), StorageId: Guid.Parse(row.GetString(1))),
            nodeId);
        if (known is [var node] && node.StorageId != storageId && !force) return new(clusterId, node.Incarnation, node.StorageId);
        var incarnation = known is [var former] ? former.Incarnation + 1 : 1;
        session.Execute(
            """
            INSERT INTO nodes VALUES ($1, $2, $3)
            ON CONFLICT (node_id) DO UPDATE SET incarnation = excluded.incarnation, storage_id = excluded.storage_id
            """,
            nodeId, incarnation, Text(storageId));
        session.Execute(
            """
            UPDATE partitions
            SET leader_epoch = leader_epoch + 1, partition_epoch = partition_epoch + 1, leader_incarnation = $1
            WHERE leader_id = $2
            """,
            incarnation, nodeId);
        return new(clusterId, incarnation, known is [var previous] ? previous.StorageId : null);
    }

    private static IReadOnlyList<StoredTopic> Load(SqliteSession session)
    {
        // One snapshot for all three tables.
        session.Execute("BEGIN");
        try
        {
            var configs = session
                .Query(
                    "SELECT topic_id, name, value FROM topic_configs",
                    static row => (TopicId: row.GetString(0), Name: row.GetString(1), Value: row.GetString(2)))
                .ToLookup(config => config.TopicId);
            var partitions = session
                .Query($"SELECT {PartitionColumns} FROM partitions ORDER BY topic_id, partition_index", ReadPartition)
                .ToLookup(partition => partition.TopicId);
            return session.Query(
                "SELECT topic_id, name, is_internal, config_epoch FROM topics ORDER BY name COLLATE BINARY",
                row =>
                {
                    var topic = new TopicRow
                    {
                        Id = Guid.Parse(row.GetString(0)),
                        Name = row.GetString(1),
                        Configs = configs[row.GetString(0)].ToDictionary(config => config.Name, config => config.Value, StringComparer.Ordinal),
                        IsInternal = row.GetBoolean(2),
                        ConfigEpoch = row.GetInt32(3),
                    };
                    return new StoredTopic(topic, [.. partitions[topic.Id]]);
                });
        }
        finally
        {
            session.Execute("ROLLBACK");
        }
    }

    private static StoredTopic? Create(SqliteSession session, NewTopic topic)
    {
        var isNew = session.Execute(
            "INSERT INTO topics VALUES ($1, $2, $3, 0) ON CONFLICT (name) DO NOTHING", Text(topic.Id), topic.Name, topic.IsInternal) == 1;
        if (!isNew) return null;
        InsertConfigs(session, topic.Id, topic.Configs);
        var highest = session.Scalar("SELECT leader_epoch FROM topic_name_epochs WHERE name = $1", topic.Name);
        var incarnations = session
            .Query("SELECT node_id, incarnation FROM nodes", static row => (NodeId: row.GetInt32(0), Incarnation: row.GetInt64(1)))
            .ToDictionary(node => node.NodeId, node => node.Incarnation);
        var stored = topic.ToStored(highest is null ? null : Convert.ToInt32(highest, CultureInfo.InvariantCulture), incarnations);
        foreach (var row in stored.Partitions)
        {
            session.Execute(
                $"INSERT INTO partitions ({PartitionColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                Text(row.TopicId), row.Index, Text(row.Replicas), row.LeaderId, row.LeaderEpoch, row.LeaderIncarnation,
                Text(row.InSyncReplicas), row.PartitionEpoch);
        }

        return stored;
    }

    private static bool Delete(SqliteSession session, Guid topicId)
    {
        session.Execute(
            """
            INSERT INTO topic_name_epochs
            SELECT topics.name, max(partitions.leader_epoch)
            FROM topics JOIN partitions USING (topic_id) WHERE topic_id = $1 GROUP BY topics.name
            ON CONFLICT (name) DO UPDATE SET leader_epoch = max(leader_epoch, excluded.leader_epoch)
            """,
            Text(topicId));
        var nodes = session
            .Query("SELECT replicas FROM partitions WHERE topic_id = $1", static row => Nodes(row.GetString(0)), Text(topicId))
            .SelectMany(static nodes => nodes).Distinct().Order().ToList();
        session.Execute("INSERT INTO deleted_topics SELECT topic_id, name, $2 FROM topics WHERE topic_id = $1", Text(topicId), Text(nodes));
        return session.Execute("DELETE FROM topics WHERE topic_id = $1", Text(topicId)) == 1;
    }

    private static void InsertConfigs(SqliteSession session, Guid topicId, IReadOnlyDictionary<string, string> configs)
    {
        foreach (var (name, value) in configs)
            session.Execute("INSERT INTO topic_configs VALUES ($1, $2, $3)", Text(topicId), name, value);
    }

    private static PartitionRow ReadPartition(SqliteDataReader row) => new()
    {
        TopicId = Guid.Parse(row.GetString(0)),
        Index = row.GetInt32(1),
        Replicas = Nodes(row.GetString(2)),
        LeaderId = row.GetInt32(3),
        LeaderEpoch = row.GetInt32(4),
        LeaderIncarnation = row.GetInt64(5),
        InSyncReplicas = Nodes(row.GetString(6)),
        PartitionEpoch = row.GetInt32(7),
    };

    private static string Text(Guid id) => id.ToString("D");

    private static string Text(IReadOnlyList<int> nodes) => string.Join(',', nodes);

    private static int[] Nodes(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(node => int.Parse(node, CultureInfo.InvariantCulture))];

    private async Task<T> ChangeAsync<T>(string operation, Func<SqliteSession, T> work, Func<T, bool> isChange, CancellationToken token)
    {
        try
        {
            var answer = await WriteAsync(operation, work, token);
            if (isChange(answer)) _version.Advance();
            return answer;
        }
        catch (TopicStoreException failure) when (failure.Outcome == StoreOutcome.Unknown)
        {
            _ = AdvanceBehindAsync(); // the caller has waited long enough
            throw;
        }
    }

    /// <summary>What may still be under way is done when a write that was asked for later is done; or nothing is written any more.</summary>
    private async Task AdvanceBehindAsync()
    {
        try
        {
            await database.WriteAsync("wait for a change", static _ => 0, CancellationToken.None);
        }
        catch (StoreException)
        {
            // Then nobody knows, and the watchers look.
        }

        _version.Advance();
    }

    private Task<T> WriteAsync<T>(string operation, Func<SqliteSession, T> work, CancellationToken token) =>
        TranslateAsync(database.WriteAsync(operation, work, token));

    private static async Task<T> TranslateAsync<T>(Task<T> task)
    {
        try
        {
            return await task;
        }
        catch (StoreException failure)
        {
            throw new TopicStoreException(failure.Operation, failure.Outcome, failure, failure.Reason);
        }
    }
}
