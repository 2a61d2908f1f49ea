using Actors.Grains.Agents;
using Actors.Silo.Stores.PostgreSql.Agents;
using Actors.Silo.Tests.Stores.PostgreSql;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>PostgreSQL does what IAgentRows says.</summary>
public sealed class PostgreSqlAgentRowsTests(PostgreSqlFixture server) : AgentRowsCompliance, IAsyncLifetime
{
    private PostgreSqlRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = new PostgreSqlRig(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    protected override async Task<IAgentRows> OpenAsync() => new PostgreSqlAgentRows(await _rig.PreparedAsync());
}
