using Actors.Grains.Agents;
using Npgsql;

namespace Actors.Silo.Stores.PostgreSql.Agents;

/// <summary>The log of connections to agents in PostgreSQL.</summary>
/// <param name="database">Where; the tables are there. Not owned.</param>
public sealed class PostgreSqlAgentConnectionLog(PostgreSqlDatabase database) : IAgentConnectionLog
{
    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyList<ConnectionRow> rows, CancellationToken token)
    {
        var merged = rows.Merged<ConnectionKey, ConnectionRow, (Guid, Guid, long)>(
            IAgentConnectionLog.MaxRows, static row => (row.Agent, row.Key.Id ?? Guid.Empty, row.Key.Ordinal));
        return database.ExecuteAsync(
            "write the connection log",
            $"""
            INSERT INTO actors.agent_connections AS stored ({AgentSql.ConnectionColumns})
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) {AgentSql.MergedConnection}
            """,
            [
                merged.Column(static row => row.Agent), merged.Column(static row => row.Key.Id ?? Guid.Empty), merged.Column(static row => row.Key.Ordinal),
                merged.Column(static row => row.Type), merged.Column(static row => row.ConnectedAtUtcMs), merged.Column(static row => row.DisconnectedAtUtcMs),
                merged.Column(static row => row.Code), merged.Column(static row => row.Reason), merged.Column(static row => row.Ip),
            ],
            token);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ConnectionRow>> ReadAsync(ConnectionFilter filter, CancellationToken token)
    {
        var (where, values) = AgentConditions.Of(filter, static id => id);
        return await database.QueryAsync(
            "read the connection log", $"SELECT {AgentSql.ConnectionColumns} FROM actors.agent_connections {where}", values, ReadConnection, token);
    }

    /// <inheritdoc/>
    public Task<int> RemoveBeforeAsync(long beforeUtcMs, int maxRows, CancellationToken token) => database.ExecuteAsync(
        "shorten the connection log",
        """
        WITH old AS (
            SELECT agent, connection_id, ordinal FROM actors.agent_connections
            WHERE at_ms < $1 AND coalesce(disconnected_at_ms, 0) < $1 ORDER BY at_ms LIMIT $2 FOR UPDATE SKIP LOCKED)
        DELETE FROM actors.agent_connections AS stored USING old
        WHERE stored.agent = old.agent AND stored.connection_id = old.connection_id AND stored.ordinal = old.ordinal
        """,
        [beforeUtcMs, maxRows],
        token);

    private static ConnectionRow ReadConnection(NpgsqlDataReader row) => new()
    {
        Key = new(row.GetGuid(0), row.GetGuid(1) is var id && id != Guid.Empty ? id : null, row.GetInt64(2)),
        Type = row.GetString(3),
        ConnectedAtUtcMs = row.Number(4),
        DisconnectedAtUtcMs = row.Number(5),
        Code = row.IsDBNull(6) ? null : row.GetInt32(6),
        Reason = row.Text(7),
        Ip = row.Text(8),
    };
}
