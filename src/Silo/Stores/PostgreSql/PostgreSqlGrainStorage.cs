namespace Actors.Silo.Stores.PostgreSql;

/// <summary>Grain state in PostgreSQL.</summary>
/// <param name="name">Name under which grains know the store.</param>
/// <param name="table">Where it is; several may share it.</param>
public sealed class PostgreSqlGrainStorage(string name, PostgreSqlGrainState table) : VersionedGrainStorage(name)
{
    /// <inheritdoc/>
    protected override async Task<GrainStateRecord?> LoadAsync(GrainStateKey key, CancellationToken token) =>
        await table.ReadAsync(key, token) is { Version: { } version, Payload: { } payload } ? new GrainStateRecord(version, payload) : null;

    /// <inheritdoc/>
    protected override Task<GrainStateChange> StoreAsync(GrainStateKey key, long? expected, byte[] payload, bool hasWork, CancellationToken token) =>
        ChangeAsync(key, expected, payload, hasWork, token);

    /// <inheritdoc/>
    protected override Task<GrainStateChange> ClearAsync(GrainStateKey key, long? expected, CancellationToken token) =>
        ChangeAsync(key, expected, null, hasWork: false, token);

    private async Task<GrainStateChange> ChangeAsync(GrainStateKey key, long? expected, byte[]? payload, bool hasWork, CancellationToken token)
    {
        var answer = await table.ChangeAsync(key, expected, payload, hasWork, token);
        return new GrainStateChange(answer.IsDone, answer.Version);
    }
}
