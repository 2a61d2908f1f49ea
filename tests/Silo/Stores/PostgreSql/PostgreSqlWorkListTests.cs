using Actors.Grains.Work;
using Actors.Silo.Stores.PostgreSql;
using Orleans.Storage;

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>PostgreSQL knows which grains have work.</summary>
public sealed class PostgreSqlWorkListTests(PostgreSqlFixture server) : WorkListCompliance, IAsyncLifetime
{
    private PostgreSqlRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = new PostgreSqlRig(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    protected override async Task<(IGrainStorage Storage, IWorkList Work)> OpenAsync()
    {
        var database = await _rig.PreparedAsync();
        return (new PostgreSqlGrainStorage("test", new PostgreSqlGrainState(database)), new PostgreSqlWorkList(database, Warnings.Logger<PostgreSqlWorkList>()));
    }

    protected override Task MarkAsync(string grainId) => _rig.ExecuteAsync($"INSERT INTO actors.grain_state VALUES ('{grainId}', 's', 1, '', true)");
}
