using Actors.Agents.Messages;
using Actors.Grains.Agents;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>What every connection log does: one row for what is reported of one connection, in whatever order.</summary>
public abstract class ConnectionLogCompliance
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A log without rows.</summary>
    protected abstract Task<IAgentConnectionLog> OpenAsync();

    [Fact]
    public async Task Both_ends_become_one_row_in_either_order_and_twice()
    {
        var log = await OpenAsync();
        var (begin, end) = (Row(1, 1, from: 10, ip: "10.0.0.1"), Row(1, 1, to: 50, code: 0, reason: "bye"));
        await log.WriteAsync([end], Token);
        Assert.Equal(end, Assert.Single(await ReadAsync(log)));
        await log.WriteAsync([begin], Token);
        await log.WriteAsync([begin, end, begin], Token);
        var row = Assert.Single(await ReadAsync(log));
        Assert.Equal(begin.MergeWith(end), row);
        Assert.Equal((10, 50, 0, "bye", "10.0.0.1"), (row.ConnectedAtUtcMs, row.DisconnectedAtUtcMs, row.Code, row.Reason, row.Ip));
    }

    [Fact]
    public async Task No_code_is_not_zero()
    {
        var log = await OpenAsync();
        await log.WriteAsync([Row(1, 1, to: 50), Row(1, 2, to: 50, code: 0)], Token);
        Assert.Equal([0, null], (await ReadAsync(log)).Select(row => row.Code));
        await log.WriteAsync([Row(1, 1, to: 60, code: -1)], Token);
        Assert.Equal([-1, 0], (await ReadAsync(log)).Select(row => row.Code));
        await log.WriteAsync([Row(1, 1, to: 40, code: 5)], Token);
        Assert.Equal([-1, 0], (await ReadAsync(log)).Select(row => row.Code));
    }

    [Fact]
    public async Task Rows_without_an_id_stay_apart_and_are_there_once()
    {
        var log = await OpenAsync();
        ConnectionRow[] rows = [Row(1, null, from: 1, ordinal: 1), Row(1, null, from: 2, ordinal: 2), Row(1, 7, from: 3)];
        await log.WriteAsync(rows, Token);
        await log.WriteAsync(rows, Token);
        Assert.Equal(rows.Reverse(), await ReadAsync(log));
    }

    [Fact]
    public async Task An_agent_changes_no_other_agents_row()
    {
        var log = await OpenAsync();
        await log.WriteAsync([Row(1, 1, from: 10)], Token);
        await log.WriteAsync([Row(2, 1, from: 5, to: 6, code: 1)], Token);
        Assert.Equal([Row(1, 1, from: 10), Row(2, 1, from: 5, to: 6, code: 1)], await ReadAsync(log));
    }

    [Fact]
    public async Task The_store_merges_as_the_memory_does()
    {
        var log = await OpenAsync();
        var random = new Random(20_261_122);
        for (var round = 1; round <= 60; round++)
        {
            ConnectionRow[] rows = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => Random(round, random.Next(1 << 20)))];
            foreach (var row in rows) await log.WriteAsync([row], Token);
            var stored = Assert.Single(await log.ReadAsync(new() { Agent = Agent(round) }, Token));
            Assert.Equal(rows.Aggregate((one, other) => one.MergeWith(other)), stored);
        }
    }

    [Fact]
    public async Task Text_that_a_database_would_refuse_harms_no_row_beside_it()
    {
        var log = await OpenAsync();
        var bad = ConnectionRow.Create(
            Agent(1), new() { Id = Id(1)!.Value, Action = ConnectionAction.Disconnect, Type = "s\0sh", At = DateTimeOffset.UnixEpoch, Reason = "\uD800x😀", Ip = "\0" }, 1_000);
        await log.WriteAsync([Row(2, 2, from: 1), bad], Token);
        var stored = (await ReadAsync(log)).Single(row => row.Agent == Agent(1));
        Assert.Equal(("s\uFFFDsh", "\uFFFDx😀", "\uFFFD"), (stored.Type, stored.Reason, stored.Ip));
    }

    [Fact]
    public async Task Filters_and_pages_newest_first()
    {
        var log = await OpenAsync();
        var rows = Enumerable.Range(0, 120).Select(number => Row(
            1 + (number % 3), number, from: number % 5 == 0 ? null : 1_000 + (number / 4), to: number % 2 == 0 ? 1_000 + (number / 4) : null, type: number % 4 < 2 ? "ssh" : "web",
            ip: number % 7 == 0 ? "10.0.0.1" : null)).Select(row => row.AtUtcMs == 0 ? row with { ConnectedAtUtcMs = 1_500 } : row).ToList();
        await log.WriteAsync(rows, Token);
        var all = await log.ReadAsync(new() { Max = 1_000 }, Token);
        Assert.Equal(rows.OrderByDescending(row => (row.AtUtcMs, row.Agent, row.Key.Id)), all);

        List<ConnectionRow> paged = [];
        while (paged.Count < rows.Count)
        {
            var page = await log.ReadAsync(new() { After = paged.Count == 0 ? null : ConnectionCursor.Of(paged[^1]), Max = 7 }, Token);
            Assert.NotEmpty(page);
            paged.AddRange(page);
        }

        Assert.Equal(all, paged);
        await IsAsync(new() { Agent = Agent(2) }, row => row.Agent == Agent(2));
        await IsAsync(new() { Type = "web" }, row => row.Type == "web");
        await IsAsync(new() { Ip = "10.0.0.1" }, row => row.Ip == "10.0.0.1");
        await IsAsync(new() { HasEnded = true }, row => row.DisconnectedAtUtcMs is not null);
        await IsAsync(new() { HasEnded = false }, row => row.DisconnectedAtUtcMs is null);
        await IsAsync(new() { FromUtcMs = 1_005, BeforeUtcMs = 1_010 }, row => row.AtUtcMs is >= 1_005 and < 1_010);
        await IsAsync(
            new() { Agent = Agent(1), Type = "ssh", HasEnded = true, FromUtcMs = 1_002 },
            row => row.Agent == Agent(1) && row.Type == "ssh" && row.DisconnectedAtUtcMs is not null && row.AtUtcMs >= 1_002);
        Assert.Equal(100, (await log.ReadAsync(new(), Token)).Count);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => log.ReadAsync(new() { Max = ConnectionFilter.MaxPage + 1 }, Token));

        async Task IsAsync(ConnectionFilter filter, Func<ConnectionRow, bool> holds)
        {
            var expected = all.Where(holds).ToList();
            Assert.InRange(expected.Count, 1, all.Count - 1);
            Assert.Equal(expected, await log.ReadAsync(filter with { Max = 1_000 }, Token));
        }
    }

    [Fact]
    public async Task Old_rows_go_in_chunks_and_what_ended_later_stays()
    {
        var log = await OpenAsync();
        await log.WriteAsync([.. Enumerable.Range(0, 25).Select(number => Row(1, number, from: number)), Row(2, 1, from: 1, to: 100), Row(2, 2, from: 1), Row(2, 3, to: 99)], Token);
        Assert.Equal(10, await log.RemoveBeforeAsync(100, 10, Token));
        Assert.Equal([Id(24), Id(23)], (await ReadAsync(log)).Where(row => row.Agent == Agent(1)).Take(2).Select(row => row.Key.Id));
        Assert.Equal(10, await log.RemoveBeforeAsync(100, 10, Token));
        Assert.Equal(7, await log.RemoveBeforeAsync(100, 10, Token));
        Assert.Equal(0, await log.RemoveBeforeAsync(100, 10, Token));
        Assert.Equal(Row(2, 1, from: 1, to: 100), Assert.Single(await ReadAsync(log)));
    }

    private static Task<IReadOnlyList<ConnectionRow>> ReadAsync(IAgentConnectionLog log) => log.ReadAsync(new() { Max = ConnectionFilter.MaxPage }, Token);

    private static ConnectionRow Random(int agent, int seed)
    {
        var row = Row(agent, 1, seed % 3 == 0 ? null : seed / 3 % 4, seed / 12 % 3 == 0 ? null : seed / 36 % 4, type: seed % 2 == 0 ? "ssh" : "web", ip: seed % 5 == 0 ? null : $"10.0.0.{seed % 5}");
        return row.DisconnectedAtUtcMs is null ? row : row with
        {
            Code = seed / 144 % 3 == 0 ? null : (seed / 432 % 3) - 1,
            Reason = seed / 1_296 % 3 == 0 ? null : $"{seed / 3_888 % 3}",
        };
    }

    private static Guid Agent(int number) => new(number, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 3]);

    private static Guid? Id(int? number) => number is { } id ? new(id, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 4]) : null;

    private static ConnectionRow Row(
        int agent, int? id, long? from = null, long? to = null, int? code = null, string? reason = null, string? ip = null, long ordinal = 0, string type = "ssh") => new()
        {
            Key = new(Agent(agent), Id(id), ordinal),
            Type = type,
            ConnectedAtUtcMs = from,
            DisconnectedAtUtcMs = to,
            Code = code,
            Reason = reason,
            Ip = ip,
        };
}
