using Actors.Grains.Agents;
using Microsoft.Data.Sqlite;

namespace Actors.Silo.Stores.Sqlite.Agents;

/// <summary>The log of connections to agents in the embedded store.</summary>
/// <param name="database">The store's file; not owned.</param>
public sealed class SqliteAgentConnectionLog(SqliteDatabase database) : IAgentConnectionLog
{
    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyList<ConnectionRow> rows, CancellationToken token)
    {
        var merged = rows.Merged<ConnectionKey, ConnectionRow, (Guid, Guid, long)>(
            IAgentConnectionLog.MaxRows, static row => (row.Agent, row.Key.Id ?? Guid.Empty, row.Key.Ordinal));
        return database.ChangeAsync(
            "write the connection log",
            session => merged.Sum(row => session.Execute(
                $"INSERT INTO agent_connections AS stored ({AgentSql.ConnectionColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) {AgentSql.MergedConnection}",
                AgentFile.Text(row.Agent), AgentFile.Text(row.Key.Id ?? Guid.Empty), row.Key.Ordinal, row.Type, row.ConnectedAtUtcMs, row.DisconnectedAtUtcMs,
                row.Code, row.Reason, row.Ip)),
            token);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConnectionRow>> ReadAsync(ConnectionFilter filter, CancellationToken token)
    {
        var (where, values) = AgentConditions.Of(filter, AgentFile.Text);
        return database.LookAsync<IReadOnlyList<ConnectionRow>>(
            "read the connection log", session => session.Query($"SELECT {AgentSql.ConnectionColumns} FROM agent_connections {where}", ReadConnection, values), token);
    }

    /// <inheritdoc/>
    public Task<int> RemoveBeforeAsync(long beforeUtcMs, int maxRows, CancellationToken token) => database.ChangeAsync(
        "shorten the connection log",
        session => session.Execute(
            """
            DELETE FROM agent_connections WHERE (agent, connection_id, ordinal) IN (
                SELECT agent, connection_id, ordinal FROM agent_connections
                WHERE at_ms < $1 AND coalesce(disconnected_at_ms, 0) < $1 ORDER BY at_ms LIMIT $2)
            """,
            beforeUtcMs, maxRows),
        token);

    private static ConnectionRow ReadConnection(SqliteDataReader row) => new()
    {
        Key = new(row.Id(0), row.Id(1) is var id && id != Guid.Empty ? id : null, row.GetInt64(2)),
        Type = row.GetString(3),
        ConnectedAtUtcMs = row.Number(4),
        DisconnectedAtUtcMs = row.Number(5),
        Code = row.IsDBNull(6) ? null : row.GetInt32(6),
        Reason = row.TextOrNull(7),
        Ip = row.TextOrNull(8),
    };
}
