using Actors.Agents;
using Actors.Grains.Agents;
using Npgsql;

namespace Actors.Silo.Stores.PostgreSql.Agents;

/// <summary>The rows of agents in PostgreSQL.</summary>
/// <param name="database">Where; the tables are there. Not owned.</param>
public sealed class PostgreSqlAgentRows(PostgreSqlDatabase database) : IAgentRows
{
    // An UPDATE by itself locks rows in the order in which its plan finds them.
    private static readonly string Beat = $"""
        WITH beating AS (
            SELECT agent, beat.at FROM actors.agents JOIN unnest($1, $2, $3) AS beat (id, run, at) ON agent = beat.id
            WHERE {AgentSql.HeartbeatCounts("beat.run", "beat.at")}
            ORDER BY agent FOR NO KEY UPDATE OF agents)
        UPDATE actors.agents AS stored SET last_connected_at_ms = beating.at FROM beating WHERE stored.agent = beating.agent
        """;

    // Values are locked in the order in which statements that write them lock them.
    private static readonly string Forget = $"""
        WITH forgotten AS (DELETE FROM actors.agents WHERE agent = $4 AND {AgentSql.Status} <> {(int)AgentStatus.Connected} RETURNING agent),
        measured AS (
            SELECT agent, name FROM actors.agent_metadata AS stored JOIN forgotten USING (agent) ORDER BY agent, name FOR UPDATE OF stored),
        removed AS (DELETE FROM actors.agent_metadata AS stored USING measured WHERE stored.agent = measured.agent AND stored.name = measured.name)
        SELECT CASE
            WHEN EXISTS (SELECT FROM forgotten) THEN {(int)ForgetOutcome.Forgotten}
            WHEN EXISTS (SELECT FROM actors.agents WHERE agent = $4) THEN {(int)ForgetOutcome.Connected}
            ELSE {(int)ForgetOutcome.Unknown} END
        """;

    private static readonly string RemoveSilent = $"""
        WITH old AS (SELECT agent FROM actors.agents WHERE {AgentSql.IsSilent} ORDER BY agent LIMIT $2 FOR UPDATE SKIP LOCKED)
        DELETE FROM actors.agents AS stored USING old WHERE stored.agent = old.agent
        """;

    private static readonly string RemoveOrphans = $"""
        WITH old AS (
            SELECT agent, name FROM actors.agent_metadata AS stored WHERE {AgentSql.IsOrphan("actors.agents")}
            ORDER BY agent, name LIMIT $2 FOR UPDATE OF stored SKIP LOCKED)
        DELETE FROM actors.agent_metadata AS stored USING old WHERE stored.agent = old.agent AND stored.name = old.name
        """;

    /// <inheritdoc/>
    public Task WriteAsync(IReadOnlyList<AgentRow> rows, CancellationToken token)
    {
        var merged = rows.Merged<Guid, AgentRow, Guid>(IAgentRows.MaxRows, static row => row.Key);
        return database.ExecuteAsync(
            "write agents",
            $"INSERT INTO actors.agents AS stored ({AgentSql.AgentColumns}) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) {AgentSql.MergedAgent}",
            [
                merged.Column(static row => row.Key), merged.Column(static row => row.KnownAtUtcMs), merged.Column(static row => row.Epoch),
                merged.Column(static row => row.FirstConnectedAtUtcMs), merged.Column(static row => row.LastConnectedAtUtcMs), merged.Column(static row => row.DisconnectedAtUtcMs),
                merged.Column(static row => (int?)row.Lifecycle), merged.Column(static row => row.LifecycleAtUtcMs),
            ],
            token);
    }

    /// <inheritdoc/>
    public Task WriteHeartbeatsAsync(IReadOnlyList<HeartbeatRow> rows, CancellationToken token)
    {
        var merged = rows.Merged<Guid, HeartbeatRow, Guid>(IAgentRows.MaxRows, static row => row.Key);
        return database.ExecuteAsync(
            "write heartbeats",
            Beat,
            [merged.Column(static row => row.Key), merged.Column(static row => row.Epoch), merged.Column(static row => row.AtUtcMs)],
            token);
    }

    /// <inheritdoc/>
    public async Task<AgentRecord?> ReadAsync(Guid agent, CancellationToken token) => (await database.QueryAsync(
        "read an agent", $"SELECT {AgentSql.AgentColumns} FROM actors.agents WHERE agent = $1", [agent], ReadAgent, token)).FirstOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AgentRecord>> ListAsync(AgentFilter filter, StatusClock clock, CancellationToken token)
    {
        var (where, values) = AgentConditions.Of(filter, clock, static id => id);
        return await database.QueryAsync(
            "list agents", $"SELECT {AgentSql.AgentColumns} FROM actors.agents {where}", values, ReadAgent, token);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<AgentStatus, long>> CountAsync(StatusClock clock, CancellationToken token) => (await database.QueryAsync(
        "count agents",
        $"SELECT {AgentSql.Status} AS status, count(*) FROM actors.agents GROUP BY 1",
        [clock.NowUtcMs, clock.ConnectionTimeoutMs, clock.InactiveAfterMs],
        static row => (Status: (AgentStatus)row.GetInt32(0), Agents: row.GetInt64(1)),
        token)).ToDictionary(static group => group.Status, static group => group.Agents);

    /// <inheritdoc/>
    public async Task<ForgetOutcome> ForgetAsync(Guid agent, StatusClock clock, CancellationToken token) => (await database.QueryAsync(
        "forget an agent",
        Forget,
        [clock.NowUtcMs, clock.ConnectionTimeoutMs, clock.InactiveAfterMs, agent],
        static row => (ForgetOutcome)row.GetInt32(0),
        token)).Single();

    /// <inheritdoc/>
    public async Task<int> RemoveSilentAsync(long beforeUtcMs, int maxRows, CancellationToken token)
    {
        var agents = await database.ExecuteAsync("forget agents", RemoveSilent, [beforeUtcMs, maxRows], token);
        return agents + await database.ExecuteAsync("forget agents' values", RemoveOrphans, [beforeUtcMs, maxRows], token);
    }

    private static AgentRecord ReadAgent(NpgsqlDataReader row) => new(
        row.GetGuid(0),
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
