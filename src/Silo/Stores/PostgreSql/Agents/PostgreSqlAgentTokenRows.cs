using Actors.Grains.Agents;

namespace Actors.Silo.Stores.PostgreSql.Agents;

/// <summary>Keys and tokens in PostgreSQL. Revocations take one row's lock to be counted, so whoever has seen a number has seen all lower ones.</summary>
/// <param name="database">Where; the tables are there. Not owned.</param>
public sealed class PostgreSqlAgentTokenRows(PostgreSqlDatabase database) : IAgentTokenRows
{
    /// <inheritdoc/>
    public Task<TokenChanges> ReadAsync(long afterRevision, CancellationToken token) => database.RunAsync(
        "read keys of tokens",
        async (connection, until) =>
        {
            await using var batch = connection.CreateBatch();
            batch.Add("SELECT revision FROM actors.agent_token_state", []);
            batch.Add("SELECT number, key FROM actors.agent_keys", []);
            batch.Add("SELECT token_id, expires_at_ms FROM actors.agent_revocations WHERE revision > $1", [afterRevision]);
            await using var reader = await batch.ExecuteReaderAsync(until);
            var revision = await reader.ReadAllAsync(static row => row.GetInt64(0), until);
            await reader.NextResultAsync(until);
            var keys = await reader.ReadAllAsync(static row => (Number: (uint)row.GetInt64(0), Key: row.GetFieldValue<byte[]>(1)), until);
            await reader.NextResultAsync(until);
            var revoked = await reader.ReadAllAsync(static row => new RevokedToken(row.GetGuid(0), row.GetInt64(1)), until);
            return new TokenChanges(keys.ToDictionary(static key => key.Number, static key => key.Key), revoked, revision.FirstOrDefault());
        },
        AgentStatements.Failure,
        token);

    /// <inheritdoc/>
    public async Task<bool> TryAddKeyAsync(byte[] key, bool isFirst, CancellationToken token) => await database.ExecuteAsync(
        "add a key of tokens",
        """
        INSERT INTO actors.agent_keys (number, key) SELECT coalesce(max(number), 0) + 1, $1 FROM actors.agent_keys HAVING count(*) < $2
        ON CONFLICT (number) DO NOTHING
        """,
        [key, isFirst ? 1L : IAgentTokenRows.MaxKeys],
        token) == 1;

    /// <inheritdoc/>
    public async Task<bool> TryRemoveKeyAsync(uint number, CancellationToken token) => await database.ExecuteAsync(
        "remove a key of tokens",
        "DELETE FROM actors.agent_keys WHERE number = $1 AND number < (SELECT max(number) FROM actors.agent_keys)",
        [(long)number],
        token) == 1;

    /// <inheritdoc/>
    public Task AddAsync(IssuedToken issued, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(issued);
        return database.ExecuteAsync(
            "remember a token",
            "INSERT INTO actors.agent_tokens (token_id, kind, subject, issued_at_ms, expires_at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (token_id) DO NOTHING",
            [issued.TokenId, (int)issued.Kind, issued.Subject, issued.IssuedAtUtcMs, issued.ExpiresAtUtcMs],
            token);
    }

    /// <inheritdoc/>
    public Task RevokeAsync(Guid tokenId, long atUtcMs, long expiresAtUtcMs, CancellationToken token) => database.ExecuteAsync(
        "revoke a token",
        """
        WITH counted AS (UPDATE actors.agent_token_state SET revision = revision + 1 RETURNING revision)
        INSERT INTO actors.agent_revocations (token_id, revoked_at_ms, expires_at_ms, revision) SELECT $1, $2, $3, revision FROM counted
        ON CONFLICT (token_id) DO NOTHING
        """,
        [tokenId, atUtcMs, expiresAtUtcMs],
        token);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IssuedToken>> ListAsync(Guid? after, int max, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, IAgentTokenRows.MaxPage);
        return await database.QueryAsync(
            "list tokens",
            """
            SELECT token_id, kind, subject, issued_at_ms, agent_tokens.expires_at_ms, revoked_at_ms
            FROM actors.agent_tokens LEFT JOIN actors.agent_revocations USING (token_id)
            WHERE token_id > $1 ORDER BY token_id LIMIT $2
            """,
            [after ?? Guid.Empty, max],
            static row => new IssuedToken(row.GetGuid(0), (AgentTokenKind)row.GetInt32(1), row.GetGuid(2), row.GetInt64(3), row.GetInt64(4), row.Number(5)),
            token);
    }

    /// <inheritdoc/>
    public async Task<int> RemoveExpiredAsync(long beforeUtcMs, int maxRows, CancellationToken token)
    {
        var tokens = await RemoveAsync("agent_tokens", beforeUtcMs, maxRows, token);
        return tokens + await RemoveAsync("agent_revocations", beforeUtcMs, maxRows, token);
    }

    private Task<int> RemoveAsync(string table, long beforeUtcMs, int maxRows, CancellationToken token) => database.ExecuteAsync(
        "remove old tokens",
        $"DELETE FROM actors.{table} WHERE token_id IN (SELECT token_id FROM actors.{table} WHERE expires_at_ms < $1 LIMIT $2)",
        [beforeUtcMs, maxRows],
        token);
}
