using Actors.Grains.Agents;
using Actors.Grains.Tests.Agents;
using Actors.Silo.Stores.Sqlite.Agents;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>The embedded store does what IAgentPeerRows says.</summary>
public sealed class SqliteAgentPeerRowsTests : PeerRowsCompliance, IAsyncDisposable
{
    private readonly SqliteFixture _file = new();

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    protected override Task<IAgentPeerRows> OpenAsync() =>
        Task.FromResult<IAgentPeerRows>(new SqliteAgentPeerRows(_file.Open()));
}
