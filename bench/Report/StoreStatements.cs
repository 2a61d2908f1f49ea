using System.Globalization;
using Npgsql;

namespace Actors.Bench.Report;

/// <summary>Counts what silos ask of PostgreSQL.</summary>
internal static class StoreStatements
{
    /// <summary>How many statements the server has run for a database; those that are rolled back count too.</summary>
    /// <param name="connection">How to connect to the database; each of its statements is a transaction.</param>
    public static async Task<long> CountAsync(string connection)
    {
        var server = new NpgsqlConnectionStringBuilder(connection);
        var database = server.Database!;
        server.Database = "postgres"; // so that asking does not count
        await using var source = NpgsqlDataSource.Create(server);
        await using var command = source.CreateCommand("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = $1");
        command.Parameters.AddWithValue(database);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
