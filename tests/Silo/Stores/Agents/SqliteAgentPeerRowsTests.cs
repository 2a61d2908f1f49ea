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

    [Fact]
    public async Task What_is_old_is_found_by_indexes()
    {
        var database = _file.Open();
        foreach (var (sql, values) in ((string, object?[])[])[(SqliteAgentPeerRows.RemoveTunnels, [1L, 1L, 1]), (SqliteAgentPeerRows.RemovePeers, [1L, 1])])
        {
            var plan = await database.ReadAsync("explain", session => session.Query("EXPLAIN QUERY PLAN " + sql, static row => row.GetString(3), values), CancellationToken.None);
            Assert.Contains(plan, static step => step.StartsWith("SEARCH", StringComparison.Ordinal));
            Assert.DoesNotContain(plan, static step => step.StartsWith("SCAN agent", StringComparison.Ordinal) || step.StartsWith("SCAN peer", StringComparison.Ordinal) || step.StartsWith("SCAN tunnel", StringComparison.Ordinal));
        }
    }
}
