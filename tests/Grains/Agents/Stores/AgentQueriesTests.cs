using Actors.Grains.Agents;
using Actors.Grains.Tests.Support;

namespace Actors.Grains.Tests.Agents;

/// <summary>Status is that of the moment somebody asks.</summary>
public sealed class AgentQueriesTests
{
    private static readonly Guid Agent = new("00000000-0000-4000-8000-00000000000d");

    private readonly VirtualTime _time = new();
    private readonly MemoryAgentStores _store = new();
    private readonly AgentQueries _queries;

    public AgentQueriesTests() => _queries = new(_store, _store, _store, new() { ConnectionTimeoutMs = 5_000, InactiveAfterMs = 3_000 }, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private long NowUtcMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task An_agent_goes_from_one_status_to_the_next_as_time_passes()
    {
        Assert.Null(await _queries.FindAsync(Agent, Token));
        await _store.WriteAsync([AgentRow.Known(Agent, NowUtcMs)], Token);
        _time.Pass(5_000);
        await IsAsync(AgentStatus.Connecting, null);
        _time.Pass(1);
        await IsAsync(AgentStatus.Timeout, null);
        var lastUtcMs = NowUtcMs;
        await _store.WriteAsync([AgentRow.Connected(Agent, 1, NowUtcMs)], Token);
        _time.Pass(3_000);
        await IsAsync(AgentStatus.Connected, null);
        _time.Pass(1);
        await IsAsync(AgentStatus.Disconnected, lastUtcMs);
        await _store.WriteAsync([AgentRow.Disconnected(Agent, 1, NowUtcMs)], Token);
        await IsAsync(AgentStatus.Disconnected, NowUtcMs);
    }

    [Fact]
    public async Task Connections_and_values_are_those_of_the_store()
    {
        var connection = new ConnectionRow { Key = new(Agent, Agent, 0), Type = "ssh", ConnectedAtUtcMs = 1 };
        var value = MetadataRow.Create(Agent, "load", "1", null, 1);
        await _store.WriteAsync([connection], Token);
        await _store.WriteAsync([value], Token);
        Assert.Equal([connection], await _queries.ConnectionsAsync(new() { Agent = Agent, Type = "s\0sh", Ip = "\uD800" }, Token));
        Assert.Equal(("s\uFFFDsh", "\uFFFD"), (_store.LastFilter!.Type, _store.LastFilter.Ip));
        Assert.Equal([value], await _queries.MetadataAsync(Agent, Token));
    }

    private async Task IsAsync(AgentStatus status, long? disconnectedAtUtcMs)
    {
        var found = await _queries.FindAsync(Agent, Token);
        Assert.Equal((status, disconnectedAtUtcMs), (found!.Status, found.DisconnectedAtUtcMs));
        Assert.Equal(found, Assert.Single(await _queries.ListAsync(new() { Status = status }, Token)));
        Assert.Equal([KeyValuePair.Create(status, 1L)], await _queries.CountAsync(Token));
    }
}
