using System.Net.WebSockets;
using System.Text;
using Actors.Agents;
using Actors.Agents.Messages;
using Actors.Gateway.Agents;
using Actors.Grains.Agents;
using Actors.Grains.Tests.Support;

namespace Actors.Gateway.Tests.Agents;

/// <summary>What peers send: done, answered with an error, or the end of the connection and of no other.</summary>
public sealed class FrameTests
{
    private static readonly Guid Agent = Guid.Parse("00112233-4455-4677-8899-aabbccddeeff");

    public static NodeRecord Node(byte fill = 1) => new() { Key = [.. Enumerable.Repeat(fill, 32)] };

    [Theory]
    [InlineData("""{"updateNode":{"disco":"x"}}""", 4400, "updateNode.key")]
    [InlineData("""{"news":1}""", 4400, "news: is no field")]
    [InlineData("""{"addTunnels":["somebody"]}""", 4400, "addTunnels")]
    [InlineData("""{"pong":1}{}""", 1007, "")]
    [InlineData("""{"pong":""", 1007, "")]
    [InlineData("", 1007, "")]
    [InlineData("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", 1007, "")]
    public async Task A_bad_frame_closes_the_connection_with_its_code(string text, int code, string part)
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var good = await rig.ClientAsync();
        await using var bad = await rig.ClientAsync();
        await bad.SendAsync(text);
        Assert.Equal(code, await bad.CloseCodeAsync());
        Assert.Contains(part, bad.Socket.CloseStatusDescription, StringComparison.Ordinal);
        await AssertServedAsync(rig, good);
    }

    [Fact]
    public async Task Binary_frames_and_texts_that_are_none_close_the_connection()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var binary = await rig.ClientAsync();
        await binary.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Binary);
        Assert.Equal(1003, await binary.CloseCodeAsync());
        await using var text = await rig.ClientAsync();
        await text.SendAsync([0x22, 0xC3, 0x28, 0x22]);

        // .NET's WebSocket finds that out itself, and cuts the connection right after its close.
        Assert.True(await text.IsCutAsync() || (int)text.Socket.CloseStatus! == 1007);
        Assert.Equal(SessionEnd.Broken, (await rig.Peers.Of(text.Id).ReportAsync(report => report.End != SessionEnd.None, "its end is reported")).End);
    }

    [Fact]
    public async Task A_frame_that_is_too_long_is_not_gathered()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var peer = await rig.ClientAsync();
        await peer.SendAsync(Encoding.ASCII.GetBytes("{}".PadRight(65_536)));
        await peer.SendAsync(Encoding.ASCII.GetBytes("{}".PadRight(60_000)), isLast: false);
        await peer.SendAsync(Encoding.ASCII.GetBytes("".PadRight(60_000)), isLast: false);
        Assert.Equal(1009, await peer.CloseCodeAsync());
    }

    [Fact]
    public async Task Long_frames_share_a_bounded_memory()
    {
        await using var rig = await AgentsRig.StartAsync(new AgentsGatewayOptions { MaxArrivingBytes = 40_000 });
        await using var first = await rig.ClientAsync();
        await using var second = await rig.ClientAsync();
        await first.SendAsync(Encoding.ASCII.GetBytes("{}".PadRight(20_000)), isLast: false);
        await TestGuard.UntilAsync(() => rig.FreeArrivingBytes < 20_000, "the first frame has its share");
        await second.SendAsync(Encoding.ASCII.GetBytes("{}".PadRight(30_000)), isLast: false);
        Assert.Equal(4503, await second.CloseCodeAsync());

        await first.SendAsync(Encoding.ASCII.GetBytes(" "));
        await AssertServedAsync(rig, first);
        Assert.Equal(40_000, rig.FreeArrivingBytes);
    }

    [Fact]
    public async Task A_frame_in_pieces_is_one_frame()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var peer = await rig.ClientAsync();
        foreach (var letter in $$"""{"addTunnels":["{{Agent:D}}"]}""")
            await peer.SendAsync([(byte)letter], isLast: letter == '}');
        var report = await rig.Peers.Of(peer.Id).ReportAsync(report => report.Tunnels.Length > 0, "the tunnel is reported");
        Assert.Equal(Agent, Assert.Single(report.Tunnels).Peer);
    }

    [Fact]
    public async Task A_frame_that_stops_in_the_middle_ends_the_connection()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var peer = await rig.ClientAsync();
        var received = rig.Meters.Observe("actors_agent_frames_received_total");
        await peer.SendAsync("{"u8.ToArray(), isLast: false);
        await TestGuard.UntilAsync(() => rig.Meters.Observe("actors_agent_frames_received_total") > received, "the frame has begun");
        rig.Time.Pass(10_100);
        Assert.Equal(4408, await peer.CloseCodeAsync());
    }

    [Fact]
    public async Task What_a_peer_says_is_reported_in_the_protocols_order()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var client = await rig.ClientAsync();
        var (one, two) = (Guid.NewGuid(), Guid.NewGuid());
        await client.SendAsync(new PeerMessage { RemoveTunnels = [two], AddTunnels = [one, two], SetTunnels = [Guid.NewGuid()], UpdateNode = Node() });

        var report = await rig.Peers.Of(client.Id).ReportAsync(report => report.Tunnels.Length == 3, "three tunnels are reported");
        Assert.Equal(new GatewayRun(1, 3, 7), report.Gateway);
        Assert.InRange(report.NodeSequence, 1, report.ClosedBefore - 1);
        Assert.All(report.Tunnels, tunnel => Assert.True(tunnel.Sequence > report.ClosedBefore));
        Assert.False(report.Tunnels.Single(tunnel => tunnel.Peer == two).IsOpen);
        Assert.True(report.Tunnels.Single(tunnel => tunnel.Peer == one).IsOpen);
    }

    [Fact]
    public async Task A_thousand_and_one_tunnels_are_256_and_an_error_for_each_other()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var peer = await rig.ClientAsync();
        var wanted = Enumerable.Range(0, 1_001).Select(_ => Guid.NewGuid()).ToArray();
        foreach (var some in wanted.Chunk(256))
            await peer.SendAsync(new PeerMessage { AddTunnels = some });

        var refused = new List<Guid>();
        while (refused.Count < 1_001 - 256)
        {
            var error = await peer.ErrorAsync();
            Assert.Equal("too_many_tunnels", error.Code);
            refused.Add(error.Id!.Value);
        }

        Assert.Equal(wanted.Skip(256), refused);
        await AssertServedAsync(rig, peer);
    }

    [Fact]
    public async Task Who_makes_mistakes_takes_the_answers_before_more_is_read()
    {
        await using var rig = await AgentsRig.StartAsync(new AgentsGatewayOptions { MaxFramesPerSecond = 100_000, MaxChangesPerSecond = 100_000 });
        await using var peer = await rig.ClientAsync();
        var self = new PeerMessage { AddTunnels = [.. Enumerable.Repeat(peer.Id, 256)] }.ToJson();
        var sending = Task.Run(async () =>
        {
            for (var frame = 0; frame < 2_000; frame++)
                await peer.SendAsync(self);
        });
        await TestGuard.UntilAsync(() => rig.Meters.Observe("actors_agent_frames_received_total") > 3, "frames arrive");

        var errors = 0;
        while (errors < 2_000 * 256)
        {
            Assert.Equal("to_itself", (await peer.ErrorAsync()).Code);
            errors++;
        }

        await sending;
    }

    [Fact]
    public async Task A_flood_ends_its_connection_and_no_other()
    {
        await using var rig = await AgentsRig.StartAsync(new AgentsGatewayOptions { MaxFramesPerSecond = 10 });
        await using var good = await rig.ClientAsync();
        await using var bad = await rig.ClientAsync();
        for (var frame = 0; frame < 21; frame++)
            await bad.SendAsync("""{"pong":1}""");
        Assert.Equal(4429, await bad.CloseCodeAsync());
        await AssertServedAsync(rig, good);
    }

    [Fact]
    public async Task Agents_open_no_tunnels_and_clients_report_nothing()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var agent = await rig.AgentAsync(Agent);
        await using var client = await rig.ClientAsync();
        var other = Guid.NewGuid();

        foreach (var message in new[] { new PeerMessage { AddTunnels = [other] }, new() { SetTunnels = [other] }, new() { RemoveTunnels = [other] } })
        {
            await agent.SendAsync(message);
            Assert.Equal(("not_allowed", other), Of(await agent.ErrorAsync()));
        }

        await agent.SendAsync(new PeerMessage { SetTunnels = [] });
        Assert.Equal(("not_allowed", null), Of(await agent.ErrorAsync()));
        await client.SendAsync(new PeerMessage { ReadyForHandshake = [other] });
        Assert.Equal(("not_allowed", other), Of(await client.ErrorAsync()));
        await client.SendAsync(new PeerMessage { Lifecycle = AgentLifecycle.Ready });
        Assert.Equal(("not_allowed", null), Of(await client.ErrorAsync()));
        await client.SendAsync(new PeerMessage { AddTunnels = [client.Id] });
        Assert.Equal(("to_itself", client.Id), Of(await client.ErrorAsync()));
        Assert.DoesNotContain(rig.Store.Signs, sign => sign.Agent == client.Id);
        Assert.Empty((await rig.Peers.Of(Agent).ReportAsync(static _ => true, "it is reported")).Tunnels);
    }

    [Fact]
    public async Task A_client_reaches_the_agents_that_its_token_names()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var client = await rig.ClientAsync(await rig.TokenAsync(AgentTokenKind.Client, agents: [Agent]));
        var other = Guid.NewGuid();
        await client.SendAsync(new PeerMessage { AddTunnels = [other, Agent] });
        Assert.Equal(("not_allowed", other), Of(await client.ErrorAsync()));
        var report = await rig.Peers.Of(client.Id).ReportAsync(report => report.Tunnels.Length > 0, "a tunnel is reported");
        Assert.Equal(Agent, Assert.Single(report.Tunnels).Peer);
    }

    [Fact]
    public async Task Tunnels_to_peers_that_a_token_does_not_reach_are_not_closed_either()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var client = await rig.ClientAsync(await rig.TokenAsync(AgentTokenKind.Client, agents: [Agent]));
        await client.SendAsync(new PeerMessage { RemoveTunnels = [Guid.NewGuid(), Guid.NewGuid(), Agent] });
        var report = await rig.Peers.Of(client.Id).ReportAsync(report => report.Tunnels.Length > 0, "a tunnel is reported");
        Assert.Equal((Agent, false), (Assert.Single(report.Tunnels).Peer, report.Tunnels[0].IsOpen));
    }

    [Fact]
    public async Task A_tunnel_that_the_grain_has_no_room_for_is_refused()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var client = await rig.ClientAsync();
        rig.Peers.Of(client.Id).OnReport = report => Task.FromResult(new SessionReportAnswer { TooMany = [.. report.Tunnels.Select(static tunnel => tunnel.Peer)] });
        await client.SendAsync(new PeerMessage { AddTunnels = [Agent] });
        Assert.Equal(("too_many_tunnels", Agent), Of(await client.ErrorAsync()));
    }

    [Fact]
    public async Task A_token_is_asked_for_again_with_each_request()
    {
        await using var rig = await AgentsRig.StartAsync();
        var tokenId = Guid.NewGuid();
        await using var revoked = await rig.AgentAsync(Agent, await rig.TokenAsync(AgentTokenKind.Agent, Agent, tokenId: tokenId));
        await using var expired = await rig.ClientAsync(await rig.TokenAsync(AgentTokenKind.Client, validMs: 5_000));
        await rig.Store.RevokeAsync(tokenId, CancellationToken.None);
        await revoked.SendAsync(new PeerMessage { UpdateNode = Node() });
        Assert.Equal(4401, await revoked.CloseCodeAsync());
        Assert.DoesNotContain(rig.Peers.Of(Agent).Reports, report => report.NodeSequence > 0);
        Assert.Equal(SessionEnd.Goodbye, (await rig.Peers.Of(Agent).ReportAsync(report => report.End != SessionEnd.None, "its end is reported")).End);

        rig.Time.Pass(5_000);
        await expired.SendAsync(new PeerMessage { AddTunnels = [Agent] });
        Assert.Equal(4401, await expired.CloseCodeAsync());
    }

    [Fact]
    public async Task What_an_agent_reports_goes_to_the_batches()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var agent = await rig.AgentAsync(Agent);
        var id = Guid.NewGuid();
        var at = rig.Time.GetUtcNow().AddMinutes(-1);
        await agent.SendAsync(new PeerMessage
        {
            Lifecycle = AgentLifecycle.Ready,
            Metadata = [new() { Key = "cpu", Value = "1" }, new() { Key = "disk", Error = "gone" }, new() { Key = "cpu", Value = "2" }],
            Connections =
            [
                new() { Id = id, Action = ConnectionAction.Connect, Type = "ssh", At = at, Ip = "localhost" },
                new() { Id = id, Action = ConnectionAction.Disconnect, Type = "ssh", At = at.AddSeconds(1), Ip = "nowhere", Code = 0, Reason = "exit" },
            ],
        });
        await TestGuard.UntilAsync(() => rig.Store.Connections.Count == 2, "both ends are reported");

        Assert.Equal([("cpu", "2", ""), ("disk", "", "gone")], rig.Store.Metadatas.Select(row => (row.Key.Name, row.Value, row.Error)).Order());
        Assert.Contains(rig.Store.Signs, sign => sign is { What: "Ready" } && sign.Agent == Agent);
        Assert.Equal(["127.0.0.1", null], rig.Store.Connections.Select(row => row.Ip));
        Assert.Equal([null, 0], rig.Store.Connections.Select(row => row.Code));
        Assert.Equal((at.ToUnixTimeMilliseconds(), id, Agent), rig.Store.Connections.Select(row => (row.ConnectedAtUtcMs!.Value, row.Key.Id!.Value, row.Agent)).First());
    }

    [Fact]
    public async Task Times_that_an_agent_reports_are_of_this_week()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var agent = await rig.AgentAsync(Agent);
        DateTimeOffset[] reported = [DateTimeOffset.MinValue, rig.Time.GetUtcNow().AddDays(-7), rig.Time.GetUtcNow(), rig.Time.GetUtcNow().AddSeconds(1), DateTimeOffset.MaxValue];
        await agent.SendAsync(new PeerMessage
        {
            Connections = [.. reported.Select(at => new ConnectionReport { Id = Guid.NewGuid(), Action = ConnectionAction.Connect, Type = "ssh", At = at })],
        });
        await TestGuard.UntilAsync(() => rig.Store.Connections.Count == reported.Length, "all are reported");
        var weekMs = 7L * 86_400_000;
        Assert.Equal([rig.UtcNowMs - weekMs, rig.UtcNowMs - weekMs, rig.UtcNowMs, rig.UtcNowMs, rig.UtcNowMs], rig.Store.Connections.Select(row => row.ConnectedAtUtcMs!.Value));
    }

    [Theory]
    [InlineData("\"updateNode\":{\"key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}", 1)]
    [InlineData("\"setTunnels\":[]", 1)]
    [InlineData("\"setTunnels\":[\"00112233-4455-4677-8899-aabbccddeeff\"]", 2)]
    [InlineData("\"addTunnels\":[\"00112233-4455-4677-8899-aabbccddeeff\",\"00112233-4455-4677-8899-aabbccddeeff\"]", 2)]
    [InlineData("\"removeTunnels\":[\"00112233-4455-4677-8899-aabbccddeeff\"]", 1)]
    [InlineData("\"readyForHandshake\":[\"00112233-4455-4677-8899-aabbccddeeff\"]", 1)]
    [InlineData("\"lifecycle\":\"ready\"", 1)]
    [InlineData("\"metadata\":[{\"key\":\"a\"},{\"key\":\"a\"}]", 2)]
    [InlineData("\"connections\":[{\"id\":\"00112233-4455-4677-8899-aabbccddeeff\",\"action\":\"connect\",\"type\":\"ssh\",\"at\":\"2026-01-02T03:04:05Z\"}]", 1)]
    public async Task Who_asks_for_too_many_changes_is_closed_and_who_only_answers_is_not(string fields, int changes)
    {
        // Twenty changes at once, two a second.
        await using var rig = await AgentsRig.StartAsync(new AgentsGatewayOptions { MaxChangesPerSecond = 2 });
        await using var peer = await rig.ClientAsync();
        var room = 20;
        await SpendAsync();
        for (var pongs = 0; pongs < 30; pongs++)
            await peer.SendAsync("{\"pong\":1}");
        rig.Time.Pass(1_000);
        room += 2;
        await SpendAsync();
        await peer.SendAsync("{" + fields + ",\"pong\":1}");
        Assert.Equal(4429, await peer.CloseCodeAsync());
        Assert.Equal("too many changes", peer.Socket.CloseStatusDescription);

        // All that it may, but for one change that shows that it is still served.
        async Task SpendAsync()
        {
            for (; room > changes; room -= changes)
                await peer.SendAsync("{" + fields + "}");
            await AssertServedAsync(rig, peer);
            room--;
        }
    }

    private static (string Code, Guid? Id) Of(ErrorMessage error) => (error.Code, error.Id);

    private static async Task AssertServedAsync(AgentsRig rig, TestPeer peer)
    {
        var sequence = rig.Peers.Of(peer.Id).Reports.Max(report => report.NodeSequence);
        await peer.SendAsync(new PeerMessage { UpdateNode = Node((byte)(sequence + 1)) });
        await rig.Peers.Of(peer.Id).ReportAsync(report => report.NodeSequence > sequence, "another connection is served");
    }
}
