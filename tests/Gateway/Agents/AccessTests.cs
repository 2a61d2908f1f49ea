using System.Net;
using System.Net.WebSockets;
using Actors.Agents.Messages;
using Actors.Grains.Agents;
using Actors.Grains.Tests.Support;

namespace Actors.Gateway.Tests.Agents;

/// <summary>What holds for a connection changes while it stands; and what its end leaves behind.</summary>
public sealed class AccessTests
{
    private const string Tokens = "/api/v1/agents/tokens";
    private static readonly Guid Agent = new("00112233-4455-4677-8899-aabbccddeeff");

    [Fact]
    public async Task Who_came_without_a_token_asks_for_nothing_more_once_one_is_needed()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var client = await rig.ClientAsync();
        await client.SendAsync(new PeerMessage { SetTunnels = [Agent] });
        await rig.Peers.Of(client.Id).ReportAsync(static report => report.Tunnels.Length == 1, "the tunnel is reported");
        await rig.TokenAsync(AgentTokenKind.Operator);
        await client.SendAsync(new PeerMessage { AddTunnels = [Guid.NewGuid()] });
        Assert.Equal(4401, await client.CloseCodeAsync());
        var end = await rig.Peers.Of(client.Id).ReportAsync(static report => report.End != SessionEnd.None, "its end is reported");
        Assert.Equal((SessionEnd.Goodbye, Agent), (end.End, Assert.Single(end.Tunnels).Peer));
    }

    [Fact]
    public async Task Who_came_without_a_token_and_is_silent_is_closed_at_its_next_ping_once_one_is_needed()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var agent = await rig.AgentAsync(Agent);
        await rig.TokenAsync(AgentTokenKind.Operator);
        rig.Time.Pass(15_100);
        Assert.Equal(4401, await agent.CloseCodeAsync());
    }

    [Fact]
    public async Task A_browsers_page_of_another_site_does_not_look_after_tokens_whatever_it_knows()
    {
        await using var rig = await AgentsRig.StartAsync();
        foreach (var origin in (string[])["https://example.org", "null", $"http://127.0.0.1:{rig.Port + 1}"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await rig.SendAsync(HttpMethod.Get, Tokens, origin: origin)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await rig.SendAsync(HttpMethod.Delete, $"{Tokens}/{Agent:D}", origin: origin)).Status);
            var (status, _) = await rig.SendAsync(HttpMethod.Post, Tokens, """{"kind":"client","allAgents":true,"validSeconds":60}""", origin: origin);
            Assert.Equal(HttpStatusCode.Forbidden, status);
        }

        Assert.Null(rig.Store.Tokens);
        Assert.Equal(HttpStatusCode.OK, (await rig.SendAsync(HttpMethod.Get, Tokens, origin: $"http://127.0.0.1:{rig.Port}")).Status);
    }

    [Fact]
    public async Task Nothing_is_counted_of_connections_that_have_ended()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using (var polite = await rig.ClientAsync())
        await using (var rude = await rig.AgentAsync(Agent))
        await using (var wrong = await rig.ClientAsync())
        {
            Assert.Equal((3, 3, 3), Counts(rig));
            await polite.SendAsync("""{"disconnect":{}}""");
            Assert.Equal(1000, await polite.CloseCodeAsync());
            rude.Socket.Abort();
            await wrong.SendAsync([1, 2, 3], WebSocketMessageType.Binary);
            Assert.Equal(1003, await wrong.CloseCodeAsync());
        }

        await TestGuard.UntilAsync(() => Counts(rig) == (0, 0, 0), "all are gone");
        Assert.Empty(rig.Sockets.Open);
    }

    private static (int Taken, int Unfinished, double Gauge) Counts(AgentsRig rig) =>
        (rig.Sockets.Taken, rig.Sockets.Unfinished, rig.Meters.Observe("actors_agent_connections"));
}
