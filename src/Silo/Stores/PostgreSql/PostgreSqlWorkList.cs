using Actors.Grains.Topics;
using Actors.Grains.Work;
using Orleans.Runtime;

namespace Actors.Silo.Stores.PostgreSql;

/// <summary>The grains whose state in PostgreSQL is marked as having work.</summary>
/// <param name="database">Where; the tables are there. Not owned.</param>
/// <param name="log">Told of rows that name no grain.</param>
public sealed class PostgreSqlWorkList(PostgreSqlDatabase database, ILogger<PostgreSqlWorkList> log) : IWorkList
{
    private static readonly StoreFailure Failure = static (operation, _, reason, cause) => new StoreException(operation, StoreOutcome.NotApplied, reason, cause);

    private readonly MarkedGrains _marked = new("actors.grain_state", log);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<GrainId>> LoadAsync(CancellationToken token) => _marked.Read(await database.RunAsync(
        "read which grains have work",
        static (connection, until) => connection.QueryAsync(
            "SELECT DISTINCT grain_id FROM actors.grain_state WHERE has_work", [], static row => row.GetString(0), until),
        Failure,
        token));
}
