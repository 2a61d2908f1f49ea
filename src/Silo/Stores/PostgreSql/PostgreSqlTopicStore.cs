using System.Data;
using System.Runtime.CompilerServices;
using Actors.Grains.Topics;
using Npgsql;

namespace Actors.Silo.Stores.PostgreSql;

/// <summary>
/// Topics, partitions, configs and producer-id blocks in PostgreSQL. Whoever changes the catalog first locks its one row, so changes
/// happen one after another and never in a circle; the same row counts them, and the new number is announced with the commit.
/// Safe for use from any thread.
/// </summary>
/// <param name="database">Where it is; the tables are there.</param>
/// <param name="random">Spreads the attempts of many silos to reconnect; used under a lock.</param>
/// <param name="log">Told of a watch that loses its connection.</param>
public sealed class PostgreSqlTopicStore(PostgreSqlDatabase database, Random random, ILogger<PostgreSqlTopicStore> log) : ITopicStore
{
    /// <summary>The channel on which each change says the catalog's new version.</summary>
    internal const string Channel = "actors_topics";

    private const string Announcement = $"""
        WITH moved AS (UPDATE actors.topic_catalog SET version = version + 1 RETURNING version)
        SELECT pg_notify('{Channel}', version::text) FROM moved
        """;

    /// <summary>What a failed database becomes here.</summary>
    private static readonly StoreFailure Failure = static (operation, mayHaveHappened, reason, cause) =>
        new TopicStoreException(operation, mayHaveHappened ? StoreOutcome.Unknown : StoreOutcome.NotApplied, cause, reason);

    /// <inheritdoc/>
    public Task<NodeStart> StartNodeAsync(int nodeId, Guid storageId, Guid newClusterId, bool force, CancellationToken token) => ChangeAsync(
        "start a node",
        async (connection, until) =>
        {
            var clusterId = (Guid)(await connection.ScalarAsync(
                "UPDATE actors.topic_catalog SET kafka_cluster_id = COALESCE(kafka_cluster_id, $1) RETURNING kafka_cluster_id", [newClusterId], until))!;
            var known = await connection.QueryAsync(
                "SELECT incarnation, storage_id FROM actors.nodes WHERE node_id = $1",
                [nodeId],
                static row => (Incarnation: row.GetInt64(0), StorageId: row.GetGuid(1)),
                until);
            if (known is [var node] && node.StorageId != storageId && !force) return (new NodeStart(clusterId, node.Incarnation, node.StorageId), false);
            var incarnation = known is [var former] ? former.Incarnation + 1 : 1;
            await using var batch = connection.CreateBatch();
            batch.Add(
                """
                INSERT INTO actors.nodes VALUES ($1, $2, $3)
                ON CONFLICT (node_id) DO UPDATE SET incarnation = excluded.incarnation, storage_id = excluded.storage_id
                """,
                [nodeId, incarnation, storageId]);
            batch.Add(
                """
                UPDATE actors.partitions
                SET leader_epoch = leader_epoch + 1, partition_epoch = partition_epoch + 1, leader_incarnation = $1
                WHERE leader_id = $2
                """,
                [incarnation, nodeId]);
            await batch.ExecuteNonQueryAsync(until);
            return (new NodeStart(clusterId, incarnation, known is [var previous] ? previous.StorageId : null), true);
        },
        token);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredNode>> LoadNodesAsync(CancellationToken token) => await database.RunAsync(
        "load the nodes",
        static (connection, until) => connection.QueryAsync(
            "SELECT node_id, incarnation, storage_id FROM actors.nodes ORDER BY node_id",
            [],
            static row => new StoredNode(row.GetInt32(0), row.GetInt64(1), row.GetGuid(2)),
            until),
        Failure,
        token);

    /// <inheritdoc/>
    public Task<bool> TryAcceptStorageAsync(int nodeId, Guid former, Guid accepted, CancellationToken token) => ChangeAsync(
        "accept a node's storage",
        async (connection, until) =>
        {
            var isAccepted = await connection.ExecuteAsync(
                "UPDATE actors.nodes SET storage_id = $3 WHERE node_id = $1 AND storage_id = $2", [nodeId, former, accepted], until) > 0;
            return (isAccepted, isAccepted);
        },
        token);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredTopic>> LoadAsync(CancellationToken token) =>
        database.TransactAsync("load topics", IsolationLevel.RepeatableRead, TopicRows.LoadAsync, Failure, token);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredTopic?>> CreateTopicsAsync(IReadOnlyList<NewTopic> topics, CancellationToken token) => ChangeAsync(
        "create topics",
        async (connection, until) =>
        {
            var created = await TopicRows.CreateAsync(connection, topics, until);
            return (created, created.Any(static topic => topic is not null));
        },
        token);

