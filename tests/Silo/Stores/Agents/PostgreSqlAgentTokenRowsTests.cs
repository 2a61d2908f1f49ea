using Actors.Grains.Agents;
using Actors.Silo.Stores.PostgreSql.Agents;
using Actors.Silo.Tests.Stores.PostgreSql;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>PostgreSQL does what IAgentTokenRows says.</summary>
public sealed class PostgreSqlAgentTokenRowsTests(PostgreSqlFixture server) : TokenRowsCompliance, IAsyncLifetime
{
    private PostgreSqlRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = new PostgreSqlRig(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    protected override async Task<(IAgentTokenRows First, IAgentTokenRows Second)> OpenAsync() =>
        (new PostgreSqlAgentTokenRows(await _rig.PreparedAsync()), new PostgreSqlAgentTokenRows(await _rig.PreparedAsync()));
}
