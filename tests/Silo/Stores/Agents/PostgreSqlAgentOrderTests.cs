using Actors.Grains.Agents;
using Actors.Silo.Stores.PostgreSql.Agents;
using Actors.Silo.Tests.Stores.PostgreSql;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>Silos that work on the same rows at one time never wait for each other in a circle: PostgreSQL would end one of them.</summary>
public sealed class PostgreSqlAgentOrderTests(PostgreSqlFixture server) : IAsyncLifetime
{
    private const int Rounds = 40;
    private const int Count = 500;

    private PostgreSqlRig _rig = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = new PostgreSqlRig(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Heartbeats_of_many_and_of_few_meet_what_else_is_written_of_agents()
    {
        var (one, other) = (new PostgreSqlAgentRows(await _rig.PreparedAsync()), new PostgreSqlAgentRows(await _rig.PreparedAsync()));
        await WriteBackwardsAsync(one);
        await RacedAsync(
            atMs => one.WriteHeartbeatsAsync([.. Enumerable.Range(0, Count).Select(number => new HeartbeatRow(Id(number), 1, atMs))], Token),
            atMs => other.WriteAsync([.. Enumerable.Range(0, Count).Reverse().Select(number => AgentRow.Said(Id(number), Actors.Agents.AgentLifecycle.Ready, atMs))], Token),
            atMs => other.WriteHeartbeatsAsync([.. Enumerable.Range(0, 20).Select(number => new HeartbeatRow(Id(number * 25), 1, atMs + 1))], Token));
    }

    [Fact]
    public async Task Heartbeats_lock_their_rows_by_id()
    {
        await _rig.ExecuteAsync($"ALTER DATABASE {_rig.Name} SET enable_mergejoin = off"); // it would sort them by the way
        var store = new PostgreSqlAgentRows(await _rig.PreparedAsync());
        await WriteBackwardsAsync(store);
        Task writing;
        await using (await _rig.HoldAsync($"SELECT FROM actors.agents WHERE agent = '{Id(250):D}' FOR UPDATE"))
        {
            writing = store.WriteHeartbeatsAsync([.. Enumerable.Range(0, Count).Select(static number => new HeartbeatRow(Id(number), 1, 2))], Token);
            await _rig.BlockedAsync();
            Assert.Equal(0L, await FreeAsync($"agent < '{Id(250):D}'"));
            Assert.Equal(249L, await FreeAsync($"agent > '{Id(250):D}' AND agent < '{Id(Count):D}'"));
        }

        await writing;
        Assert.Equal(2, (await store.ReadAsync(Id(250), Token))!.Times.LastConnectedAtUtcMs);

        Task<object?> FreeAsync(string which) => _rig.ScalarAsync($"SELECT count(*) FROM (SELECT FROM actors.agents WHERE {which} FOR UPDATE SKIP LOCKED) AS free");
    }

    [Fact]
    public async Task What_is_old_and_locked_is_passed_over()
    {
        var store = new PostgreSqlAgentPeerRows(await _rig.PreparedAsync());
        await store.WriteTunnelsAsync([.. Enumerable.Range(0, 3).Select(static number => new TunnelRow(Id(number), Id(9), new(new(1, 1), false), 1))], Token);
        await store.WritePeersAsync([.. Enumerable.Range(10, 3).Select(static number => new PeerRow(Id(number), new(1, PeerVersion.LostSequence), new(1, 1, 1), 1))], Token);
        await using (await _rig.HoldAsync(
            $"SELECT FROM actors.agent_tunnels WHERE source = '{Id(0):D}' FOR UPDATE; SELECT FROM actors.agent_peers WHERE peer = '{Id(10):D}' FOR UPDATE"))
        {
            Assert.Equal(4, await store.RemoveExpiredAsync(new PeerExpiry(10, 10), 10, Token));
            Assert.Equal(0, await store.RemoveExpiredAsync(new PeerExpiry(10, 10), 10, Token));
        }

        Assert.Equal(2, await store.RemoveExpiredAsync(new PeerExpiry(10, 10), 10, Token));
    }

    [Fact]
    public async Task Heartbeats_meet_heartbeats()
    {
        var (one, other) = (new PostgreSqlAgentRows(await _rig.PreparedAsync()), new PostgreSqlAgentRows(await _rig.PreparedAsync()));
        await one.WriteAsync([.. Enumerable.Range(0, Count).Select(static number => AgentRow.Connected(Id(number), 1, 1))], Token);
        await RacedAsync(
            atMs => one.WriteHeartbeatsAsync([.. Enumerable.Range(0, Count).Select(number => new HeartbeatRow(Id(number), 1, atMs))], Token),
            atMs => other.WriteHeartbeatsAsync([.. Enumerable.Range(0, Count).Reverse().Select(number => new HeartbeatRow(Id(number), 1, atMs + 1))], Token));
        Assert.True((await one.ReadAsync(Id(0), Token))!.Times.LastConnectedAtUtcMs > 2 * Rounds);
    }

    [Fact]
    public async Task Values_of_one_agent_meet_those_that_another_silo_has()
    {
        var (one, other) = (new PostgreSqlAgentMetadata(await _rig.PreparedAsync()), new PostgreSqlAgentMetadata(await _rig.PreparedAsync()));
        // More names than an agent may keep, so that the oldest are removed at the same time.
        await RacedAsync(atMs => one.WriteAsync(Values(atMs, isBackwards: false), Token), atMs => other.WriteAsync(Values(atMs, isBackwards: true), Token));
        await one.WriteAsync([MetadataRow.Create(Id(0), "last", "1", null, 3 * Rounds)], Token);
        var kept = await other.ReadAsync(Id(0), Token);
        Assert.Equal(IAgentMetadata.MaxValues, kept.Count);
        Assert.All(kept, static row => Assert.True(row.CollectedAtUtcMs >= 2 * Rounds, $"{row.Key.Name} is old"));

        static IReadOnlyList<MetadataRow> Values(long atMs, bool isBackwards)
        {
            var rows = Enumerable.Range(0, 400).Select(number => MetadataRow.Create(Id(number % 2), $"name-{(number + (atMs * 7)) % 600}", "1", null, atMs));
            return [.. isBackwards ? rows.Reverse() : rows];
        }
    }

    [Fact]
    public async Task What_is_old_goes_while_it_is_written()
    {
        var (one, other) = (new PostgreSqlAgentPeerRows(await _rig.PreparedAsync()), new PostgreSqlAgentPeerRows(await _rig.PreparedAsync()));
        await RacedAsync(
            async atMs =>
            {
                await one.WriteTunnelsAsync([.. Enumerable.Range(0, Count).Select(number => new TunnelRow(Id(number), Id(Count), new(new(atMs, 1), false), 1))], Token);
                await one.WritePeersAsync([.. Enumerable.Range(0, Count).Select(number => new PeerRow(Id(number), new(atMs, PeerVersion.LostSequence), new(1, 1, 1), 1))], Token);
            },
            _ => other.RemoveExpiredAsync(new PeerExpiry(10, 10), Count, Token),
            _ => one.RemoveExpiredAsync(new PeerExpiry(10, 10), Count, Token));
    }

    [Fact]
    public async Task Tunnels_that_are_old_are_found_by_indexes()
    {
        await _rig.PreparedAsync();
        await _rig.ExecuteAsync(
            """
            INSERT INTO actors.agent_tunnels SELECT gen_random_uuid(), gen_random_uuid(), 1, 1, number % 10 > 0, 1000000 + number FROM generate_series(1, 20000) AS number;
            ANALYZE actors.agent_tunnels
            """);
        var sql = PostgreSqlAgentPeerRows.RemoveTunnels.Replace("$1", "500", StringComparison.Ordinal).Replace("$2", "500", StringComparison.Ordinal)
            .Replace("$3", "1000", StringComparison.Ordinal).Replace("$4", $"{PeerVersion.LostSequence}", StringComparison.Ordinal);
        var plan = (string)(await _rig.ScalarAsync($"EXPLAIN (FORMAT JSON) {sql}"))!;
        Assert.Contains("agent_tunnels_open", plan, StringComparison.Ordinal);
        Assert.Contains("agent_tunnels_closed", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan[..plan.IndexOf("\"Subplan Name\": \"CTE locked\"", StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    private static Guid Id(int number) => new(number + 1, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 0x0f]);

    /// <summary>Agents that lie in the table against the order of their ids, among others: a plan that reads the table finds them in that order.</summary>
    private async Task WriteBackwardsAsync(PostgreSqlAgentRows store)
    {
        for (var chunk = 0; chunk < 6; chunk++)
            await store.WriteAsync([.. Enumerable.Range(chunk * Count, Count).Select(static number => AgentRow.Connected(Id(number), 1, 1))], Token);
        await _rig.ExecuteAsync(
            """
            CREATE TABLE backwards AS SELECT * FROM actors.agents ORDER BY agent DESC;
            TRUNCATE actors.agents;
            INSERT INTO actors.agents SELECT * FROM backwards;
            ANALYZE actors.agents
            """);
    }

    /// <summary>Does all of it at the same time, many times; a statement that the database ended to free others fails the test.</summary>
    private static async Task RacedAsync(params Func<long, Task>[] writes)
    {
        for (var round = 1; round <= Rounds; round++)
        {
            var atMs = 2L * round;
            await Task.WhenAll(writes.Select(write => Task.Run(() => write(atMs), Token)));
        }
    }
}
