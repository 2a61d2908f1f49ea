using Actors.Grains.Topics;
using Actors.Grains.Work;
using Actors.Silo.Stores;
using Actors.Silo.Stores.PostgreSql;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Actors.Silo.Flavour.AdoNet;

/// <summary>Which of the grains whose state Orleans' AdoNet storage keeps have work. Safe to use from any thread.</summary>
/// <param name="database">Where; the tables are there. Not owned.</param>
/// <param name="log">Told of rows that name no grain.</param>
internal sealed class WorkMarks(PostgreSqlDatabase database, ILogger<WorkMarks> log) : IWorkList
{
    private static readonly StoreFailure Failure = static (operation, mayHaveHappened, reason, cause) =>
        new StoreException(operation, mayHaveHappened ? StoreOutcome.Unknown : StoreOutcome.NotApplied, reason, cause);

    private readonly MarkedGrains _marked = new("actors.grains_with_work", log);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<GrainId>> LoadAsync(CancellationToken token) => _marked.Read(await database.RunAsync(
        "read which grains have work",
        static (connection, until) => connection.QueryAsync(
            "SELECT DISTINCT grain_id FROM actors.grains_with_work", [], static row => row.GetString(0), until),
        Failure,
        token));

    /// <summary>Marks a grain by one of its states; what was marked has a new mark.</summary>
    public Task SetAsync(GrainId grain, string stateName, CancellationToken token) => ChangeAsync(
        """
        INSERT INTO actors.grains_with_work VALUES ($1, $2)
        ON CONFLICT (grain_id, state_name) DO UPDATE SET mark = nextval('actors.work_marks')
        """,
        token,
        grain.ToString(),
        stateName);

    /// <summary>The mark's number; null when there is none.</summary>
    public Task<long?> FindAsync(GrainId grain, string stateName, CancellationToken token) => database.RunAsync(
        "read whether a grain has work",
        async (connection, until) => (long?)await connection.ScalarAsync(
            "SELECT mark FROM actors.grains_with_work WHERE grain_id = $1 AND state_name = $2", [grain.ToString(), stateName], until),
        Failure,
        token);

    /// <summary>Takes a mark away, unless it is a newer one.</summary>
    public Task RemoveAsync(GrainId grain, string stateName, long mark, CancellationToken token) => ChangeAsync(
        "DELETE FROM actors.grains_with_work WHERE grain_id = $1 AND state_name = $2 AND mark = $3", token, grain.ToString(), stateName, mark);

    private Task<int> ChangeAsync(string sql, CancellationToken token, params object[] values) => database.RunAsync(
        "mark that a grain has work", (connection, until) => connection.ExecuteAsync(sql, values, until), Failure, token);
}
