using System.Globalization;
using Actors.Grains.Agents;

namespace Actors.Silo.Stores.Sqlite.Agents;

/// <summary>Keys and tokens in the embedded store.</summary>
/// <param name="database">The store's file; not owned.</param>
public sealed class SqliteAgentTokenRows(SqliteDatabase database) : IAgentTokenRows
{
    /// <inheritdoc/>
    public Task<TokenChanges> ReadAsync(long afterRevision, CancellationToken token) => database.LookAsync(
        "read keys of tokens",
        session =>
        {
            // Read before those that are asked for: what is revoked in between comes twice rather than never.
            var revision = Convert.ToInt64(session.Scalar("SELECT max(revision) FROM agent_revocations") ?? afterRevision, CultureInfo.InvariantCulture);
            return new TokenChanges(
                session.Query("SELECT number, key FROM agent_keys", static row => (Number: (uint)row.GetInt64(0), Key: row.GetFieldValue<byte[]>(1)))
                    .ToDictionary(static key => key.Number, static key => key.Key),
                session.Query(
                    "SELECT token_id, expires_at_ms FROM agent_revocations WHERE revision > $1", static row => new RevokedToken(row.Id(0), row.GetInt64(1)), afterRevision),
                Math.Max(revision, afterRevision));
        },
        token);

    /// <inheritdoc/>
    public Task<bool> TryAddKeyAsync(byte[] key, bool isFirst, CancellationToken token) => database.ChangeAsync(
        "add a key of tokens",
        session => session.Execute(
            "INSERT INTO agent_keys (number, key) SELECT coalesce(max(number), 0) + 1, $1 FROM agent_keys HAVING count(*) < $2",
            key, isFirst ? 1 : IAgentTokenRows.MaxKeys) == 1,
        token);

    /// <inheritdoc/>
    public Task<bool> TryRemoveKeyAsync(uint number, CancellationToken token) => database.ChangeAsync(
        "remove a key of tokens",
        session => session.Execute("DELETE FROM agent_keys WHERE number = $1 AND number < (SELECT max(number) FROM agent_keys)", (long)number) == 1,
        token);

    /// <inheritdoc/>
    public Task AddAsync(IssuedToken issued, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(issued);
        return database.ChangeAsync(
            "remember a token",
            session => session.Execute(
                "INSERT INTO agent_tokens (token_id, kind, subject, issued_at_ms, expires_at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (token_id) DO NOTHING",
                AgentFile.Text(issued.TokenId), (int)issued.Kind, AgentFile.Text(issued.Subject), issued.IssuedAtUtcMs, issued.ExpiresAtUtcMs),
            token);
    }

    /// <inheritdoc/>
    public Task<bool> RevokeAsync(Guid tokenId, long atUtcMs, CancellationToken token) => database.ChangeAsync(
        "revoke a token",
        session =>
        {
            session.Execute(
                """
                INSERT INTO agent_revocations (token_id, revoked_at_ms, expires_at_ms) SELECT token_id, $2, expires_at_ms FROM agent_tokens WHERE token_id = $1
                ON CONFLICT (token_id) DO NOTHING
                """,
                AgentFile.Text(tokenId), atUtcMs);
            return session.Scalar("SELECT 1 FROM agent_tokens WHERE token_id = $1", AgentFile.Text(tokenId)) is not null;
        },
        token);

    /// <inheritdoc/>
    public Task<IReadOnlyList<IssuedToken>> ListAsync(Guid? after, int max, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, IAgentTokenRows.MaxPage);
        return database.LookAsync<IReadOnlyList<IssuedToken>>(
            "list tokens",
            session => session.Query(
                """
                SELECT token_id, kind, subject, issued_at_ms, agent_tokens.expires_at_ms, revoked_at_ms
                FROM agent_tokens LEFT JOIN agent_revocations USING (token_id)
                WHERE token_id > $1 ORDER BY token_id LIMIT $2
                """,
                static row => new IssuedToken(row.Id(0), (AgentTokenKind)row.GetInt32(1), row.Id(2), row.GetInt64(3), row.GetInt64(4), row.Number(5)),
                AgentFile.Text(after ?? Guid.Empty), max),
            token);
    }

    /// <inheritdoc/>
    public Task<int> RemoveExpiredAsync(long beforeUtcMs, int maxRows, CancellationToken token) => database.ChangeAsync(
        "remove old tokens",
        session => Remove(session, "agent_tokens", beforeUtcMs, maxRows) + Remove(session, "agent_revocations", beforeUtcMs, maxRows),
        token);

    private static int Remove(SqliteSession session, string table, long beforeUtcMs, int maxRows) => session.Execute(
        $"DELETE FROM {table} WHERE token_id IN (SELECT token_id FROM {table} WHERE expires_at_ms < $1 LIMIT $2)", beforeUtcMs, maxRows);
}
