using Actors.Silo.Stores.PostgreSql;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>A grain's state in the database that silos share.</summary>
public sealed class PostgreSqlPersistentStateTests(PostgreSqlFixture server) : PersistentStateTests<PostgreSqlDatabase>, IAsyncLifetime
{
    private PostgreSqlRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = new PostgreSqlRig(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    protected override Task<PostgreSqlDatabase> OpenAsync() => _rig.PreparedAsync();

    protected override IGrainStorage Storage(PostgreSqlDatabase database) => new PostgreSqlGrainStorage("test", new PostgreSqlGrainState(database));

    protected override void Add(IServiceCollection services, PostgreSqlDatabase database) =>
        services.AddSingleton(database).AddSingleton<PostgreSqlGrainState>();
}
