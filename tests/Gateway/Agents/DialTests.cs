using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Actors.Agents;
using Actors.Gateway.Agents;
using Actors.Grains.Agents;
using Orleans.Runtime;

namespace Actors.Gateway.Tests.Agents;

/// <summary>Who may connect, and what everybody else is told.</summary>
public sealed class DialTests
{
    private static readonly Guid Agent = Guid.Parse("00112233-4455-4677-8899-aabbccddeeff");

    [Fact]
    public async Task A_peer_is_told_who_it_is_and_what_holds()
    {
        await using var rig = await AgentsRig.StartAsync(new AgentsGatewayOptions { MaxTunnels = 12 });
        await using var agent = await rig.AgentAsync(Agent);
        await using var client = await rig.ClientAsync();

        Assert.Equal(Agent, agent.Id);
        Assert.Equal("fd61:6374:6f72:11:2233:4455:4677:8899", agent.Welcome.Address);
        Assert.Equal((15_000, 30_000, 65_536, 12), (agent.Welcome.PingMs, agent.Welcome.DeadMs, agent.Welcome.MaxFrameBytes, agent.Welcome.MaxTunnels));
        Assert.Null(agent.Welcome.Resume);
        Assert.NotEqual(Guid.Empty, client.Id);
        Assert.Equal(rig.Time.GetUtcNow().AddHours(24), client.Welcome.Resume!.ExpiresAt);
        Assert.Equal(2, rig.Meters.Observe("actors_agent_connections"));
    }

    [Theory]
    [InlineData("/clients/connect", "actors.agents.v2", 400, "actors.agents.v1")]
    [InlineData("/clients/connect", null, 400, "actors.agents.v1")]
    [InlineData("/agents/somebody/connect", "actors.agents.v1", 400, "UUID")]
    [InlineData("/agents/00000000-0000-0000-0000-000000000000/connect", "actors.agents.v1", 400, "UUID")]
    [InlineData("/agents/{00112233-4455-4677-8899-aabbccddeeff}/connect", "actors.agents.v1", 400, "UUID")]
    public async Task What_is_wrong_is_said_in_a_sentence(string path, string? protocol, int status, string part)
    {
        await using var rig = await AgentsRig.StartAsync();
        var (code, body, _) = await rig.DialAsync(path, protocol);
        Assert.Equal(status, (int)code);
        Assert.Contains(part, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_asks_for_no_WebSocket_or_from_another_sites_page_is_refused()
    {
        await using var rig = await AgentsRig.StartAsync();
        Assert.Equal(HttpStatusCode.UpgradeRequired, (await rig.DialAsync("/clients/connect", isUpgrade: false)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await rig.DialAsync("/clients/connect", origin: "https://example.org")).Status);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await rig.DialAsync("/clients/connect", origin: $"http://127.0.0.1:{rig.Port}")).Status);
    }

    [Fact]
    public async Task From_the_first_token_on_everybody_needs_one()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using (await rig.AgentAsync(Agent))
        {
        }

