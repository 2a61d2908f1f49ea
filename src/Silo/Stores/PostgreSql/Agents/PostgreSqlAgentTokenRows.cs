using Actors.Grains.Agents;

namespace Actors.Silo.Stores.PostgreSql.Agents;

/// <summary>Keys and tokens in PostgreSQL. Revocations take one row's lock to be counted, so whoever has seen a number has seen all lower ones.</summary>
/// <param name="database">Where; the tables are there. Not owned.</param>
public sealed class PostgreSqlAgentTokenRows(PostgreSqlDatabase database) : IAgentTokenRows
{
    /// <inheritdoc/>
    public async Task<TokenChanges> ReadAsync(long afterRevision, CancellationToken token)
    {
        var (revision, keys, revoked) = (0L, new Dictionary<uint, byte[]>(), new List<RevokedToken>());
        foreach (var (part, number, key, id) in await database.QueryAsync(
            "read keys of tokens",
            """
            SELECT 0, revision, NULL::bytea, NULL::uuid FROM actors.agent_token_state
            UNION ALL SELECT 1, number, key, NULL FROM actors.agent_keys
            UNION ALL SELECT 2, expires_at_ms, NULL, token_id FROM actors.agent_revocations WHERE revision > $1
            """,
            [afterRevision],
            static row => (
                row.GetInt32(0), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetFieldValue<byte[]>(2), row.IsDBNull(3) ? Guid.Empty : row.GetGuid(3)),
            token))
        {
            if (part == 0) revision = number;
            else if (part == 1) keys[(uint)number] = key!;
            else revoked.Add(new(id, number));
        }

        return new(keys, revoked, revision);
    }

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
    public async Task<bool> RevokeAsync(Guid tokenId, long atUtcMs, CancellationToken token) => (await database.QueryAsync(
        "revoke a token",
        """
        WITH issued AS (SELECT token_id, expires_at_ms FROM actors.agent_tokens WHERE token_id = $1),
        counted AS (UPDATE actors.agent_token_state SET revision = revision + 1 WHERE EXISTS (SELECT FROM issued) RETURNING revision),
        written AS (
            INSERT INTO actors.agent_revocations (token_id, revoked_at_ms, expires_at_ms, revision) SELECT token_id, $2, expires_at_ms, revision FROM issued, counted
            ON CONFLICT (token_id) DO NOTHING)
        SELECT 1 FROM issued
        """,
        [tokenId, atUtcMs],
        static row => row.GetInt32(0),
        token)).Count == 1;

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
        $"""
        WITH old AS (SELECT token_id FROM actors.{table} WHERE expires_at_ms < $1 ORDER BY expires_at_ms LIMIT $2 FOR UPDATE SKIP LOCKED)
        DELETE FROM actors.{table} AS stored USING old WHERE stored.token_id = old.token_id
        """,
        [beforeUtcMs, maxRows],
        token);
}
