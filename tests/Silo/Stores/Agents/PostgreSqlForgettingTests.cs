using Actors.Grains.Agents;
using Actors.Silo.Stores.PostgreSql.Agents;
using Actors.Silo.Tests.Stores.PostgreSql;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>PostgreSQL forgets as IAgentRows says.</summary>
public sealed class PostgreSqlForgettingTests(PostgreSqlFixture server) : ForgettingCompliance, IAsyncLifetime
{
    private PostgreSqlRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = new PostgreSqlRig(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    protected override async Task<(IAgentRows Agents, IAgentMetadata Metadata)> OpenAsync()
    {
        var database = await _rig.PreparedAsync();
        return (new PostgreSqlAgentRows(database), new PostgreSqlAgentMetadata(database));
    }
}
