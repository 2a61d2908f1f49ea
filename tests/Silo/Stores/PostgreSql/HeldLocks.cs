using System.Data;
using Npgsql;

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>An open transaction and what it locks. Its end is waited for: a closed connection alone keeps its locks until the server has noticed.</summary>
/// <param name="connection">In the transaction. Owned.</param>
public sealed class HeldLocks(NpgsqlConnection connection) : IAsyncDisposable
{
    /// <summary>Keeps what the transaction wrote.</summary>
    public Task CommitAsync() => EndAsync("COMMIT");

    /// <summary>Undoes what is not committed; the locks are free when it returns. A server that has ended holds none.</summary>
    public async ValueTask DisposeAsync()
    {
        await using (connection)
        {
            try
            {
                if (connection.State == ConnectionState.Open) await EndAsync("ROLLBACK");
            }
            catch (NpgsqlException) when (connection.State != ConnectionState.Open)
            {
            }
        }
    }

    private async Task EndAsync(string how)
    {
        await using var command = new NpgsqlCommand(how, connection);
        await command.ExecuteNonQueryAsync();
    }
}
