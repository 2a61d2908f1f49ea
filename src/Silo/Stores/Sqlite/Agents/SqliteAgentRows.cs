using Actors.Agents;
using Actors.Grains.Agents;
using Microsoft.Data.Sqlite;

namespace Actors.Silo.Stores.Sqlite.Agents;

/// <summary>The rows of agents in the embedded store.</summary>
/// <param name="database">The store's file; not owned.</param>
public sealed class SqliteAgentRows(SqliteDatabase database) : IAgentRows
{
    private static readonly string Beat =
        $"UPDATE agents SET last_connected_at_ms = $3 WHERE agent = $1 AND {AgentSql.HeartbeatCounts("$2", "$3")}";

    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyList<AgentRow> rows, CancellationToken token)
    {
        var merged = rows.Merged<Guid, AgentRow, Guid>(IAgentRows.MaxRows, static row => row.Key);
        return database.ChangeAsync(
            "write agents",
            session => merged.Sum(row => session.Execute(
                $"INSERT INTO agents AS stored ({AgentSql.AgentColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) {AgentSql.MergedAgent}",
                AgentFile.Text(row.Key), row.KnownAtUtcMs, row.Epoch, row.FirstConnectedAtUtcMs, row.LastConnectedAtUtcMs, row.DisconnectedAtUtcMs,
                (int?)row.Lifecycle, row.LifecycleAtUtcMs)),
            token);
    }

    /// <inheritdoc/>
    public Task WriteHeartbeatsAsync(IReadOnlyList<HeartbeatRow> rows, CancellationToken token)
    {
        var merged = rows.Merged<Guid, HeartbeatRow, Guid>(IAgentRows.MaxRows, static row => row.Key);
        return database.ChangeAsync("write heartbeats", session => merged.Sum(row => session.Execute(Beat, AgentFile.Text(row.Key), row.Epoch, row.AtUtcMs)), token);
    }

    /// <inheritdoc/>
    public async Task<AgentRecord?> ReadAsync(Guid agent, CancellationToken token) => (await database.LookAsync(
        "read an agent",
        session => session.Query($"SELECT {AgentSql.AgentColumns} FROM agents WHERE agent = $1", ReadAgent, AgentFile.Text(agent)),
        token)).FirstOrDefault();

    /// <inheritdoc/>
    public Task<IReadOnlyList<AgentRecord>> ListAsync(AgentFilter filter, StatusClock clock, CancellationToken token)
    {
        var (where, values) = AgentConditions.Of(filter, clock, AgentFile.Text);
        return database.LookAsync<IReadOnlyList<AgentRecord>>(
            "list agents", session => session.Query($"SELECT {AgentSql.AgentColumns} FROM agents {where}", ReadAgent, values), token);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<AgentStatus, long>> CountAsync(StatusClock clock, CancellationToken token) => database.LookAsync<IReadOnlyDictionary<AgentStatus, long>>(
        "count agents",
        session => session.Query(
            $"SELECT {AgentSql.Status} AS status, count(*) FROM agents GROUP BY 1",
            static row => (Status: (AgentStatus)row.GetInt32(0), Agents: row.GetInt64(1)),
            clock.NowUtcMs, clock.ConnectionTimeoutMs, clock.InactiveAfterMs).ToDictionary(static group => group.Status, static group => group.Agents),
        token);

    /// <inheritdoc/>
    public Task<ForgetOutcome> ForgetAsync(Guid agent, StatusClock clock, CancellationToken token) => database.ChangeAsync(
        "forget an agent",
        session =>
        {
            var id = AgentFile.Text(agent);
            var removed = session.Execute(
                $"DELETE FROM agents WHERE agent = $4 AND {AgentSql.Status} <> {(int)AgentStatus.Connected}", clock.NowUtcMs, clock.ConnectionTimeoutMs, clock.InactiveAfterMs, id);
            if (removed == 0)
                return session.Scalar("SELECT 1 FROM agents WHERE agent = $1", id) is null ? ForgetOutcome.Unknown : ForgetOutcome.Connected;
            session.Execute("DELETE FROM agent_metadata WHERE agent = $1", id);
            return ForgetOutcome.Forgotten;
        },
        token);

    /// <inheritdoc/>
    public Task<int> RemoveSilentAsync(long beforeUtcMs, int maxRows, CancellationToken token) => database.ChangeAsync(
        "forget agents",
        session => session.Execute($"DELETE FROM agents WHERE agent IN (SELECT agent FROM agents WHERE {AgentSql.IsSilent} LIMIT $2)", beforeUtcMs, maxRows)
            + session.Execute(
                $"""
                DELETE FROM agent_metadata WHERE (agent, name) IN (
                    SELECT agent, name FROM agent_metadata AS stored WHERE {AgentSql.IsOrphan("agents")} LIMIT $2)
                """,
                beforeUtcMs,
                maxRows),
        token);

    private static AgentRecord ReadAgent(SqliteDataReader row) => new(
        row.Id(0),
        row.GetInt64(2),
        new AgentTimes
        {
            CreatedAtUtcMs = row.GetInt64(1),
            FirstConnectedAtUtcMs = row.Number(3),
            LastConnectedAtUtcMs = row.Number(4),
            DisconnectedAtUtcMs = row.Number(5),
        },
        row.IsDBNull(6) ? AgentLifecycle.Created : (AgentLifecycle)row.GetInt32(6),
        row.Number(7));
}