        var good = await rig.TokenAsync(AgentTokenKind.Agent, Agent);
        var client = await rig.TokenAsync(AgentTokenKind.Client);
        var path = $"/agents/{Agent:D}/connect";
        var refused = await rig.DialAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        Assert.Equal("Bearer", refused.Answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.DialAsync(path, token: good[..^4] + "AAAA")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.DialAsync(path, token: client)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.DialAsync("/clients/connect", token: good)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await rig.DialAsync($"/agents/{Guid.NewGuid():D}/connect", token: good)).Status);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await rig.DialAsync(path, token: good)).Status);
        Assert.Single(rig.Log.Named("LoopbackOnly"));
        Assert.Single(rig.Log.Named("TokensNeeded"));
    }

    [Theory]
    [InlineData("Forwarded")]
    [InlineData("X-Forwarded-For")]
    [InlineData("x-forwarded-proto")]
    [InlineData("Via")]
    [InlineData("X-Real-IP")]
    public async Task Who_comes_through_a_proxy_on_this_machine_needs_a_token(string header)
    {
        await using var rig = await AgentsRig.StartAsync();
        var (status, body, _) = await rig.DialAsync("/clients/connect", header: header);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("A proxy has passed this on", body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await rig.DialAsync("/clients/connect")).Status);

        var token = await rig.TokenAsync(AgentTokenKind.Client);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await rig.DialAsync("/clients/connect", token: token, header: header)).Status);
    }

    [Fact]
    public async Task A_token_that_is_over_or_revoked_is_not_taken()
    {
        await using var rig = await AgentsRig.StartAsync();
        var tokenId = Guid.NewGuid();
        var revoked = await rig.TokenAsync(AgentTokenKind.Agent, Agent, tokenId: tokenId);
        var shortLived = await rig.TokenAsync(AgentTokenKind.Agent, Agent, validMs: 1_000);
        var path = $"/agents/{Agent:D}/connect";
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await rig.DialAsync(path, token: revoked)).Status);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await rig.DialAsync(path, token: shortLived)).Status);

        await rig.Store.RevokeAsync(tokenId, CancellationToken.None);
        rig.Time.Pass(1_000);

        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.DialAsync(path, token: revoked)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.DialAsync(path, token: shortLived)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_comes_back_as_the_same_peer(bool hasTokens)
    {
        await using var rig = await AgentsRig.StartAsync();
        var subject = Guid.NewGuid();
        var token = hasTokens ? await rig.TokenAsync(AgentTokenKind.Client, subject) : null;
        var other = hasTokens ? await rig.TokenAsync(AgentTokenKind.Client) : null;
        await using var first = await rig.ClientAsync(token);
        var resume = first.Welcome.Resume!.Token;
        await using var second = await rig.ClientAsync(token, resume);
        Assert.Equal(first.Id, second.Id);

        await using var garbage = await rig.ClientAsync(token, resume[..^4] + "AAAA");
        Assert.NotEqual(first.Id, garbage.Id);
        if (hasTokens)
        {
            await using var stranger = await rig.ClientAsync(other, resume);
            Assert.NotEqual(first.Id, stranger.Id);
        }

        rig.Time.Pass(24 * 3_600_000);
        await using var late = await rig.ClientAsync(hasTokens ? await rig.TokenAsync(AgentTokenKind.Client, subject) : null, resume);
        Assert.NotEqual(first.Id, late.Id);
    }

    [Fact]
    public async Task A_client_comes_back_as_the_same_peer_on_another_silo_that_shares_the_secret()
    {
        await using var rig = await AgentsRig.StartAsync(resumes: ResumeSecret.SharedBy("the secret of all silos"));
        await using var other = await AgentsRig.StartAsync(resumes: ResumeSecret.SharedBy("the secret of all silos"), idSeed: 6);
        await using var foreign = await AgentsRig.StartAsync(resumes: ResumeSecret.SharedBy("the secret of others"), idSeed: 7);
        await using var alone = await AgentsRig.StartAsync(idSeed: 8);
        await using var client = await rig.ClientAsync();
        var resume = client.Welcome.Resume!.Token;

        await using var back = await other.ClientAsync(resume: resume);
        Assert.Equal(client.Id, back.Id);
        await using var stranger = await foreign.ClientAsync(resume: resume);
        Assert.NotEqual(client.Id, stranger.Id);
        await using var unknown = await alone.ClientAsync(resume: resume);
        Assert.NotEqual(client.Id, unknown.Id);
    }

    [Fact]
    public async Task Connections_are_taken_at_a_bounded_rate()
    {
        await using var rig = await AgentsRig.StartAsync(new AgentsGatewayOptions { AcceptBurst = 2, AcceptsPerSecond = 1 });
        await using var one = await rig.ClientAsync();
        await using var two = await rig.ClientAsync();
        var third = await rig.DialAsync("/clients/connect");
        var fourth = await rig.DialAsync("/clients/connect");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, third.Status);
        Assert.Equal("2", third.Answer.Headers.RetryAfter!.ToString());
        Assert.Equal("4", fourth.Answer.Headers.RetryAfter!.ToString());

        rig.Time.Pass(1_000);
        await using var later = await rig.ClientAsync();
    }

    [Fact]
    public async Task There_is_room_for_a_bounded_number()
    {
        await using var rig = await AgentsRig.StartAsync(new AgentsGatewayOptions { MaxConnections = 1 });
        await using (var one = await rig.ClientAsync())
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.DialAsync("/clients/connect")).Status);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.DialAsync("/clients/connect")).Status);
            var full = Assert.Single(rig.Log.Named("Full"));
            Assert.Contains((1 * 2 + 768).ToString(CultureInfo.InvariantCulture), full.Message, StringComparison.Ordinal);
            await one.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        }

        await Grains.Tests.Support.TestGuard.UntilAsync(() => rig.Sockets.Taken == 0, "the place is free");
        await using var next = await rig.ClientAsync();
    }

    [Theory]
    [InlineData(0, 20_000, 19_232)]
    [InlineData(15_000, 20_000, 15_000)]
    [InlineData(30_000, 20_000, 19_232)]
    [InlineData(0, long.MaxValue, 1_000_000)]
    [InlineData(0, 256, 1)]
    public void The_limit_of_open_files_bounds_the_sockets(int wanted, long openFiles, int allowed)
    {
        Assert.Equal(allowed, SocketLimit.Of(wanted, openFiles).Allowed);
        Assert.InRange(SocketLimit.ReadOpenFiles(), 256, long.MaxValue);
    }

    [Fact]
    public async Task A_limit_of_open_files_that_is_too_low_is_named_at_the_start()
    {
        await using var rig = await AgentsRig.StartAsync(new AgentsGatewayOptions { MaxConnections = int.MaxValue });
        var line = rig.Log.Named("FilesTooFew").Concat(rig.Log.Named("Allows")).Single();
        if (SocketLimit.ReadOpenFiles() != long.MaxValue)
            Assert.Contains(SocketLimit.FilesFor(int.MaxValue).ToString(CultureInfo.InvariantCulture), line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grain_that_fails_is_asked_again_and_then_the_peer_is_told_to_come_later()
    {
        await using var rig = await AgentsRig.StartAsync();
        var waited = new List<long>();
        rig.Peers.Of(Agent).OnConnect = waitedMs =>
        {
            waited.Add(waitedMs);
            throw new TimeoutException("the grain is away");
        };
        var dialling = rig.DialAsync($"/agents/{Agent:D}/connect");
        await Grains.Tests.Support.TestGuard.UntilAsync(
            () =>
            {
                rig.Time.Pass(100);
                return dialling.IsCompleted;
            },
            "the dial is answered");
        var (status, _, answer) = await dialling;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("2", answer.Headers.RetryAfter!.ToString());
        Assert.InRange(waited.Count, 10, int.MaxValue);
        Assert.Equal(waited.Order(), waited);
        Assert.Equal(0, rig.Sockets.Taken);
    }

    [Fact]
    public async Task A_place_that_an_older_build_has_is_said_at_once()
    {
        await using var rig = await AgentsRig.StartAsync(new AgentsGatewayOptions { MaxDialsPerAgent = 1, MaxDialsPerAddress = 1 });
        var asked = 0;
        rig.Peers.Of(Agent).OnConnect = _ =>
        {
            asked++;
            return Task.FromException<long>(new OrleansException("This silo does not know the interface 'Actors.Agents.Peer'."));
        };
        var (status, body, answer) = await rig.DialAsync($"/agents/{Agent:D}/connect");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("2", answer.Headers.RetryAfter!.ToString());
        Assert.Contains("older build", body, StringComparison.Ordinal);
        Assert.Equal((1, 0), (asked, rig.Sockets.Taken));

        // It cost no share.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.DialAsync($"/agents/{Agent:D}/connect")).Status);
        rig.Peers.Of(Agent).OnConnect = null;
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await rig.DialAsync($"/agents/{Agent:D}/connect")).Status);
    }

    [Fact]
    public async Task One_address_does_not_take_all_dials()
    {
        await using var rig = await AgentsRig.StartAsync(new AgentsGatewayOptions { MaxDialsPerAddress = 2, MaxDialsPerAgent = 1, AcceptBurst = 3, AcceptsPerSecond = 1 });
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await rig.DialAsync($"/agents/{Agent:D}/connect")).Status);
        var again = await rig.DialAsync($"/agents/{Agent:D}/connect");
        Assert.Equal(HttpStatusCode.TooManyRequests, again.Status);
        Assert.Contains("This agent", again.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await rig.DialAsync($"/agents/{Guid.NewGuid():D}/connect")).Status);
        var third = await rig.DialAsync("/clients/connect");
        Assert.Equal(HttpStatusCode.TooManyRequests, third.Status);
        Assert.Contains("this address", third.Body, StringComparison.Ordinal);
        Assert.Equal("60", third.Answer.Headers.RetryAfter!.ToString());

        rig.Time.Pass(59_000);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await rig.DialAsync($"/agents/{Agent:D}/connect")).Status);
        rig.Time.Pass(1_000);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await rig.DialAsync($"/agents/{Agent:D}/connect")).Status);
    }

    [Fact]
    public async Task Ends_that_no_grain_hears_of_are_bounded()
    {
        await using var rig = await AgentsRig.StartAsync(new AgentsGatewayOptions { MaxConnections = 1 });
        Guid[] agents = [Agent, Guid.NewGuid(), Guid.NewGuid()];
        foreach (var agent in agents[..2])
        {
            rig.Peers.Of(agent).OnReport = static _ => Task.FromException<SessionReportAnswer>(new InvalidOperationException("It is away."));
            await using (var peer = await rig.AgentAsync(agent))
                await peer.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
            await Grains.Tests.Support.TestGuard.UntilAsync(() => rig.Sockets.Taken == 0, "the place is free");
        }

        var refused = await rig.DialAsync($"/agents/{agents[2]:D}/connect");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.Contains("is the store away", refused.Body, StringComparison.Ordinal);

        foreach (var agent in agents[..2])
            rig.Peers.Of(agent).OnReport = null;
        await Grains.Tests.Support.TestGuard.UntilAsync(
            () =>
            {
                rig.Time.Pass(1_000);
                return rig.Sockets.Unfinished == 0;
            },
            "their grains hear of the ends");
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await rig.DialAsync($"/agents/{agents[2]:D}/connect")).Status);
    }

    [Fact]
    public async Task A_client_that_reaches_others_is_another_peer()
    {
        await using var rig = await AgentsRig.StartAsync();
        var (subject, other) = (Guid.NewGuid(), Guid.NewGuid());
        await using var client = await rig.ClientAsync(await rig.TokenAsync(AgentTokenKind.Client, subject, [Agent, other]));
        var resume = client.Welcome.Resume!.Token;
        await using var same = await rig.ClientAsync(await rig.TokenAsync(AgentTokenKind.Client, subject, [other, Agent]), resume);
        Assert.Equal(client.Id, same.Id);
        foreach (var reach in (IReadOnlyList<Guid>?[])[[other], [Agent, other, Guid.NewGuid()], null])
        {
            await using var changed = await rig.ClientAsync(await rig.TokenAsync(AgentTokenKind.Client, subject, reach), resume);
            Assert.NotEqual(client.Id, changed.Id);
        }
    }

    [Fact]
    public async Task What_the_silo_refuses_costs_no_share()
    {
        await using var rig = await AgentsRig.StartAsync(new AgentsGatewayOptions { MaxDialsPerAddress = 3, MaxDialsPerAgent = 2, AcceptBurst = 1, AcceptsPerSecond = 1 });
        var path = $"/agents/{Agent:D}/connect";
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await rig.DialAsync(path)).Status);
        for (var dial = 0; dial < 10; dial++)
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.DialAsync(path)).Status);
        rig.Time.Pass(60_000);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, (await rig.DialAsync(path)).Status);
    }

    [Fact]
    public async Task Clients_with_one_token_have_so_many_sockets_and_dials()
    {
        await using var rig = await AgentsRig.StartAsync(new AgentsGatewayOptions { MaxSocketsPerToken = 1, MaxDialsPerToken = 3 });
        var (shared, own) = (await rig.TokenAsync(AgentTokenKind.Client), await rig.TokenAsync(AgentTokenKind.Client));
        await using (var first = await rig.ClientAsync(shared))
        {
            var second = await rig.DialAsync("/clients/connect", token: shared);
            Assert.Equal(HttpStatusCode.TooManyRequests, second.Status);
            Assert.Contains("1 clients", second.Body, StringComparison.Ordinal);
            Assert.Equal(1, rig.Sockets.Taken);
            await using (await rig.ClientAsync(own))
            {
            }

            await first.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        }

        await Grains.Tests.Support.TestGuard.UntilAsync(() => rig.Sockets.Taken == 0, "the places are free");
        foreach (var status in (HttpStatusCode[])[HttpStatusCode.SwitchingProtocols, HttpStatusCode.SwitchingProtocols, HttpStatusCode.TooManyRequests])
        {
            Assert.Equal(status, (await rig.DialAsync("/clients/connect", token: shared)).Status);
            await Grains.Tests.Support.TestGuard.UntilAsync(() => rig.Sockets.Taken == 0, "the place is free");
        }
    }

    [Fact]
    public async Task A_connection_that_was_overtaken_is_closed_at_once()
    {
        await using var rig = await AgentsRig.StartAsync();
        rig.Peers.Of(Agent).OnConnect = static _ => Task.FromResult(0L);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(AgentProtocol.SubProtocol);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{rig.Port}/agents/{Agent:D}/connect"), CancellationToken.None);
        await socket.ReceiveAsync(new byte[64].AsMemory(), CancellationToken.None);
        Assert.Equal(4409, (int)socket.CloseStatus!.Value);
    }
}
