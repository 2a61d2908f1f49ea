using Actors.Grains.Topics;
using Npgsql;

namespace Actors.Silo.Stores.PostgreSql;

/// <summary>Whole topics in the tables of <c>actors</c>: many rows, few statements.</summary>
internal static class TopicRows
{
    /// <summary>Reads all topics; the caller's transaction sees one moment.</summary>
    public static async Task<IReadOnlyList<StoredTopic>> LoadAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var batch = connection.CreateBatch();
        batch.Add("SELECT topic_id, name, value FROM actors.topic_configs", []);
        batch.Add(
            """
            SELECT topic_id, partition_index, replicas, leader_id, leader_epoch, leader_incarnation, in_sync_replicas, partition_epoch
            FROM actors.partitions ORDER BY topic_id, partition_index
            """,
            []);
        batch.Add("SELECT topic_id, name, is_internal, config_epoch FROM actors.topics ORDER BY name", []);
        await using var reader = await batch.ExecuteReaderAsync(token);
        var configs = (await reader.ReadAllAsync(static row => (TopicId: row.GetGuid(0), Name: row.GetString(1), Value: row.GetString(2)), token))
            .ToLookup(static config => config.TopicId);
        await reader.NextResultAsync(token);
        var partitions = (await reader.ReadAllAsync(ReadPartition, token)).ToLookup(static partition => partition.TopicId);
        await reader.NextResultAsync(token);
        return await reader.ReadAllAsync(
            row =>
            {
                var topic = new TopicRow
                {
                    Id = row.GetGuid(0),
                    Name = row.GetString(1),
                    Configs = configs[row.GetGuid(0)].ToDictionary(static config => config.Name, static config => config.Value, StringComparer.Ordinal),
                    IsInternal = row.GetBoolean(2),
                    ConfigEpoch = row.GetInt32(3),
                };
                return new StoredTopic(topic, [.. partitions[topic.Id]]);
            },
            token);
    }

    /// <summary>Stores the topics whose names are free, for the only one who changes the catalog now.</summary>
    /// <returns>In the order of <paramref name="topics"/>: what was stored, or null.</returns>
    public static async Task<IReadOnlyList<StoredTopic?>> CreateAsync(NpgsqlConnection connection, IReadOnlyList<NewTopic> topics, CancellationToken token)
    {
        var (taken, epochs, incarnations) = await FindAsync(connection, [.. topics.Select(static topic => topic.Name)], token);
        List<StoredTopic?> answers = new(topics.Count);
        foreach (var topic in topics)
            answers.Add(taken.Add(topic.Name) ? topic.ToStored(epochs.TryGetValue(topic.Name, out var highest) ? highest : null, incarnations) : null);

        var created = answers.OfType<StoredTopic>().ToList();
        if (created.Count > 0) await InsertAsync(connection, created, token);
        return answers;
    }

    /// <summary>Adds the statement that stores configs.</summary>
    public static void AddConfigs(NpgsqlBatch batch, IEnumerable<(Guid TopicId, KeyValuePair<string, string> Config)> configs)
    {
        var all = configs.ToList();
        batch.Add(
            "INSERT INTO actors.topic_configs SELECT * FROM unnest($1, $2, $3)",
            [Column(all, static one => one.TopicId), Column(all, static one => one.Config.Key), Column(all, static one => one.Config.Value)]);
    }

    private static async Task<(HashSet<string> Taken, Dictionary<string, int> Epochs, Dictionary<int, long> Incarnations)> FindAsync(
        NpgsqlConnection connection, string[] names, CancellationToken token)
    {
        await using var batch = connection.CreateBatch();
        batch.Add("SELECT name FROM actors.topics WHERE name = ANY ($1)", [names]);
        batch.Add("SELECT name, leader_epoch FROM actors.topic_name_epochs WHERE name = ANY ($1)", [names]);
        batch.Add("SELECT node_id, incarnation FROM actors.nodes", []);
        await using var reader = await batch.ExecuteReaderAsync(token);
        var taken = await reader.ReadAllAsync(static row => row.GetString(0), token);
        await reader.NextResultAsync(token);
        var epochs = await reader.ReadAllAsync(static row => (Name: row.GetString(0), Epoch: row.GetInt32(1)), token);
        await reader.NextResultAsync(token);
        var incarnations = await reader.ReadAllAsync(static row => (NodeId: row.GetInt32(0), Incarnation: row.GetInt64(1)), token);
        return (
            taken.ToHashSet(StringComparer.Ordinal),
            epochs.ToDictionary(static name => name.Name, static name => name.Epoch, StringComparer.Ordinal),
            incarnations.ToDictionary(static node => node.NodeId, static node => node.Incarnation));
    }

    private static async Task InsertAsync(NpgsqlConnection connection, List<StoredTopic> created, CancellationToken token)
    {
        var rows = created.SelectMany(static topic => topic.Partitions).ToList();
        await using var batch = connection.CreateBatch();
        batch.Add(
            "INSERT INTO actors.topics SELECT id, name, is_internal, 0 FROM unnest($1, $2, $3) AS topic (id, name, is_internal)",
            [Column(created, static topic => topic.Topic.Id), Column(created, static topic => topic.Topic.Name), Column(created, static topic => topic.Topic.IsInternal)]);
        AddConfigs(batch, created.SelectMany(static topic => topic.Topic.Configs.Select(config => (topic.Topic.Id, config))));
        // A list of nodes travels as text, because unnest takes lists of lists apart to the last number.
        batch.Add(
            """
            INSERT INTO actors.partitions
            SELECT topic_id, index, nodes::integer[], leader, epoch, incarnation, nodes::integer[], 0
            FROM unnest($1, $2, $3, $4, $5, $6) AS made (topic_id, index, nodes, leader, epoch, incarnation)
            """,
            [
                Column(rows, static row => row.TopicId), Column(rows, static row => row.Index), Column(rows, static row => $"{{{string.Join(',', row.Replicas)}}}"),
                Column(rows, static row => row.LeaderId), Column(rows, static row => row.LeaderEpoch), Column(rows, static row => row.LeaderIncarnation),
            ]);
        await batch.ExecuteNonQueryAsync(token);
    }

    private static PartitionRow ReadPartition(NpgsqlDataReader row) => new()
    {
        TopicId = row.GetGuid(0),
        Index = row.GetInt32(1),
        Replicas = row.GetFieldValue<int[]>(2),
        LeaderId = row.GetInt32(3),
        LeaderEpoch = row.GetInt32(4),
        LeaderIncarnation = row.GetInt64(5),
        InSyncReplicas = row.GetFieldValue<int[]>(6),
        PartitionEpoch = row.GetInt32(7),
    };

    private static TColumn[] Column<TRow, TColumn>(List<TRow> rows, Func<TRow, TColumn> of) => [.. rows.Select(of)];
}
