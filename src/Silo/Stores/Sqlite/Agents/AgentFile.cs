using Actors.Grains.Agents;
using Microsoft.Data.Sqlite;

namespace Actors.Silo.Stores.Sqlite.Agents;

/// <summary>What the agents' stores in the embedded file share: how ids and missing values are kept, and what a failure becomes.</summary>
internal static class AgentFile
{
    /// <summary>Does work in a transaction.</summary>
    public static Task<T> ChangeAsync<T>(this SqliteDatabase database, string operation, Func<SqliteSession, T> work, CancellationToken token) =>
        TranslateAsync(database.WriteAsync(operation, work, token));

    /// <summary>Reads.</summary>
    public static Task<T> LookAsync<T>(this SqliteDatabase database, string operation, Func<SqliteSession, T> work, CancellationToken token) =>
        TranslateAsync(database.ReadAsync(operation, work, token));

    /// <summary>An id as it is kept.</summary>
    public static string Text(Guid id) => id.ToString("D");

    /// <summary>An id that is kept.</summary>
    public static Guid Id(this SqliteDataReader row, int column) => Guid.ParseExact(row.GetString(column), "D");

    /// <summary>A number that may be missing.</summary>
    public static long? Number(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    /// <summary>A text that may be missing.</summary>
    public static string? TextOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static async Task<T> TranslateAsync<T>(Task<T> task)
    {
        try
        {
            return await task;
        }
        catch (StoreException failure)
        {
            throw new AgentStoreException(failure.Operation, failure.Outcome, IsRefusal(failure.InnerException), failure.Reason, failure);
        }
    }

    private static bool IsRefusal(Exception? cause) =>
        cause is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT or SQLitePCL.raw.SQLITE_TOOBIG or SQLitePCL.raw.SQLITE_MISMATCH };
}
