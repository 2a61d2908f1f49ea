using Actors.Grains.Agents;
using Actors.Grains.Tests.Agents;
using Actors.Silo.Stores.PostgreSql.Agents;
using Actors.Silo.Tests.Stores.PostgreSql;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>PostgreSQL does what IAgentPeerRows says.</summary>
public sealed class PostgreSqlAgentPeerRowsTests(PostgreSqlFixture server) : PeerRowsCompliance, IAsyncLifetime
{
    private PostgreSqlRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = new PostgreSqlRig(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    protected override async Task<IAgentPeerRows> OpenAsync() => new PostgreSqlAgentPeerRows(await _rig.PreparedAsync());
}
