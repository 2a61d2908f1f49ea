using Actors.Grains.Agents;
using Actors.Silo.Stores.Sqlite.Agents;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>The embedded store forgets as IAgentRows says.</summary>
public sealed class SqliteForgettingTests : ForgettingCompliance, IAsyncDisposable
{
    private readonly SqliteFixture _file = new();

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    protected override Task<(IAgentRows Agents, IAgentMetadata Metadata)> OpenAsync()
    {
        var file = _file.Open();
        return Task.FromResult<(IAgentRows, IAgentMetadata)>((new SqliteAgentRows(file), new SqliteAgentMetadata(file)));
    }
}
