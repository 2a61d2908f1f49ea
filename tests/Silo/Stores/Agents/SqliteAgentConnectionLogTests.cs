using Actors.Grains.Agents;
using Actors.Silo.Stores.Sqlite.Agents;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>The embedded store does what IAgentConnectionLog says.</summary>
public sealed class SqliteAgentConnectionLogTests : ConnectionLogCompliance, IAsyncDisposable
{
    private readonly SqliteFixture _file = new();

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    protected override Task<IAgentConnectionLog> OpenAsync() =>
        Task.FromResult<IAgentConnectionLog>(new SqliteAgentConnectionLog(_file.Open()));
}