    /// <inheritdoc/>
    public Task<IReadOnlyList<bool>> DeleteTopicsAsync(IReadOnlyList<Guid> topicIds, CancellationToken token) => ChangeAsync<IReadOnlyList<bool>>(
        "delete topics",
        async (connection, until) =>
        {
            Guid[] ids = [.. topicIds];
            await using var batch = connection.CreateBatch();
            batch.Add(
                """
                INSERT INTO actors.topic_name_epochs
                SELECT topics.name, max(partitions.leader_epoch)
                FROM actors.topics JOIN actors.partitions USING (topic_id) WHERE topic_id = ANY ($1) GROUP BY topics.name
                ON CONFLICT (name) DO UPDATE SET leader_epoch = GREATEST(topic_name_epochs.leader_epoch, excluded.leader_epoch)
                """,
                [ids]);
            batch.Add(
                """
                INSERT INTO actors.deleted_topics
                SELECT topic_id, name, ARRAY(
                    SELECT DISTINCT node FROM actors.partitions, unnest(replicas) AS node WHERE partitions.topic_id = topics.topic_id ORDER BY node)
                FROM actors.topics WHERE topic_id = ANY ($1)
                """,
                [ids]);
            batch.Add("DELETE FROM actors.topics WHERE topic_id = ANY ($1) RETURNING topic_id", [ids]);
            await using var reader = await batch.ExecuteReaderAsync(until);
            HashSet<Guid> removed = [.. await reader.ReadAllAsync(static row => row.GetGuid(0), until)];
            var isChange = removed.Count > 0;
            return ([.. ids.Select(removed.Remove)], isChange);
        },
        token);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DeletedTopic>> LoadDeletionsAsync(CancellationToken token) => database.RunAsync<IReadOnlyList<DeletedTopic>>(
        "load deletions",
        static async (connection, until) => await connection.QueryAsync(
            "SELECT topic_id, name, node_ids FROM actors.deleted_topics",
            [],
            static row => new DeletedTopic(row.GetGuid(0), row.GetString(1)) { NodeIds = row.GetFieldValue<int[]>(2) },
            until),
        Failure,
        token);

    /// <inheritdoc/>
    public Task FinishDeletionsAsync(IReadOnlyList<Guid> topicIds, CancellationToken token) => ChangeAsync(
        "finish deletions",
        async (connection, until) =>
        {
            var finished = await connection.ExecuteAsync("DELETE FROM actors.deleted_topics WHERE topic_id = ANY ($1)", [topicIds.ToArray()], until);
            return (finished, finished > 0);
        },
        token);

    /// <inheritdoc/>
    public Task<bool> TryChangePartitionAsync(PartitionRow expected, PartitionRow next, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(next);
        return ChangeAsync(
            "change a partition",
            async (connection, until) =>
            {
                var isChanged = await connection.ExecuteAsync(
                    """
                    UPDATE actors.partitions
                    SET replicas = $1, leader_id = $2, leader_epoch = $3, leader_incarnation = $4, in_sync_replicas = $5, partition_epoch = $6
                    WHERE topic_id = $7 AND partition_index = $8 AND leader_epoch = $9 AND partition_epoch = $10
                    """,
                    [
                        next.Replicas.ToArray(), next.LeaderId, next.LeaderEpoch, next.LeaderIncarnation, next.InSyncReplicas.ToArray(), next.PartitionEpoch,
                        expected.TopicId, expected.Index, expected.LeaderEpoch, expected.PartitionEpoch,
                    ],
                    until) == 1;
                return (isChanged, isChanged);
            },
            token);
    }

    /// <inheritdoc/>
    public Task<bool> TryChangeConfigsAsync(
        Guid topicId, int expectedConfigEpoch, IReadOnlyDictionary<string, string> configs, CancellationToken token) => ChangeAsync(
        "change configs",
        async (connection, until) =>
        {
            var isCurrent = await connection.ExecuteAsync(
                "UPDATE actors.topics SET config_epoch = config_epoch + 1 WHERE topic_id = $1 AND config_epoch = $2", [topicId, expectedConfigEpoch], until) == 1;
            if (!isCurrent) return (false, false);
            await using var batch = connection.CreateBatch();
            batch.Add("DELETE FROM actors.topic_configs WHERE topic_id = $1", [topicId]);
            TopicRows.AddConfigs(batch, configs.Select(config => (topicId, config)));
            await batch.ExecuteNonQueryAsync(until);
            return (true, true);
        },
        token);

    /// <inheritdoc/>
    public Task<ProducerIdBlock> TakeProducerIdsAsync(int nodeId, int count, long atLeast, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return ChangeAsync(
            "take producer ids",
            async (connection, until) =>
            {
                var next = (long)(await connection.ScalarAsync(
                    "UPDATE actors.topic_catalog SET next_producer_id = GREATEST(next_producer_id, $1) + $2 RETURNING next_producer_id", [atLeast, (long)count], until))!;
                return (new ProducerIdBlock(next - count, count), false); // nothing that anybody watches
            },
            token);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<long> WatchAsync([EnumeratorCancellation] CancellationToken token)
    {
        int seed;
        lock (random) seed = random.Next();
        await using var watch = new PostgreSqlVersionWatch(
            database, new VersionSource("the topic catalog", Channel, ReadVersionAsync, Failure), new Random(seed), log);
        for (long? last = null; ;)
        {
            last = await watch.NextAsync(last, token);
            yield return last.Value;
        }
    }

    private Task<long?> ReadVersionAsync(CancellationToken token) => database.RunAsync(
        "look whether topics have changed",
        static async (connection, until) => (long?)await connection.ScalarAsync("SELECT version FROM actors.topic_catalog", [], until),
        Failure,
        token);

    /// <summary>Does work as the only one who changes the catalog, and announces a change with its commit.</summary>
    /// <param name="work">Says its answer, and whether it has changed anything.</param>
    private Task<T> ChangeAsync<T>(string operation, Func<NpgsqlConnection, CancellationToken, Task<(T Answer, bool IsChange)>> work, CancellationToken token) =>
        database.TransactAsync(
            operation,
            IsolationLevel.ReadCommitted, // each statement sees what was committed before the lock was got
            async (connection, until) =>
            {
                if (await connection.ScalarAsync("SELECT version FROM actors.topic_catalog FOR UPDATE", [], until) is null)
                    throw Failure(operation, false, $"the table actors.topic_catalog of the database {database.Name} is empty; restore it from a backup.", null);
                var (answer, isChange) = await work(connection, until);
                if (isChange) await connection.ExecuteAsync(Announcement, [], until);
                return answer;
            },
            Failure,
            token);
}
