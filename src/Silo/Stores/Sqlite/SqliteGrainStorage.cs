using System.Globalization;
using Actors.Silo.Flavour;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Silo.Stores.Sqlite;

/// <summary>
/// Grain state in the embedded store. An ETag is a number that the store gives once and never again, not even for a record
/// that was cleared and written anew; so a writer that is behind is always found out.
/// </summary>
/// <param name="name">Name under which grains know the store.</param>
/// <param name="database">The store's file; not owned.</param>
public sealed class SqliteGrainStorage(string name, SqliteDatabase database) : IGrainStorage
{
    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var key = grainId.ToString();
        var rows = await database.ReadAsync(
            "read grain state",
            session => session.Query(
                "SELECT version, payload FROM grain_state WHERE grain_id = $1 AND state_name = $2",
                static row => (Version: row.GetInt64(0), Payload: row.GetFieldValue<byte[]>(1)),
                key, stateName),
            cancellationToken);
        if (rows is [var row])
        {
            grainState.State = GrainStateText.Deserialize<T>(row.Payload)!;
            grainState.ETag = Text(row.Version);
            grainState.RecordExists = true;
        }
        else
        {
            Reset(grainState);
        }
    }

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var (key, expected, payload) = (grainId.ToString(), grainState.ETag, GrainStateText.Serialize(grainState.State));
        grainState.ETag = await database.WriteAsync(
            "write grain state",
            session =>
            {
                Check(session, "write", key, stateName, expected);
                var version = NextVersion(session);
                session.Execute(
                    """
                    INSERT INTO grain_state VALUES ($1, $2, $3, $4)
                    ON CONFLICT (grain_id, state_name) DO UPDATE SET version = excluded.version, payload = excluded.payload
                    """,
                    key, stateName, version, payload);
                return Text(version);
            },
            cancellationToken);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var (key, expected) = (grainId.ToString(), grainState.ETag);
        await database.WriteAsync(
            "clear grain state",
            session =>
            {
                Check(session, "clear", key, stateName, expected);
                return session.Execute("DELETE FROM grain_state WHERE grain_id = $1 AND state_name = $2", key, stateName);
            },
            cancellationToken);
        Reset(grainState);
    }

    private static void Reset<T>(IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null!;
        grainState.RecordExists = false;
    }

    private static long NextVersion(SqliteSession session)
    {
        session.Execute("INSERT INTO settings VALUES ('state_version', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1");
        return (long)session.Scalar("SELECT value FROM settings WHERE name = 'state_version'")!;
    }

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private void Check(SqliteSession session, string operation, string key, string stateName, string? expected)
    {
        var version = session.Scalar("SELECT version FROM grain_state WHERE grain_id = $1 AND state_name = $2", key, stateName);
        var stored = version is null ? null : Text((long)version);
        if (stored == expected) return;
        throw new InconsistentStateException(
            $"The store {name} refused to {operation} {stateName} of {key}: it has another version.", stored, expected);
    }
}
