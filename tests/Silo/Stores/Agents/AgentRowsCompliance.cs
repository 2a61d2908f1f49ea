using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>What every store of agents does: nothing undoes an end but a newer connection, in whatever order things come.</summary>
public abstract class AgentRowsCompliance
{
    private static readonly StatusClock Clock = new(NowUtcMs: 100_000, ConnectionTimeoutMs: 40_000, InactiveAfterMs: 30_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A store without rows.</summary>
    protected abstract Task<IAgentRows> OpenAsync();

    [Fact]
    public async Task An_agent_is_known_then_connected_then_alive_then_disconnected()
    {
        var store = await OpenAsync();
        Assert.Null(await store.ReadAsync(Agent(1), Token));
        await store.WriteAsync([AgentRow.Known(Agent(1), 10)], Token);
        Assert.Equal(Record(1, 0, 10), await store.ReadAsync(Agent(1), Token));
        await store.WriteAsync([AgentRow.Connected(Agent(1), 7, 20)], Token);
        Assert.Equal(Record(1, 7, 10, 20, 20), await store.ReadAsync(Agent(1), Token));
        await store.WriteHeartbeatsAsync([new(Agent(1), 7, 30)], Token);
        Assert.Equal(Record(1, 7, 10, 20, 30), await store.ReadAsync(Agent(1), Token));
        await store.WriteAsync([AgentRow.Disconnected(Agent(1), 7, 40)], Token);
        Assert.Equal(Record(1, 7, 10, 20, 40, 40), await store.ReadAsync(Agent(1), Token));
        await store.WriteAsync([AgentRow.Connected(Agent(1), 8, 50)], Token);
        Assert.Equal(Record(1, 8, 10, 20, 50), await store.ReadAsync(Agent(1), Token));
    }

    [Theory]
    [InlineData(7, 60, false)] // the connection has ended
    [InlineData(8, 45, false)] // heard of later already
    [InlineData(8, 50, false)]
    [InlineData(9, 60, false)] // of a connection that is not stored yet
    [InlineData(8, 51, true)]
    public async Task A_heartbeat_counts_only_for_its_own_connection_and_only_when_it_is_later(long epoch, long atUtcMs, bool counts)
    {
        var store = await OpenAsync();
        await store.WriteAsync([AgentRow.Connected(Agent(1), 7, 20)], Token);
        await store.WriteAsync([AgentRow.Disconnected(Agent(1), 7, 40)], Token);
        await store.WriteHeartbeatsAsync([new(Agent(1), 7, 60)], Token);
        Assert.Equal(Record(1, 7, 20, 20, 40, 40), await store.ReadAsync(Agent(1), Token));
        await store.WriteAsync([AgentRow.Connected(Agent(1), 8, 50)], Token);

        await store.WriteHeartbeatsAsync([new(Agent(1), epoch, atUtcMs), new(Agent(2), 1, 1)], Token);

        Assert.Equal(Record(1, 8, 20, 20, counts ? atUtcMs : 50), await store.ReadAsync(Agent(1), Token));
        Assert.Null(await store.ReadAsync(Agent(2), Token));
    }

    [Fact]
    public async Task An_end_that_comes_before_its_beginning_and_one_of_an_older_connection_undo_nothing()
    {
        var store = await OpenAsync();
        await store.WriteAsync([AgentRow.Disconnected(Agent(1), 7, 40)], Token);
        await store.WriteAsync([AgentRow.Connected(Agent(1), 7, 20)], Token);
        Assert.Equal(Record(1, 7, 20, 20, 40, 40), await store.ReadAsync(Agent(1), Token));
        await store.WriteAsync([AgentRow.Connected(Agent(1), 8, 50)], Token);
        await store.WriteAsync([AgentRow.Disconnected(Agent(1), 7, 60)], Token);
        Assert.Equal(Record(1, 8, 20, 20, 50), await store.ReadAsync(Agent(1), Token));
    }

    [Fact]
    public async Task An_end_is_not_before_the_last_sign_of_life()
    {
        var store = await OpenAsync();
        await store.WriteAsync([AgentRow.Connected(Agent(1), 7, 20)], Token);
        await store.WriteHeartbeatsAsync([new(Agent(1), 7, 50)], Token);
        await store.WriteAsync([AgentRow.Disconnected(Agent(1), 7, 40)], Token);
        Assert.Equal(Record(1, 7, 20, 20, 50, 50), await store.ReadAsync(Agent(1), Token));
    }

    [Fact]
    public async Task An_agent_twice_in_one_statement_is_merged()
    {
        var store = await OpenAsync();
        await store.WriteAsync(
            [AgentRow.Disconnected(Agent(1), 7, 40), AgentRow.Connected(Agent(1), 8, 50), AgentRow.Connected(Agent(1), 7, 20), AgentRow.Said(Agent(1), AgentLifecycle.Ready, 51)], Token);
        Assert.Equal(Record(1, 8, 20, 20, 50, null, AgentLifecycle.Ready, 51), await store.ReadAsync(Agent(1), Token));
        await store.WriteHeartbeatsAsync([new(Agent(1), 8, 60), new(Agent(1), 7, 90), new(Agent(1), 8, 70), new(Agent(1), 8, 65)], Token);
        Assert.Equal(70, (await store.ReadAsync(Agent(1), Token))!.Times.LastConnectedAtUtcMs);
    }

    [Fact]
    public async Task What_an_agent_says_of_itself_is_an_axis_of_its_own()
    {
        var store = await OpenAsync();
        await store.WriteAsync([AgentRow.Connected(Agent(1), 7, 20)], Token);
        await store.WriteAsync([AgentRow.Said(Agent(1), AgentLifecycle.Ready, 30)], Token);
        await store.WriteAsync([AgentRow.Said(Agent(1), AgentLifecycle.Starting, 25)], Token);
        await store.WriteAsync([AgentRow.Disconnected(Agent(1), 7, 40)], Token);
        Assert.Equal(Record(1, 7, 20, 20, 40, 40, AgentLifecycle.Ready, 30), await store.ReadAsync(Agent(1), Token));
    }

    [Fact]
    public async Task The_order_in_which_rows_arrive_makes_no_difference()
    {
        var store = await OpenAsync();
        var random = new Random(20_261_122);
        for (var round = 1; round <= 60; round++)
        {
            var (forward, backward, together) = (Agent(3 * round), Agent((3 * round) + 1), Agent((3 * round) + 2));
            int[] seeds = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(1 << 16))];
            foreach (var seed in seeds) await store.WriteAsync([Row(forward, seed)], Token);
            foreach (var seed in seeds.Reverse()) await store.WriteAsync([Row(backward, seed)], Token);
            await store.WriteAsync([.. seeds.Select(seed => Row(together, seed))], Token);
            var expected = await store.ReadAsync(together, Token);
            Assert.Equal(expected! with { Id = forward }, await store.ReadAsync(forward, Token));
            Assert.Equal(expected with { Id = backward }, await store.ReadAsync(backward, Token));
        }
    }

    [Fact]
    public async Task Lists_have_pages_and_filters_and_the_status_that_is_computed()
    {
        var store = await OpenAsync();
        var rows = Enumerable.Range(0, 200).Select(number => StatusRow(number + 1, number)).ToList();
        await store.WriteAsync(rows, Token);

        List<AgentRecord> all = [];
        while (all.Count < rows.Count)
        {
            var page = await store.ListAsync(new() { After = all.Count == 0 ? null : all[^1].Id, Max = 30 }, Clock, Token);
            Assert.NotEmpty(page);
            all.AddRange(page);
        }

        Assert.Equal(rows.Select(row => row.Key), all.Select(record => record.Id));
        var counts = await store.CountAsync(Clock, Token);
        foreach (var status in Enum.GetValues<AgentStatus>())
        {
            var expected = all.Where(record => StatusOf(record) == status).ToList();
            Assert.NotEmpty(expected);
            Assert.Equal(expected, await store.ListAsync(new() { Status = status, Max = 1_000 }, Clock, Token));
            Assert.Equal(expected.Count, counts[status]);
            var ready = expected.Where(record => record.Lifecycle == AgentLifecycle.Ready).ToList();
            Assert.Equal(ready.Skip(1).Take(2), await store.ListAsync(new() { Status = status, Lifecycle = AgentLifecycle.Ready, After = ready[0].Id, Max = 2 }, Clock, Token));
        }

        var created = await store.ListAsync(new() { Lifecycle = AgentLifecycle.Created, Max = 1_000 }, Clock, Token);
        Assert.Equal(all.Where(record => record.Lifecycle == AgentLifecycle.Created), created);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.ListAsync(new() { Max = AgentFilter.MaxPage + 1 }, Clock, Token));
        var withoutLimit = await store.CountAsync(Clock with { ConnectionTimeoutMs = 0 }, Token);
        Assert.False(withoutLimit.ContainsKey(AgentStatus.Timeout));
    }

    private static AgentStatus StatusOf(AgentRecord record) => record.Times.StatusAt(Clock.NowUtcMs, Clock.ConnectionTimeoutMs, Clock.InactiveAfterMs, out _);

    private static AgentRow StatusRow(int agent, int number)
    {
        long[] times = [59_999, 60_000, 60_001, 69_999, 70_000, 70_001, 99_999];
        var (at, end) = (times[number % 7], times[number / 7 % 7]);
        var row = number % 4 == 0 ? AgentRow.Known(Agent(agent), at) : AgentRow.Connected(Agent(agent), 5, at);
        if (number % 4 == 2) row = row with { DisconnectedAtUtcMs = end };
        return number % 3 == 0 ? row : row with { Lifecycle = number % 3 == 1 ? AgentLifecycle.Ready : AgentLifecycle.Off, LifecycleAtUtcMs = 1 };
    }

    /// <summary>Something that may happen to an agent; a connection's times lie after those of the connection before, and its end after its signs of life.</summary>
    private static AgentRow Row(Guid agent, int seed)
    {
        var (epoch, at) = (1 + (seed / 4 % 3), seed / 12 % 5);
        return (seed % 4) switch
        {
            0 => AgentRow.Connected(agent, epoch, (100 * epoch) + at),
            1 => AgentRow.Disconnected(agent, epoch, (100 * epoch) + 50 + at),
            2 => AgentRow.Known(agent, 90 + at),
            _ => AgentRow.Said(agent, (AgentLifecycle)(epoch * 2), 100 + at),
        };
    }

    private static Guid Agent(int number) => new(number, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 2]);

    private static AgentRecord Record(
        int agent, long epoch, long created, long? first = null, long? last = null, long? disconnected = null, AgentLifecycle lifecycle = AgentLifecycle.Created, long? saidAt = null) =>
        new(Agent(agent), epoch, new() { CreatedAtUtcMs = created, FirstConnectedAtUtcMs = first, LastConnectedAtUtcMs = last, DisconnectedAtUtcMs = disconnected }, lifecycle, saidAt);
}
