using Actors.Agents;
using Actors.Grains.Agents;
using Actors.Grains.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Grains.Tests.Agents;

/// <summary>What a silo writes of agents reaches the store in few statements, and whatever the store does nobody waits for it.</summary>
public sealed class AgentWriterTests : IAsyncDisposable
{
    private readonly VirtualTime _time = new();
    private readonly TestMeters _meters = new();
    private readonly MemoryAgentStores _store = new();
    private readonly AgentWriter _writer;

    public AgentWriterTests() => _writer = Open(new());

    private long NowUtcMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _meters.Dispose();
    }

    [Fact]
    public async Task A_connect_and_a_disconnect_are_written_at_once()
    {
        _writer.Connected(Agent(1), 7, NowUtcMs);
        await WrittenAsync("agents", 1);
        _writer.Lifecycle(Agent(1), AgentLifecycle.Ready, NowUtcMs);
        await WrittenAsync("agents", 2);
        _writer.Disconnected(Agent(1), 7, NowUtcMs + 1);
        await WrittenAsync("agents", 3);
        Assert.Equal((7, NowUtcMs + 1, AgentLifecycle.Ready), (_store.Agents[Agent(1)].Epoch, _store.Agents[Agent(1)].DisconnectedAtUtcMs, _store.Agents[Agent(1)].Lifecycle));
    }

    [Fact]
    public async Task Connects_that_come_while_a_statement_runs_share_the_next_one()
    {
        var hold = _store.Hold();
        _writer.Connected(Agent(0), 1, NowUtcMs);
        await WrittenAsync("agents", 1);
        for (var agent = 1; agent <= 1_200; agent++)
            _writer.Connected(Agent(agent), 1, NowUtcMs);
        hold.SetResult();
        await TestGuard.UntilAsync(() => _store.Statements.Sum(statement => statement.Rows) == 1_201, "all connects are written");
        Assert.Equal([1, 500, 500, 200], _store.Statements.Select(statement => statement.Rows));
    }

    [Fact]
    public async Task A_heartbeat_waits_for_others_and_an_end_takes_it_back()
    {
        _writer.Connected(Agent(1), 7, NowUtcMs);
        _writer.Connected(Agent(2), 8, NowUtcMs);
        await IdleAsync();
        _time.Pass(1_000);
        _writer.Alive(Agent(1), 7, NowUtcMs);
        _writer.Alive(Agent(2), 8, NowUtcMs);
        _time.Pass(500);
        _writer.Alive(Agent(2), 8, NowUtcMs);
        var last = NowUtcMs;
        _writer.Disconnected(Agent(1), 7, NowUtcMs);
        await IdleAsync();
        _time.Pass(1_499);
        Assert.DoesNotContain(_store.Statements, statement => statement.Operation == "heartbeats");
        _time.Pass(1);
        await WrittenAsync("heartbeats", 1);
        Assert.Equal(("heartbeats", 1), _store.Statements[^1]);
        await IdleAsync();
        await TestGuard.UntilAsync(() => _store.Agents[Agent(2)].LastConnectedAtUtcMs == last, "the newest sign of life");
    }

    [Fact]
    public async Task Thirty_thousand_agents_every_fifteen_seconds_are_at_most_five_statements_a_second()
    {
        const int Agents = 30_000, Seconds = 15;
        for (var second = 0; second < 2 * Seconds; second++)
        {
            for (var agent = second % Seconds; agent < Agents; agent += Seconds)
                _writer.Alive(Agent(agent), 1, NowUtcMs);
            await IdleAsync();
            _time.Pass(1_000);
        }

        await IdleAsync();
        _time.Pass(2_000);
        await IdleAsync();
        Assert.Equal(0, WaitingRows("heartbeats"));
        var statements = _store.Statements;
        Assert.Equal(2 * Agents, statements.Sum(statement => statement.Rows));
        Assert.All(statements, statement => Assert.InRange(statement.Rows, 1, 500));
        Assert.InRange(statements.Length, 2 * Agents / 500, 2 * Seconds * 5);
    }

    [Fact]
    public async Task Five_minutes_without_a_store_cost_bounded_memory_and_everything_is_written_afterwards()
    {
        _writer.Connected(Agent(1), 1, NowUtcMs);
        await IdleAsync();
        _store.IsAway = true;
        var key = new ConnectionKey(Agent(1), Agent(9), 0);
        for (var second = 0; second < 300; second++)
        {
            if (second % 15 == 0)
            {
                for (var agent = 1; agent <= 1_000; agent++)
                {
                    if (second == 0 && agent > 1)
                        _writer.Connected(Agent(agent), 1, NowUtcMs);
                    else
                        _writer.Alive(Agent(agent), 1, NowUtcMs);
                }

                _writer.Metadata(MetadataRow.Create(Agent(1), "load", $"{second}", null, NowUtcMs));
            }

            if (second == 30)
                _writer.Connection(new() { Key = key, Type = "ssh", ConnectedAtUtcMs = NowUtcMs });
            if (second == 60)
                _writer.Connection(new() { Key = key, Type = "ssh", DisconnectedAtUtcMs = NowUtcMs, Code = 0 });
            if (second == 90)
                _writer.Disconnected(Agent(1_000), 1, NowUtcMs);
            _time.Pass(1_000);
            await IdleAsync();
        }

        Assert.InRange(_store.Statements.Length, 4 * 25, 4 * 60);
        Assert.InRange(_meters.Observe("actors_batch_waiting_rows"), 1, 3_000);
        _store.IsAway = false;
        for (var second = 0; second < 15; second++)
        {
            _time.Pass(1_000);
            await IdleAsync();
        }

        Assert.Equal(0, _meters.Observe("actors_batch_waiting_rows"));

        Assert.Equal(1_000, _store.Agents.Count);
        Assert.All(_store.Agents.Values.Where(row => row.Key != Agent(1_000)), row => Assert.Equal(30_000, NowUtcMs - row.LastConnectedAtUtcMs));
        Assert.NotNull(_store.Agents[Agent(1_000)].DisconnectedAtUtcMs);
        Assert.Equal((30_000, 0), (_store.Connections[key].DisconnectedAtUtcMs - _store.Connections[key].ConnectedAtUtcMs, _store.Connections[key].Code));
        Assert.Equal("285", _store.Values.Values.Single().Value);
        Assert.Equal(0, _meters.Sum("actors_batch_dropped_total"));
    }

    [Fact]
    public async Task What_there_is_no_room_for_is_dropped_and_counted()
    {
        await using var writer = Open(new() { MaxWaitingRows = 10 });
        _store.IsAway = true;
        for (var number = 0; number < 25; number++)
            writer.Connection(new() { Key = new(Agent(1), Agent(number), 0), Type = "ssh", ConnectedAtUtcMs = 1 });
        writer.Connection(new() { Key = new(Agent(1), Agent(3), 0), Type = "ssh", DisconnectedAtUtcMs = 2 });
        Assert.Equal(15, _meters.Sum("actors_batch_dropped_total", "batcher", "connections"));
        _store.IsAway = false;
        _time.Pass(1_000);
        await TestGuard.UntilAsync(() => _store.Connections.Count == 10, "those that there was room for");
        Assert.Equal(2, _store.Connections[new(Agent(1), Agent(3), 0)].DisconnectedAtUtcMs);
    }

    [Fact]
    public async Task A_row_that_the_store_never_takes_harms_no_other_and_is_counted()
    {
        _store.Refuses = static row => row is MetadataRow { Value: "poison" };
        for (var number = 0; number < 400; number++)
            _writer.Metadata(MetadataRow.Create(Agent(number), "load", number is 17 or 250 ? "poison" : "1", null, 1));
        _time.Pass(2_000);
        await TestGuard.UntilAsync(() => _store.Values.Count == 398, "all but two");
        await TestGuard.UntilAsync(() => _meters.Sum("actors_batch_dropped_total", "batcher", "metadata") == 2, "two are counted");
        Assert.InRange(_store.Statements.Length, 3, 50);
        Assert.Equal(0, WaitingRows("metadata"));
    }

    [Fact]
    public async Task The_end_writes_what_waits_and_what_is_under_way()
    {
        _writer.Connected(Agent(1), 1, 1);
        await TestGuard.UntilAsync(() => _store.Agents.Count == 1, "the connect");
        var hold = _store.Hold();
        _writer.Disconnected(Agent(1), 1, 5);
        await WrittenAsync("agents", 2);
        _writer.Connected(Agent(2), 1, 2);
        _writer.Metadata(MetadataRow.Create(Agent(1), "load", "1", null, 1));
        _writer.Connection(new() { Key = new(Agent(1), Agent(3), 0), Type = "ssh", ConnectedAtUtcMs = 1 });
        for (var agent = 10; agent < 1_010; agent++)
            _writer.Connected(Agent(agent), 1, 2);
        var stopped = _writer.StopAsync(CancellationToken.None);
        hold.SetResult();
        await TestGuard.SoonAsync(stopped, "everything is written");
        Assert.Equal((1_002, 1, 1), (_store.Agents.Count, _store.Values.Count, _store.Connections.Count));
        Assert.Equal(5, _store.Agents[Agent(1)].DisconnectedAtUtcMs);
        _writer.Connected(Agent(5_000), 1, 9);
        Assert.Equal(1, _meters.Sum("actors_batch_dropped_total"));
        Assert.False(_store.Agents.ContainsKey(Agent(5_000)));
    }

    [Fact]
    public async Task The_end_waits_for_a_store_that_is_away_only_so_long_and_counts_what_is_lost()
    {
        _store.IsAway = true;
        _writer.Connected(Agent(1), 1, 1);
        _writer.Metadata(MetadataRow.Create(Agent(1), "load", "1", null, 1));
        _writer.Metadata(MetadataRow.Create(Agent(2), "load", "1", null, 1));
        using var giveUp = new CancellationTokenSource();
        var stopped = _writer.StopAsync(giveUp.Token);
        await TestGuard.UntilAsync(() => _store.Statements.Any(statement => statement.Operation == "metadata"), "the end tries at once");
        _time.Pass(10_000);
        Assert.False(stopped.IsCompleted);
        Assert.InRange(_store.Statements.Length, 2, 40); // not as fast as it can
        await giveUp.CancelAsync();
        await TestGuard.SoonAsync(stopped, "nobody waits any longer");
        Assert.Equal(3, _meters.Sum("actors_batch_dropped_total"));
    }

    [Fact]
    public async Task Metrics_say_what_became_of_rows_and_why()
    {
        _writer.Connection(new() { Key = new(Agent(1), Agent(1), 0), Type = "ssh", ConnectedAtUtcMs = 1 });
        Assert.Equal(1, WaitingRows("connections"));
        _time.Pass(1_000);
        await FlushedAsync("scheduled", 1);
        for (var number = 0; number < 500; number++)
            _writer.Metadata(MetadataRow.Create(Agent(number), "load", "1", null, 1));
        await FlushedAsync("capacity", 1);
        _store.IsAway = true;
        _writer.Connected(Agent(1), 1, 1);
        await FlushedAsync("scheduled", 2);
        await IdleAsync();
        _store.IsAway = false;
        _time.Pass(1_000);
        await FlushedAsync("retry", 1);
        _writer.Metadata(MetadataRow.Create(Agent(1), "load", "2", null, 2));
        await _writer.StopAsync(CancellationToken.None);
        await FlushedAsync("shutdown", 1);
        Assert.Equal(504, _meters.Sum("actors_batch_rows"));
    }

    private static Guid Agent(int number) => new(number, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 7]);

    private AgentWriter Open(AgentWriterOptions options) => new(_store, _store, _store, options, new BatchMetrics(_meters), _time, NullLogger<AgentWriter>.Instance);

    private double WaitingRows(string batcher) => _meters.Look("actors_batch_waiting_rows").Where(seen => seen.Tags.Any(tag => Equals(tag.Value, batcher))).Sum(seen => seen.Value);

    private Task WrittenAsync(string operation, int statements) =>
        TestGuard.UntilAsync(() => _store.Statements.Count(statement => statement.Operation == operation) >= statements, $"{statements} statements of {operation}");

    private Task FlushedAsync(string reason, int times) => TestGuard.UntilAsync(
        () => _meters.Count("actors_batch_flush_seconds", "reason", reason) == times, $"{times} batches because of {reason}");

    private Task IdleAsync() => TestGuard.UntilAsync(() => !_writer.IsWriting, "no statement is under way");
}
