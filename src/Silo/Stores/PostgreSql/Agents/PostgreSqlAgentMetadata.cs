using Actors.Grains.Agents;

namespace Actors.Silo.Stores.PostgreSql.Agents;

/// <summary>The values that agents measure, in PostgreSQL.</summary>
/// <param name="database">Where; the tables are there. Not owned.</param>
public sealed class PostgreSqlAgentMetadata(PostgreSqlDatabase database) : IAgentMetadata
{
    // A row that was added has no former version, so its xmax is 0: only then may an agent have too many.
    private const string Write = $"""
        WITH written AS (
            INSERT INTO actors.agent_metadata AS stored ({AgentSql.MetadataColumns}) SELECT * FROM unnest($1, $2, $3, $4, $5)
            {AgentSql.NewerMetadata}
            RETURNING agent, xmax = 0 AS is_new)
        SELECT DISTINCT agent FROM written WHERE is_new
        """;

    // A value that gets newer meanwhile stays, and so does one that another statement works on; what is too many then goes with the next new name.
    private const string RemoveOldest = """
        WITH ranked AS (
            SELECT agent, name, collected_at_ms, row_number() OVER (PARTITION BY agent ORDER BY collected_at_ms DESC, name) AS place
            FROM actors.agent_metadata WHERE agent = ANY ($1)),
        old AS (
            SELECT agent, name FROM actors.agent_metadata AS stored JOIN ranked USING (agent, name, collected_at_ms) WHERE place > $2
            ORDER BY agent, name FOR UPDATE OF stored SKIP LOCKED)
        DELETE FROM actors.agent_metadata AS stored USING old WHERE stored.agent = old.agent AND stored.name = old.name
        """;

    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyList<MetadataRow> rows, CancellationToken token)
    {
        var merged = rows.Merged<MetadataKey, MetadataRow, MetadataKey>(IAgentMetadata.MaxRows, static row => row.Key, AgentRowsOnce.ByAgentAndName);
        return database.RunAsync(
            "write metadata",
            async (connection, until) =>
            {
                var grown = await connection.QueryAsync(
                    Write,
                    [
                        merged.Column(static row => row.Key.Agent), merged.Column(static row => row.Key.Name), merged.Column(static row => row.Value),
                        merged.Column(static row => row.Error), merged.Column(static row => row.CollectedAtUtcMs),
                    ],
                    static row => row.GetGuid(0),
                    until);
                return grown.Count == 0 ? 0 : await connection.ExecuteAsync(RemoveOldest, [grown.ToArray(), IAgentMetadata.MaxValues], until);
            },
            AgentStatements.Failure,
            token);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MetadataRow>> ReadAsync(Guid agent, CancellationToken token) => await database.QueryAsync(
        "read metadata",
        $"SELECT {AgentSql.MetadataColumns} FROM actors.agent_metadata WHERE agent = $1 ORDER BY name",
        [agent],
        static row => MetadataRow.Create(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4)),
        token);
}
