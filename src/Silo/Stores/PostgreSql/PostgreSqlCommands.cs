using Npgsql;

namespace Actors.Silo.Stores.PostgreSql;

/// <summary>Statements whose parameters are named $1, $2, … in the order of the values. Types follow those of the values, which are never null.</summary>
internal static class PostgreSqlCommands
{
    /// <summary>A statement.</summary>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    /// <summary>One more statement of a batch, which is sent as a whole.</summary>
    public static void Add(this NpgsqlBatch batch, string sql, object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>Rows that it changed.</returns>
    public static async Task<int> ExecuteAsync(this NpgsqlConnection connection, string sql, object[] values, CancellationToken token)
    {
        await using var command = connection.Command(sql, values);
        return await command.ExecuteNonQueryAsync(token);
    }

    /// <summary>The first column of the first row; null when there is no row, or nothing in it.</summary>
    public static async Task<object?> ScalarAsync(this NpgsqlConnection connection, string sql, object[] values, CancellationToken token)
    {
        await using var command = connection.Command(sql, values);
        return await command.ExecuteScalarAsync(token) is { } value and not DBNull ? value : null;
    }

    /// <summary>Runs a query and makes something of each row.</summary>
    public static async Task<List<T>> QueryAsync<T>(
        this NpgsqlConnection connection, string sql, object[] values, Func<NpgsqlDataReader, T> read, CancellationToken token)
    {
        await using var command = connection.Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(token);
        return await reader.ReadAllAsync(read, token);
    }

    /// <summary>Makes something of each row that is left of the reader's result.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken token)
    {
        List<T> rows = [];
        while (await reader.ReadAsync(token)) rows.Add(read(reader));
        return rows;
    }
}
