using Actors.Harness;
using Actors.Silo.Tests.Stores.PostgreSql;

[assembly: AssemblyFixture(typeof(PostgreSqlFixture))]

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>One PostgreSQL server for the whole run, started by the first test that wants it; a database for each test.</summary>
public sealed class PostgreSqlFixture : IAsyncLifetime
{
    private readonly Lazy<Task<PostgreSqlServer>> _server = new(PostgreSqlServer.StartNewAsync);

    /// <summary>The server; tests leave it running.</summary>
    public Task<PostgreSqlServer> Server => _server.Value;

    /// <summary>How to connect to an empty database.</summary>
    public async Task<string> CreateDatabaseAsync() => await (await Server).CreateDatabaseAsync();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated) await (await _server.Value).DisposeAsync();
    }
}
