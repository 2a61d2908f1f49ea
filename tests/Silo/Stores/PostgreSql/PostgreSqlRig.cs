using Actors.Grains.Tests.Support;
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
    public PostgreSqlMembershipTable Open(string clusterId, PostgreSqlOptions? options = null) =>
        new(Connect(options), clusterId, new Random(Seed), NullLogger<PostgreSqlMembershipTable>.Instance);

    /// <summary>One more silo's database, without looking at it.</summary>
    public PostgreSqlDatabase Connect(PostgreSqlOptions? options = null)
    {
        var database = new PostgreSqlDatabase(connectionString, options ?? new PostgreSqlOptions(), TimeProvider.System);
        lock (_open) _open.Add(database);
        return database;
    }

    /// <summary>One more silo's database, with the tables there.</summary>
    public async Task<PostgreSqlDatabase> PreparedAsync(PostgreSqlOptions? options = null)
    {
        await using var connection = await ConnectionAsync();
        Assert.True(await PostgreSqlSchema.PrepareAsync(connection, Name, mayCreate: true, CancellationToken.None));
        return Connect(options);
    }

    /// <summary>One more silo's topics.</summary>
    public async Task<PostgreSqlTopicStore> TopicsAsync(PostgreSqlOptions? options = null) => Topics(await PreparedAsync(options));

    /// <summary>One more silo's table of grain state.</summary>
    public async Task<PostgreSqlGrainState> GrainStateAsync(PostgreSqlOptions? options = null) => new(await PreparedAsync(options));

    /// <summary>The topics in such a database.</summary>
    public static PostgreSqlTopicStore Topics(PostgreSqlDatabase database) => new(database, new Random(Seed), NullLogger<PostgreSqlTopicStore>.Instance);

    /// <summary>Takes the tables of the agents' hub away: those of an older build are left.</summary>
    public async Task DropAgentsAsync()
    {
        var tables = await ScalarAsync("SELECT string_agg('actors.' || tablename, ', ') FROM pg_tables WHERE schemaname = 'actors' AND tablename LIKE 'agent%'");
        await ExecuteAsync($"DROP TABLE {tables}");
    }

    /// <summary>Makes each commit that inserts into, or changes, a table wait for as long as the statement of <see cref="HoldCommitsAsync"/> is held.</summary>
    public Task HoldableCommitsAsync(string table) => ExecuteAsync(
        $"""
        CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER hold AFTER INSERT OR UPDATE OR DELETE ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold()
        """);

    /// <summary>Commits wait until the answer is disposed of.</summary>
    public Task<HeldLocks> HoldCommitsAsync() => HoldAsync("SELECT pg_advisory_xact_lock(1)");

    /// <summary>Waits until so many statements wait for a lock.</summary>
    public Task BlockedAsync(int count = 1) => TestGuard.UntilAsync(
        async () => await ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") is long blocked && blocked >= count,
        $"{count} statements that wait for a lock");

    /// <summary>Kills the connections whose statements wait for a lock.</summary>
    public Task KillBlockedAsync() => ExecuteAsync(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");

    /// <summary>One more silo's handle, with the table there.</summary>
    public async Task<ILeasedMembershipTable> InitializedAsync(string clusterId, PostgreSqlOptions? options = null)
    {
        var table = Open(clusterId, options);
        await table.InitializeMembershipTable(true);
        return table;
    }

    /// <summary>A connection of its own.</summary>
    public async Task<NpgsqlConnection> ConnectionAsync() => await _admin.OpenConnectionAsync();

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
    public async Task<HeldLocks> HoldAsync(string sql)
    {
        var connection = await ConnectionAsync();
        await using var command = new NpgsqlCommand("BEGIN; " + sql, connection);
        await command.ExecuteNonQueryAsync();
        return new HeldLocks(connection);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var database in _open) await database.DisposeAsync();
        await _admin.DisposeAsync();
    }
}
