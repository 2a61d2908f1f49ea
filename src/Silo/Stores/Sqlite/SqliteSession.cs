using Microsoft.Data.Sqlite;

namespace Actors.Silo.Stores.Sqlite;

/// <summary>
/// One connection with its prepared statements, for the thread that owns it. Parameters are named $1, $2, … in the order
/// of the arguments.
/// </summary>
public sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    /// <param name="connection">An open connection; it becomes the session's own.</param>
    public SqliteSession(SqliteConnection connection) => _connection = connection;

    /// <summary>Runs a statement.</summary>
    /// <returns>Rows that it changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>Runs a query and makes something of each row.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        ArgumentNullException.ThrowIfNull(read);
        List<T> rows = [];
        using var reader = Prepare(sql, values).ExecuteReader();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    /// <summary>The first column of the first row; null when there is no row, or nothing in it.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<object?> values) =>
        Prepare(sql, values).ExecuteScalar() is { } value and not DBNull ? value : null;

    /// <summary>SQLite's own handle; for benchmarks that stand in for another disk.</summary>
    internal SQLitePCL.sqlite3 Handle => _connection.Handle!;

    /// <summary>Whether a transaction is open. SQLite ends one by itself after some errors.</summary>
    internal bool IsInTransaction => SQLitePCL.raw.sqlite3_get_autocommit(Handle) == 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var index = 0; index < values.Length; index++) command.Parameters.Add(new SqliteParameter { ParameterName = $"${index + 1}" });
            _commands.Add(sql, command);
        }

        for (var index = 0; index < values.Length; index++) command.Parameters[index].Value = values[index] ?? DBNull.Value;
        return command;
    }
}
