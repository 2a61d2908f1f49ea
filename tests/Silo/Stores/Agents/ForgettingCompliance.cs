using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>What every store of agents forgets, and what it does not: nobody who is connected, nobody's values but the agent's own.</summary>
public abstract class ForgettingCompliance
{
    private static readonly StatusClock Clock = new(NowUtcMs: 100_000, ConnectionTimeoutMs: 40_000, InactiveAfterMs: 30_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A store without rows.</summary>
    protected abstract Task<(IAgentRows Agents, IAgentMetadata Metadata)> OpenAsync();

    [Fact]
    public async Task An_agent_that_is_away_is_forgotten_with_its_values()
    {
        var (agents, metadata) = await OpenAsync();
        await agents.WriteAsync([AgentRow.Disconnected(Agent(1), 7, 90_000), AgentRow.Disconnected(Agent(2), 7, 90_000), AgentRow.Known(Agent(3), 90_000), AgentRow.Connected(Agent(4), 7, 69_999)], Token);
        await metadata.WriteAsync([Value(1, "a"), Value(1, "b"), Value(2, "a")], Token);

        Assert.Equal(ForgetOutcome.Forgotten, await agents.ForgetAsync(Agent(1), Clock, Token));
        Assert.Equal(ForgetOutcome.Forgotten, await agents.ForgetAsync(Agent(3), Clock, Token)); // never connected
        Assert.Equal(ForgetOutcome.Forgotten, await agents.ForgetAsync(Agent(4), Clock, Token)); // its last sign of life is too old

        Assert.Equal(ForgetOutcome.Unknown, await agents.ForgetAsync(Agent(1), Clock, Token));
        Assert.Equal([Agent(2)], await KnownAsync(agents));
        Assert.Empty(await metadata.ReadAsync(Agent(1), Token));
        Assert.Single(await metadata.ReadAsync(Agent(2), Token));
    }

    [Fact]
    public async Task One_that_is_connected_stays_with_its_values_and_one_that_comes_back_is_new()
    {
        var (agents, metadata) = await OpenAsync();
        await agents.WriteAsync([AgentRow.Connected(Agent(1), 7, 70_000)], Token);
        await metadata.WriteAsync([Value(1, "a")], Token);
        Assert.Equal(ForgetOutcome.Connected, await agents.ForgetAsync(Agent(1), Clock, Token));
        Assert.Single(await metadata.ReadAsync(Agent(1), Token));

        await agents.WriteAsync([AgentRow.Disconnected(Agent(1), 7, 80_000)], Token);
        Assert.Equal(ForgetOutcome.Forgotten, await agents.ForgetAsync(Agent(1), Clock, Token));
        await agents.WriteHeartbeatsAsync([new(Agent(1), 7, 85_000)], Token);
        Assert.Null(await agents.ReadAsync(Agent(1), Token));
        await agents.WriteAsync([AgentRow.Connected(Agent(1), 8, 90_000)], Token);
        Assert.Equal(90_000, (await agents.ReadAsync(Agent(1), Token))!.Times.CreatedAtUtcMs);
    }

    [Fact]
    public async Task Those_who_were_silent_for_long_go_in_chunks_and_nobody_else()
    {
        var (agents, metadata) = await OpenAsync();
        await agents.WriteAsync(
            [
                AgentRow.Disconnected(Agent(1), 7, 999), AgentRow.Connected(Agent(2), 7, 999), AgentRow.Known(Agent(3), 999),
                AgentRow.Disconnected(Agent(4), 7, 1_000), AgentRow.Connected(Agent(5), 7, 1_000), AgentRow.Known(Agent(6), 1_000),
                AgentRow.Known(Agent(7), 999), AgentRow.Connected(Agent(8), 7, 999),
            ],
            Token);
        await agents.WriteAsync([AgentRow.Said(Agent(7), AgentLifecycle.Ready, 1_000)], Token);
        await agents.WriteHeartbeatsAsync([new(Agent(8), 7, 1_000)], Token);
        Assert.Equal(2, await agents.RemoveSilentAsync(1_000, 2, Token));
        Assert.Equal(1, await agents.RemoveSilentAsync(1_000, 2, Token));
        Assert.Equal(0, await agents.RemoveSilentAsync(1_000, 2, Token));
        Assert.Equal([Agent(4), Agent(5), Agent(6), Agent(7), Agent(8)], await KnownAsync(agents));
        Assert.Empty(await metadata.ReadAsync(Agent(1), Token));
    }

    [Fact]
    public async Task Values_go_with_their_agent_and_those_that_came_after_it_later()
    {
        var (agents, metadata) = await OpenAsync();
        await agents.WriteAsync([AgentRow.Disconnected(Agent(1), 7, 500), AgentRow.Disconnected(Agent(2), 7, 2_000)], Token);
        await metadata.WriteAsync([Value(1, "a", 400), Value(1, "b", 1_500), Value(2, "a", 400), Value(3, "a", 400)], Token);
        Assert.Equal(1 + 2, await agents.RemoveSilentAsync(1_000, 10, Token));
        Assert.Equal(["b"], (await metadata.ReadAsync(Agent(1), Token)).Select(static row => row.Key.Name));
        Assert.Single(await metadata.ReadAsync(Agent(2), Token));
        Assert.Empty(await metadata.ReadAsync(Agent(3), Token));
        Assert.Equal(1, await agents.RemoveSilentAsync(1_501, 10, Token));
        Assert.Single(await metadata.ReadAsync(Agent(2), Token));
    }

    private static async Task<IEnumerable<Guid>> KnownAsync(IAgentRows agents) => (await agents.ListAsync(new(), Clock, Token)).Select(static record => record.Id);

    private static Guid Agent(int number) => new(number, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 6]);

    private static MetadataRow Value(int agent, string name, long atUtcMs = 1) => MetadataRow.Create(Agent(agent), name, "x", null, atUtcMs);
}
