using Actors.Membership;
using Actors.Silo.Stores.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>A database with membership tables on it, each with a pool of its own as each silo has.</summary>
public sealed class PostgreSqlRig(string connectionString) : IAsyncDisposable
{
    private const int Seed = 20_261_121;

    private readonly List<PostgreSqlDatabase> _open = [];
    private readonly NpgsqlDataSource _admin = NpgsqlDataSource.Create(connectionString + ";Pooling=false");

    /// <summary>The database's name.</summary>
    public string Name { get; } = new NpgsqlConnectionStringBuilder(connectionString).Database!;

    /// <summary>One more silo's handle.</summary>
    public PostgreSqlMembershipTable Open(string clusterId, PostgreSqlOptions? options = null)
    {
        var database = new PostgreSqlDatabase(connectionString, options ?? new PostgreSqlOptions(), TimeProvider.System);
        lock (_open) _open.Add(database);
        return new PostgreSqlMembershipTable(database, clusterId, new Random(Seed), NullLogger<PostgreSqlMembershipTable>.Instance);
    }

    /// <summary>One more silo's handle, with the table there.</summary>
    public async Task<ILeasedMembershipTable> InitializedAsync(string clusterId, PostgreSqlOptions? options = null)
    {
        var table = Open(clusterId, options);
        await table.InitializeMembershipTable(true);
        return table;
    }

    /// <summary>What a person does by hand.</summary>
    public async Task<int> ExecuteAsync(string sql)
    {
        await using var command = _admin.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>What a person asks by hand.</summary>
    public async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _admin.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Holds what the statement locks until disposed of.</summary>
    public async Task<NpgsqlConnection> HoldAsync(string sql)
    {
        var connection = await _admin.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("BEGIN; " + sql, connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var database in _open) await database.DisposeAsync();
        await _admin.DisposeAsync();
    }
}
