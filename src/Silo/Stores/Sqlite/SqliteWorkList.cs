using Actors.Grains.Work;
using Orleans.Runtime;

namespace Actors.Silo.Stores.Sqlite;

/// <summary>The grains whose state in the embedded store is marked as having work.</summary>
/// <param name="database">The store's file; not owned.</param>
/// <param name="log">Told of rows that name no grain.</param>
public sealed class SqliteWorkList(SqliteDatabase database, ILogger<SqliteWorkList> log) : IWorkList
{
    private readonly MarkedGrains _marked = new("grain_state", log);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<GrainId>> LoadAsync(CancellationToken token) => _marked.Read(await database.ReadAsync(
        "read which grains have work",
        static session => session.Query("SELECT DISTINCT grain_id FROM grain_state WHERE has_work", static row => row.GetString(0)),
        token));
}
