using Actors.Grains.Agents;
using Actors.Silo.Stores.PostgreSql.Agents;
using Actors.Silo.Tests.Stores.PostgreSql;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>PostgreSQL does what IAgentConnectionLog says.</summary>
public sealed class PostgreSqlAgentConnectionLogTests(PostgreSqlFixture server) : ConnectionLogCompliance, IAsyncLifetime
{
    private PostgreSqlRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = new PostgreSqlRig(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    protected override async Task<IAgentConnectionLog> OpenAsync() => new PostgreSqlAgentConnectionLog(await _rig.PreparedAsync());
}
