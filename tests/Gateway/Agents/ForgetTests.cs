using System.Net;
using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Gateway.Tests.Agents;

/// <summary>An agent that is gone for good is taken off the lists, by whoever knows the silo's secret; one that is connected is not.</summary>
public sealed class ForgetTests
{
    private static readonly Guid Agent = Guid.Parse("00112233-4455-4677-8899-aabbccddeeff");
    private static readonly string Path = $"/api/v1/agents/{Agent:D}";

    [Fact]
    public async Task An_agent_that_is_away_is_forgotten()
    {
        await using var rig = await AgentsRig.StartAsync();
        rig.Store.Agents.Add(Known(AgentStatus.Disconnected));
        rig.Peers.Of(Agent).OnDescribe = static () => Task.FromResult(Said(new(7, PeerVersion.LostSequence)));
        Assert.Equal(HttpStatusCode.NoContent, (await rig.SendAsync(HttpMethod.Delete, Path)).Status);
        Assert.Empty(rig.Store.Agents);
        Assert.Equal(HttpStatusCode.NotFound, (await rig.SendAsync(HttpMethod.Delete, Path)).Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task One_whose_grain_knows_of_its_connection_is_not_even_where_the_store_takes_it_for_silent(long sequence)
    {
        await using var rig = await AgentsRig.StartAsync();
        rig.Store.Agents.Add(Known(AgentStatus.Disconnected));
        rig.Peers.Of(Agent).OnDescribe = () => Task.FromResult(Said(new(7, sequence)));
        await AssertConnectedAsync(rig);
    }

    [Fact]
    public async Task One_whose_end_the_store_has_not_seen_yet_is_not()
    {
        await using var rig = await AgentsRig.StartAsync();
        rig.Store.Agents.Add(Known(AgentStatus.Connected));
        rig.Peers.Of(Agent).OnDescribe = static () => Task.FromResult(Said(new(7, PeerVersion.LostSequence)));
        await AssertConnectedAsync(rig);
    }

    [Fact]
    public async Task It_takes_the_secret_the_silos_machine_a_grain_that_answers_and_a_store()
    {
        await using var rig = await AgentsRig.StartAsync();
        rig.Store.Agents.Add(Known(AgentStatus.Disconnected));
        Assert.Equal(HttpStatusCode.Forbidden, (await rig.SendAsync(HttpMethod.Delete, Path, host: "silo.example.org")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.SendAsync(HttpMethod.Delete, Path, bearer: "somebody")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.SendAsync(HttpMethod.Delete, Path, bearer: await rig.TokenAsync(AgentTokenKind.Operator))).Status);
        rig.Peers.Of(Agent).OnDescribe = static () => throw new TimeoutException("late");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.SendAsync(HttpMethod.Delete, Path)).Status);
        rig.Peers.Of(Agent).OnDescribe = static () => Task.FromResult(Said(new(7, PeerVersion.LostSequence)));
        rig.Store.IsAway = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.SendAsync(HttpMethod.Delete, Path)).Status);
        Assert.Single(rig.Store.Agents);
    }

    private static async Task AssertConnectedAsync(AgentsRig rig)
    {
        var (status, body) = await rig.SendAsync(HttpMethod.Delete, Path);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("This agent is connected", body, StringComparison.Ordinal);
        Assert.Single(rig.Store.Agents);
    }

    private static PeerDescription Said(PeerVersion version) => new() { Announcement = new Announcement { Version = version, IsNodeOmitted = true }, AreRowsRead = true };

    private static AgentSummary Known(AgentStatus status) => new(new AgentRecord(Agent, 5, new AgentTimes { CreatedAtUtcMs = 1_000 }, AgentLifecycle.Ready, null), status, null);
}
