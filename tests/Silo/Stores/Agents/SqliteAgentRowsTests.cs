using Actors.Grains.Agents;
using Actors.Silo.Stores.Sqlite.Agents;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>The embedded store does what IAgentRows says.</summary>
public sealed class SqliteAgentRowsTests : AgentRowsCompliance, IAsyncDisposable
{
    private readonly SqliteFixture _file = new();

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    protected override Task<IAgentRows> OpenAsync() =>
        Task.FromResult<IAgentRows>(new SqliteAgentRows(_file.Open()));
}
