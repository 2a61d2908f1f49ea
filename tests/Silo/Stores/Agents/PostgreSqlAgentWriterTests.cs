using Actors.Grains.Agents;
using Actors.Grains.Tests.Support;
using Actors.Harness;
using Actors.Silo.Stores.PostgreSql.Agents;
using Actors.Silo.Tests.Stores.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>What silos write of agents into a real database: side by side, while it is away, and with rows that it never takes.</summary>
public sealed class PostgreSqlAgentWriterTests(PostgreSqlFixture fixture) : IDisposable
{
    private static readonly AgentWriterOptions Fast = new() { HeartbeatFlushMs = 5, ConnectionLogFlushMs = 5, MetadataFlushMs = 5 };

    private readonly TestMeters _meters = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task Two_silos_that_write_one_agents_connections_end_with_the_newest()
    {
        await using var rig = new PostgreSqlRig(await fixture.CreateDatabaseAsync());
        await using var first = await OpenAsync(rig);
        await using var second = await OpenAsync(rig);
        const int Agents = 600;
        foreach (var round in Enumerable.Range(0, 10))
        {
            // Both silos have hundreds of rows of the same agents in statements at one time, in orders of their own.
            for (var agent = 0; agent < Agents; agent++)
            {
                first.Connected(Id(agent), 10 + (2 * round), 1_000 + (100 * round));
                first.Alive(Id(agent), 10 + (2 * round), 1_020 + (100 * round));
                second.Connected(Id(Agents - 1 - agent), 11 + (2 * round), 1_050 + (100 * round));
                second.Alive(Id(Agents - 1 - agent), 11 + (2 * round), 1_060 + (100 * round));
                first.Disconnected(Id(agent), 10 + (2 * round), 1_090 + (100 * round));
                first.Alive(Id(agent), 10 + (2 * round), 1_095 + (100 * round)); // too late
            }
        }

        await Task.WhenAll(first.StopAsync(Token), second.StopAsync(Token)).WaitAsync(TestGuard.Limit, Token);

        var rows = await new PostgreSqlAgentRows(await rig.PreparedAsync()).ListAsync(new() { Max = 1_000 }, default, Token);
        Assert.Equal(Agents, rows.Count);
        Assert.All(rows, row => Assert.Equal((29, null), (row.Epoch, row.Times.DisconnectedAtUtcMs)));
        Assert.All(rows, row => Assert.InRange(row.Times.LastConnectedAtUtcMs!.Value, 1_950, 1_960));
        Assert.Equal(0, _meters.Sum("actors_batch_dropped_total"));
    }

    [Fact]
    public async Task A_server_that_stops_and_starts_loses_nothing()
    {
        await using var server = await PostgreSqlServer.StartNewAsync();
        await using var rig = new PostgreSqlRig(await server.CreateDatabaseAsync());
        await using var writer = await OpenAsync(rig);
        for (var agent = 0; agent < 500; agent++) writer.Connected(Id(agent), 1, 1_000);
        await TestGuard.UntilAsync(() => _meters.Observe("actors_batch_waiting_rows") == 0, "the connects are taken");
        await server.StopAsync();
        for (var agent = 0; agent < 1_000; agent++)
        {
            if (agent < 500) writer.Alive(Id(agent), 1, 2_000);
            else writer.Connected(Id(agent), 1, 2_000);
            writer.Connection(new() { Key = new(Id(agent), Id(agent), 0), Type = "ssh", ConnectedAtUtcMs = 1_500 });
            writer.Connection(new() { Key = new(Id(agent), Id(agent), 0), Type = "ssh", DisconnectedAtUtcMs = 1_600, Code = 0 });
            writer.Metadata(MetadataRow.Create(Id(agent), "load", $"{agent}", null, 1_700));
        }

        await TestGuard.UntilAsync(() => _meters.Count("actors_batch_flush_seconds", "reason", "retry") > 3, "it is tried again");
        Assert.Equal(0, _meters.Sum("actors_batch_dropped_total"));
        await server.StartAsync();
        await writer.StopAsync(Token).WaitAsync(TestGuard.Limit, Token);

        var database = await rig.PreparedAsync();
        var rows = await new PostgreSqlAgentRows(database).ListAsync(new() { Max = 1_000 }, default, Token);
        Assert.Equal(1_000, rows.Count);
        Assert.All(rows, row => Assert.Equal(2_000, row.Times.LastConnectedAtUtcMs));
        var log = await new PostgreSqlAgentConnectionLog(database).ReadAsync(new() { Max = 1_000, HasEnded = true }, Token);
        Assert.Equal(1_000, log.Count);
        Assert.All(log, row => Assert.Equal((1_500, 1_600, 0), (row.ConnectedAtUtcMs, row.DisconnectedAtUtcMs, row.Code)));
        Assert.Equal("999", Assert.Single(await new PostgreSqlAgentMetadata(database).ReadAsync(Id(999), Token)).Value);
    }

    [Fact]
    public async Task A_row_that_the_database_refuses_is_dropped_alone()
    {
        await using var rig = new PostgreSqlRig(await fixture.CreateDatabaseAsync());
        await using var writer = await OpenAsync(rig);
        await rig.ExecuteAsync("ALTER TABLE actors.agent_connections ADD CHECK (type <> 'poison')");
        for (var number = 0; number < 300; number++)
            writer.Connection(new() { Key = new(Id(1), Id(number), 0), Type = number == 123 ? "poison" : "ssh", ConnectedAtUtcMs = number });
        await writer.StopAsync(Token).WaitAsync(TestGuard.Limit, Token);
        Assert.Equal(299, (await new PostgreSqlAgentConnectionLog(await rig.PreparedAsync()).ReadAsync(new() { Max = 1_000 }, Token)).Count);
        Assert.Equal(1, _meters.Sum("actors_batch_dropped_total", "batcher", "connections"));
    }

    [Fact]
    public async Task A_statement_of_five_hundred_heartbeats_is_one_statement()
    {
        await using var rig = new PostgreSqlRig(await fixture.CreateDatabaseAsync());
        var rows = new PostgreSqlAgentRows(await rig.PreparedAsync());
        await rows.WriteAsync([.. Enumerable.Range(0, 500).Select(number => AgentRow.Connected(Id(number), 1, 1))], Token);
        await rig.ExecuteAsync(
            """
            CREATE TABLE heard (at timestamptz);
            CREATE FUNCTION hear() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO heard VALUES (statement_timestamp()); RETURN NULL; END';
            CREATE TRIGGER hear AFTER UPDATE ON actors.agents FOR EACH STATEMENT EXECUTE FUNCTION hear()
            """);
        await rows.WriteHeartbeatsAsync([.. Enumerable.Range(0, 500).Select(number => new HeartbeatRow(Id(number), 1, 2))], Token);
        Assert.Equal(1L, await rig.ScalarAsync("SELECT count(*) FROM heard"));
        Assert.Equal(500L, await rig.ScalarAsync("SELECT count(*) FROM actors.agents WHERE last_connected_at_ms = 2"));
    }

    private static Guid Id(int number) => new(number, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 11]);

    private async Task<AgentWriter> OpenAsync(PostgreSqlRig rig)
    {
        var database = await rig.PreparedAsync();
        return new(
            new PostgreSqlAgentRows(database), new PostgreSqlAgentConnectionLog(database), new PostgreSqlAgentMetadata(database), Fast, new BatchMetrics(_meters), TimeProvider.System,
            NullLogger<AgentWriter>.Instance);
    }
}
