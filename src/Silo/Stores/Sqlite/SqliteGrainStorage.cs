namespace Actors.Silo.Stores.Sqlite;

/// <summary>Grain state in the embedded store.</summary>
/// <param name="name">Name under which grains know the store.</param>
/// <param name="database">The store's file; not owned.</param>
public sealed class SqliteGrainStorage(string name, SqliteDatabase database) : VersionedGrainStorage(name)
{
    /// <inheritdoc/>
    protected override async Task<GrainStateRecord?> LoadAsync(GrainStateKey key, CancellationToken token)
    {
        var rows = await database.ReadAsync(
            "read grain state",
            session => session.Query(
                "SELECT version, payload FROM grain_state WHERE grain_id = $1 AND state_name = $2",
                static row => new GrainStateRecord(row.GetInt64(0), row.GetFieldValue<byte[]>(1)),
                key.GrainId, key.StateName),
            token);
        return rows is [var record] ? record : null;
    }

    /// <inheritdoc/>
    protected override Task<GrainStateChange> StoreAsync(GrainStateKey key, long? expected, byte[] payload, bool hasWork, CancellationToken token) => ChangeAsync(
        "write grain state",
        key,
        expected,
        session =>
        {
            var version = NextVersion(session);
            session.Execute(
                """
                INSERT INTO grain_state VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (grain_id, state_name) DO UPDATE SET version = excluded.version, payload = excluded.payload, has_work = excluded.has_work
                """,
                key.GrainId, key.StateName, version, payload, hasWork);
            return version;
        },
        token);

    /// <inheritdoc/>
    protected override Task<GrainStateChange> ClearAsync(GrainStateKey key, long? expected, CancellationToken token) => ChangeAsync(
        "clear grain state",
        key,
        expected,
        session =>
        {
            session.Execute("DELETE FROM grain_state WHERE grain_id = $1 AND state_name = $2", key.GrainId, key.StateName);
            return null;
        },
        token);

    private Task<GrainStateChange> ChangeAsync(string operation, GrainStateKey key, long? expected, Func<SqliteSession, long?> change, CancellationToken token) =>
        database.WriteAsync(
            operation,
            session =>
            {
                var stored = (long?)session.Scalar("SELECT version FROM grain_state WHERE grain_id = $1 AND state_name = $2", key.GrainId, key.StateName);
                return stored == expected ? new GrainStateChange(true, change(session)) : new GrainStateChange(false, stored);
            },
            token);

    private static long NextVersion(SqliteSession session)
    {
        session.Execute("INSERT INTO settings VALUES ('state_version', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1");
        return (long)session.Scalar("SELECT value FROM settings WHERE name = 'state_version'")!;
    }
}
