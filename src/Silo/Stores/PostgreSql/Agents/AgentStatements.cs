using Actors.Grains.Agents;
using Actors.Grains.Topics;
using Npgsql;

namespace Actors.Silo.Stores.PostgreSql.Agents;

/// <summary>What the agents' stores in PostgreSQL share: statements that carry many rows, and what a failure becomes.</summary>
internal static class AgentStatements
{
    /// <summary>SQLSTATE classes of statements that the database will never take: these rows are wrong, and nothing else.</summary>
    private static readonly string[] Refusals = ["21", "22", "23", "54"];

    /// <summary>What a failed database becomes here.</summary>
    public static readonly StoreFailure Failure = static (operation, mayHaveHappened, reason, cause) => new AgentStoreException(
        operation,
        mayHaveHappened ? StoreOutcome.Unknown : StoreOutcome.NotApplied,
        cause is PostgresException refused && Refusals.Any(start => refused.SqlState.StartsWith(start, StringComparison.Ordinal)),
        reason,
        cause);

    /// <summary>Runs a statement by itself.</summary>
    /// <returns>Rows that it changed.</returns>
    public static Task<int> ExecuteAsync(this PostgreSqlDatabase database, string operation, string sql, object[] values, CancellationToken token) =>
        database.RunAsync(operation, (connection, until) => connection.ExecuteAsync(sql, values, until), Failure, token);

    /// <summary>Runs a query by itself.</summary>
    public static Task<List<T>> QueryAsync<T>(
        this PostgreSqlDatabase database, string operation, string sql, object[] values, Func<NpgsqlDataReader, T> read, CancellationToken token) =>
        database.RunAsync(operation, (connection, until) => connection.QueryAsync(sql, values, read, until), Failure, token);

    /// <summary>A column of many rows, as one parameter.</summary>
    public static TColumn[] Column<TRow, TColumn>(this IReadOnlyList<TRow> rows, Func<TRow, TColumn> of) => [.. rows.Select(of)];

    /// <summary>A number that may be missing.</summary>
    public static long? Number(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    /// <summary>A text that may be missing.</summary>
    public static string? Text(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
