using System.Net.WebSockets;
using Actors.Agents;
using Actors.Agents.Messages;
using Actors.Grains.Tests.Support;
using Actors.Silo.Health;
using Actors.Silo.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Silo.Tests.Http;

/// <summary>The hub of a whole silo: sockets, grains and store together.</summary>
[Collection(nameof(SiloRig))]
public sealed class AgentsHubTests
{
    private static readonly NodeRecord Node = new() { Key = new byte[32] };

    [Fact]
    public async Task A_client_learns_of_an_agent_and_the_store_of_both_ends_of_its_connection()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        var id = Guid.NewGuid();
        using var agent = await DialAsync(rig, $"/agents/{id:D}/connect");
        using var client = await DialAsync(rig, "/clients/connect");
        var peer = (await ReadAsync(client)).Welcome!.PeerId;
        await SendAsync(client, new PeerMessage { SetTunnels = [id], UpdateNode = Node });
        await SendAsync(agent, new PeerMessage { UpdateNode = Node, Lifecycle = AgentLifecycle.Ready, Metadata = [new() { Key = "load", Value = "1" }] });

        var seen = await UpdateAsync(client);
        Assert.Equal((id, PeerUpdateKind.Node), (seen.Id, seen.Kind));
        Assert.Equal(peer, (await UpdateAsync(agent)).Id);
        await rig.GetUntilAsync($"/api/v1/agents/{id:D}", "\"status\":\"connected\"");
        await rig.GetUntilAsync($"/api/v1/agents/{id:D}", "\"lifecycle\":\"ready\"");
        await rig.GetUntilAsync($"/api/v1/agents/{id:D}/metadata", "\"load\"");
        Assert.Equal(1, await rig.MetricAsync("actors_agent_connections", "role=\"agent\""));

        await SendAsync(agent, new PeerMessage { Disconnect = new EmptyMessage() });
        Assert.Equal(PeerUpdateKind.Disconnected, (await UpdateAsync(client)).Kind);
        await rig.GetUntilAsync($"/api/v1/agents/{id:D}", "\"status\":\"disconnected\"");
    }

    [Fact]
    public async Task A_silo_that_stops_sends_its_peers_elsewhere_first()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        using var client = await DialAsync(rig, "/clients/connect");
        Assert.NotNull((await ReadAsync(client)).Welcome);
        var stopping = rig.StopAsync();
        Assert.Equal("going_away", (await ReadAsync(client)).Error!.Code);
        Assert.Equal(WebSocketMessageType.Close, (await client.ReceiveAsync(new byte[256].AsMemory(), Guard())).MessageType);
        Assert.Equal(1001, (int)client.CloseStatus!.Value);
        Assert.Equal("closing connections of agents and clients", rig.Services.GetRequiredService<SiloHealth>().Step);
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", Guard());
        await stopping;
    }

    private static CancellationToken Guard() => new CancellationTokenSource(TestGuard.Limit).Token;

    private static async Task<ClientWebSocket> DialAsync(SiloRig rig, string path)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(AgentProtocol.SubProtocol);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{rig.HttpPort}{path}"), Guard());
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, PeerMessage message) =>
        socket.SendAsync(message.ToJson().AsMemory(), WebSocketMessageType.Text, endOfMessage: true, Guard()).AsTask();

    private static async Task<PeerUpdateMessage> UpdateAsync(ClientWebSocket socket)
    {
        while (true)
        {
            if ((await ReadAsync(socket)).PeerUpdates is [var update, ..])
                return update;
        }
    }

    private static async Task<HubMessage> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[65_536];
        var frame = await socket.ReceiveAsync(buffer.AsMemory(), Guard());
        Assert.True(frame.EndOfMessage);
        return HubMessage.Parse(buffer.AsSpan(0, frame.Count));
    }
}
