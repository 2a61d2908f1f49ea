using Actors.Grains.Agents;
using Actors.Silo.Stores.Sqlite.Agents;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>The embedded store does what IAgentTokenRows says.</summary>
public sealed class SqliteAgentTokenRowsTests : TokenRowsCompliance, IAsyncDisposable
{
    private readonly SqliteFixture _file = new();

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    protected override Task<(IAgentTokenRows First, IAgentTokenRows Second)> OpenAsync()
    {
        var database = _file.Open();
        return Task.FromResult<(IAgentTokenRows, IAgentTokenRows)>((new SqliteAgentTokenRows(database), new SqliteAgentTokenRows(database)));
    }
}
