using Actors.Grains.Agents;
using Actors.Silo.Stores.Sqlite.Agents;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>The embedded store does what IAgentMetadata says.</summary>
public sealed class SqliteAgentMetadataTests : MetadataCompliance, IAsyncDisposable
{
    private readonly SqliteFixture _file = new();

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    protected override Task<IAgentMetadata> OpenAsync() =>
        Task.FromResult<IAgentMetadata>(new SqliteAgentMetadata(_file.Open()));
}
