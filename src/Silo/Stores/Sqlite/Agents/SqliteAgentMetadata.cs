using Actors.Grains.Agents;

namespace Actors.Silo.Stores.Sqlite.Agents;

/// <summary>The values that agents measure, in the embedded store.</summary>
/// <param name="database">The store's file; not owned.</param>
public sealed class SqliteAgentMetadata(SqliteDatabase database) : IAgentMetadata
{
    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyList<MetadataRow> rows, CancellationToken token)
    {
        var merged = rows.Merged<MetadataKey, MetadataRow, MetadataKey>(IAgentMetadata.MaxRows, static row => row.Key, AgentRowsOnce.ByAgentAndName);
        return database.ChangeAsync(
            "write metadata",
            session =>
            {
                foreach (var row in merged)
                {
                    session.Execute(
                        $"INSERT INTO agent_metadata AS stored ({AgentSql.MetadataColumns}) VALUES ($1, $2, $3, $4, $5) {AgentSql.NewerMetadata}",
                        AgentFile.Text(row.Key.Agent), row.Key.Name, row.Value, row.Error, row.CollectedAtUtcMs);
                }

                return merged.Select(static row => row.Key.Agent).Distinct().Sum(agent => session.Execute(
                    """
                    DELETE FROM agent_metadata WHERE agent = $1 AND name IN (
                        SELECT name FROM agent_metadata WHERE agent = $1 ORDER BY collected_at_ms DESC, name LIMIT -1 OFFSET $2)
                    """,
                    AgentFile.Text(agent), IAgentMetadata.MaxValues));
            },
            token);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<MetadataRow>> ReadAsync(Guid agent, CancellationToken token) => database.LookAsync<IReadOnlyList<MetadataRow>>(
        "read metadata",
        session => session.Query(
            $"SELECT {AgentSql.MetadataColumns} FROM agent_metadata WHERE agent = $1 ORDER BY name",
            static row => MetadataRow.Create(row.Id(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4)),
            AgentFile.Text(agent)),
        token);
}
