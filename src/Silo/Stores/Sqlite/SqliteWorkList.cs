using Actors.Grains.Work;
using Orleans.Runtime;

namespace Actors.Silo.Stores.Sqlite;

/// <summary>The grains whose state in the embedded store is marked as having work.</summary>
/// <param name="database">The store's file; not owned.</param>
public sealed class SqliteWorkList(SqliteDatabase database) : IWorkList
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<GrainId>> LoadAsync(CancellationToken token) => await database.ReadAsync(
        "read which grains have work",
        static session => session.Query("SELECT DISTINCT grain_id FROM grain_state WHERE has_work", static row => GrainId.Parse(row.GetString(0))),
        token);
}
