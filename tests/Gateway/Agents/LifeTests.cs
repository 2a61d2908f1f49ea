using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using Actors.Agents;
using Actors.Agents.Messages;
using Actors.Gateway.Agents;
using Actors.Grains.Agents;
using Actors.Grains.Tests.Support;

namespace Actors.Gateway.Tests.Agents;

/// <summary>A connection from its welcome to the moment at which its grain knows of its end.</summary>
public sealed class LifeTests
{
    private static readonly Guid Agent = Guid.Parse("00112233-4455-4677-8899-aabbccddeeff");

    [Fact]
    public async Task Pings_come_every_fifteen_seconds_and_each_pong_is_a_heartbeat()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var agent = await rig.AgentAsync(Agent);
        for (var round = 1; round <= 5; round++)
        {
            rig.Time.Pass(15_000);
            var ping = (await agent.ReadAsync(message => message.Ping is not null)).Ping;
            Assert.Equal(round, ping);
            await agent.SendAsync(new PeerMessage { Pong = ping });
            await TestGuard.UntilAsync(() => rig.Store.Signs.Count(sign => sign.What == "alive") == round, "the heartbeat, and with it the end of the frame");
        }

        Assert.Equal("connected", rig.Store.Signs.First().What);
        Assert.Single(rig.Sockets.Open);
    }

    /// <summary>Peers that come at one moment are pinged, and so answer and are written down, at moments of their own.</summary>
    [Fact]
    public async Task Pings_of_peers_that_came_together_are_spread_over_the_interval_and_keep_their_places()
    {
        const int steps = 10;
        await using var rig = await AgentsRig.StartAsync();
        var peers = new List<TestPeer>();
        for (var number = 1; number <= 24; number++)
            peers.Add(await rig.AgentAsync(new Guid(number, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 9])));
        var stepOf = new Dictionary<(TestPeer Peer, long Ping), int>();
        for (var step = 1; step <= 2 * steps; step++)
        {
            rig.Time.Pass(AgentProtocol.PingIntervalMs / steps);
            foreach (var peer in peers)
            {
                foreach (var ping in await PingsAsync(peer))
                    stepOf[(peer, ping)] = step;
            }
        }

        Assert.Equal(2 * peers.Count, stepOf.Count);
        var firsts = peers.Select(peer => stepOf[(peer, 1)]).ToList();
        Assert.All(peers, peer => Assert.InRange(stepOf[(peer, 2)] - stepOf[(peer, 1)], steps - 1, steps + 1));
        Assert.InRange(firsts.Distinct().Count(), steps / 2, steps);
        Assert.InRange(firsts.CountBy(static step => step).Max(static group => group.Value), 1, peers.Count / 3);
        foreach (var peer in peers)
            await peer.DisposeAsync();
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", "4bf92f3577b34da6a3ce929d0e0e4736")]
    public async Task A_trace_goes_with_a_peers_reports_when_its_dial_had_one(string? traceParent, string? trace)
    {
        await using var rig = await AgentsRig.StartAsync();
        var seen = new ConcurrentQueue<string?>();
        rig.Peers.Of(Agent).OnReport = report =>
        {
            seen.Enqueue(Activity.Current?.TraceId.ToHexString());
            return Task.FromResult(new SessionReportAnswer());
        };
        await using var agent = await TestPeer.ConnectAsync(rig.Port, $"/agents/{Agent:D}/connect", traceParent: traceParent);
        await TestGuard.UntilAsync(() => !seen.IsEmpty, "its grain to know of it");
        Assert.All(seen, one => Assert.Equal(trace, one));
    }

    [Fact]
    public async Task Many_frames_are_not_many_heartbeats()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var agent = await rig.AgentAsync(Agent);
        rig.Time.Pass(8_000);
        for (var frame = 0; frame < 50; frame++)
            await agent.SendAsync(new PeerMessage { Pong = frame });
        await TestGuard.UntilAsync(() => rig.Meters.Observe("actors_agent_frames_received_total") >= 50, "they have arrived");
        Assert.Single(rig.Store.Signs, sign => sign.What == "alive");
    }

    [Fact]
    public async Task A_peer_that_is_silent_for_thirty_seconds_is_closed()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var agent = await rig.AgentAsync(Agent);
        rig.Time.Pass(29_900);
        Assert.Single(rig.Sockets.Open);
        rig.Time.Pass(200);
        Assert.Equal(4408, await agent.CloseCodeAsync());
        var end = await rig.Peers.Of(Agent).ReportAsync(report => report.End != SessionEnd.None, "the end is reported");
        Assert.Equal(SessionEnd.Broken, end.End);
        Assert.Contains(rig.Store.Signs, sign => sign.What == "disconnected");
    }

    [Fact]
    public async Task A_half_open_peer_is_cut()
    {
        await using var rig = await AgentsRig.StartAsync();
        using var raw = await RawPeer.ConnectAsync(rig.Port, $"/agents/{Agent:D}/connect");
        await TestGuard.UntilAsync(() => rig.Sockets.Open.Any(), "it is connected");
        rig.Time.Pass(30_100); // closed, which it does not answer
        await TestGuard.UntilAsync(
            () =>
            {
                rig.Time.Pass(1_100);
                return !rig.Sockets.Open.Any();
            },
            "it is cut");
        await rig.Peers.Of(Agent).ReportAsync(report => report.End == SessionEnd.Broken, "the end is reported");
    }

    [Fact]
    public async Task A_goodbye_closes_with_1000_and_what_stands_behind_it_is_not_done()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var agent = await rig.AgentAsync(Agent);
        await agent.SendAsync(new PeerMessage { UpdateNode = FrameTests.Node(), Disconnect = new EmptyMessage(), ReadyForHandshake = [Guid.NewGuid()] });
        Assert.Equal(1000, await agent.CloseCodeAsync());
        var end = await rig.Peers.Of(Agent).ReportAsync(report => report.End != SessionEnd.None, "the end is reported");
        Assert.Equal(SessionEnd.Goodbye, end.End);
        Assert.Empty(end.Ready);
        Assert.True(end.IsWhole);
        Assert.NotEqual(0, end.NodeSequence);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_socket_that_ends_without_a_goodbye_is_a_break(bool isClean)
    {
        await using var rig = await AgentsRig.StartAsync();
        var agent = await rig.AgentAsync(Agent);
        if (isClean)
            await agent.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        else
            agent.Socket.Abort();
        var end = await rig.Peers.Of(Agent).ReportAsync(report => report.End != SessionEnd.None, "the end is reported");
        Assert.Equal(SessionEnd.Broken, end.End);
        await TestGuard.UntilAsync(() => rig.Sockets.Unfinished == 0, "nothing is left of it");
        await agent.DisposeAsync();
    }

    [Fact]
    public async Task The_end_is_told_until_the_grain_has_it_in_the_store()
    {
        await using var rig = await AgentsRig.StartAsync();
        var agent = await rig.AgentAsync(Agent);
        var tries = 0;
        rig.Peers.Of(Agent).OnReport = report => ++tries switch
        {
            1 => throw new TimeoutException("the grain is away"),
            2 => Task.FromResult(new SessionReportAnswer { Outcome = ReportOutcome.Pending }),
            _ => Task.FromResult(new SessionReportAnswer()),
        };
        agent.Socket.Abort();
        await TestGuard.UntilAsync(
            () =>
            {
                rig.Time.Pass(500);
                return rig.Sockets.Unfinished == 0;
            },
            "the grain has it");
        Assert.Equal(3, tries);
        Assert.False(rig.Sockets.Holds(Agent, rig.Peers.Of(Agent).Reports[0].Epoch));
        await agent.DisposeAsync();
    }

    [Theory]
    [InlineData(ReportOutcome.Replaced, 4409)]
    [InlineData(ReportOutcome.Restart, 1012)]
    public async Task A_connection_that_the_grain_does_not_want_is_closed(ReportOutcome outcome, int code)
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var client = await rig.ClientAsync();
        rig.Peers.Of(client.Id).OnReport = _ => Task.FromResult(new SessionReportAnswer { Outcome = outcome });
        await client.SendAsync(new PeerMessage { UpdateNode = FrameTests.Node() });
        Assert.Equal(code, await client.CloseCodeAsync());
    }

    [Fact]
    public async Task The_grain_drops_a_connection_by_its_epoch()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var agent = await rig.AgentAsync(Agent);
        var epoch = (await rig.Peers.Of(Agent).ReportAsync(static _ => true, "it is reported")).Epoch;
        Assert.True(rig.Sockets.Holds(Agent, epoch));
        rig.Sockets.Drop(Agent, epoch - 1, AgentCloseCode.Replaced);
        Assert.Single(rig.Sockets.Open);
        rig.Sockets.Drop(Agent, epoch, AgentCloseCode.Replaced);
        Assert.Equal(4409, await agent.CloseCodeAsync());
        await TestGuard.UntilAsync(() => !rig.Sockets.Holds(Agent, epoch), "it is not held any more");
        Assert.Equal(ShowOutcome.NotHeld, rig.Sockets.Show(Agent, new PeerShow { Epoch = epoch }));
    }

    [Fact]
    public async Task What_the_grain_shows_is_written_in_its_order()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var client = await rig.ClientAsync();
        var report = await rig.Peers.Of(client.Id).ReportAsync(static _ => true, "it is reported");
        var other = Guid.NewGuid();
        var node = FrameTests.Node(3);
        var bytes = new PeerMessage { UpdateNode = node }.ToJson();
        Show(new PeerSlot { Peer = other, Sight = PeerSight.Node, Version = new PeerVersion(5, 1), Node = bytes.AsMemory(14..^1) });
        var update = Assert.Single((await client.ReadAsync(message => message.PeerUpdates is not null)).PeerUpdates!);
        Assert.Equal((other, PeerUpdateKind.Node), (update.Id, update.Kind));
        Assert.Equal(Encoding.UTF8.GetString(bytes[14..^1]), update.Node!.Value.GetRawText());

        Show(new PeerSlot { Peer = other, Sight = PeerSight.Lost, Version = new PeerVersion(5, PeerVersion.LostSequence) });
        Assert.Equal(PeerUpdateKind.Lost, Assert.Single((await client.ReadAsync(message => message.PeerUpdates is not null)).PeerUpdates!).Kind);
        Assert.Equal(2, rig.Meters.Observe("actors_agent_updates_total"));

        void Show(PeerSlot slot) => Assert.Equal(
            ShowOutcome.Taken,
            rig.Sockets.Show(client.Id, new PeerShow { Epoch = report.Epoch, Attachment = report.Attachment, Number = slot.Version.Sequence, Slots = [slot] }));
    }

    [Fact]
    public async Task A_slow_reader_holds_a_slot_for_each_neighbour_and_then_is_cut()
    {
        await using var rig = await AgentsRig.StartAsync();
        using var slow = await RawPeer.ConnectAsync(rig.Port, $"/agents/{Agent:D}/connect");
        await using var fast = await rig.ClientAsync();
        var report = await rig.Peers.Of(Agent).ReportAsync(static _ => true, "it is reported");
        var fastReport = await rig.Peers.Of(fast.Id).ReportAsync(static _ => true, "it is reported");
        var neighbours = Enumerable.Range(0, 64).Select(_ => Guid.NewGuid()).ToArray();
        var number = 0L;
        var taken = -1.0;
        await TestGuard.UntilAsync(
            () =>
            {
                var before = taken;
                number++;
                var node = Encoding.ASCII.GetBytes($$"""{"key":"{{new string('A', 15_000)}}{{number}}"}""");
                Assert.Equal(ShowOutcome.Taken, rig.Sockets.Show(Agent, new PeerShow
                {
                    Epoch = report.Epoch,
                    Attachment = report.Attachment,
                    Number = number,
                    Slots = [.. neighbours.Select(peer => new PeerSlot { Peer = peer, Sight = PeerSight.Node, Version = new PeerVersion(5, number), Node = node })],
                }));
                taken = rig.Meters.Observe("actors_agent_frames_sent_total");
                return number > 64 && taken == before;
            },
            "nothing more is taken");
        Assert.InRange(rig.Meters.Observe("actors_agent_updates_total"), 1, number * 64 / 2);

        rig.Sockets.Show(fast.Id, new PeerShow
        {
            Epoch = fastReport.Epoch,
            Attachment = fastReport.Attachment,
            Number = 1,
            Slots = [new PeerSlot { Peer = Agent, Sight = PeerSight.Node, Version = new PeerVersion(5, 1), Node = "{}"u8.ToArray() }],
        });
        await fast.ReadAsync(message => message.PeerUpdates is not null);

        rig.Time.Pass(5_100);
        await TestGuard.UntilAsync(() => rig.Sockets.Open.Count() == 1, "the slow one is cut");
        Assert.Equal(SessionEnd.Broken, (await rig.Peers.Of(Agent).ReportAsync(one => one.End != SessionEnd.None, "its end is reported")).End);
    }

    [Fact]
    public async Task A_client_gets_a_new_resume_token_at_half_time()
    {
        await using var rig = await AgentsRig.StartAsync(new AgentsGatewayOptions { ResumeFor = TimeSpan.FromSeconds(20) });
        await using var client = await rig.ClientAsync();
        rig.Time.Pass(10_100);
        var resume = (await client.ReadAsync(message => message.Resume is not null)).Resume!;
        Assert.NotEqual(client.Welcome.Resume!.Token, resume.Token);
        rig.Time.Pass(15_000); // the first one is over
        await using var again = await rig.ClientAsync(resume: resume.Token);
        Assert.Equal(client.Id, again.Id);
    }

    [Fact]
    public async Task Who_is_asked_whether_it_is_held_says_so_to_its_grain()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var agent = await rig.AgentAsync(Agent);
        var peer = rig.Peers.Of(Agent);
        var first = await peer.ReportAsync(static _ => true, "it is attached");
        Assert.False(rig.Sockets.Holds(Agent, first.Epoch + 1));
        rig.Time.Pass(1_000);
        Assert.Single(peer.Reports);
        Assert.True(rig.Sockets.Holds(Agent, first.Epoch));
        rig.Time.Pass(1_000); // far from a renewal, and from a silence that would end it
        await TestGuard.UntilAsync(() => peer.Reports.Count == 2, "it reports anew");
        Assert.Equal(SessionEnd.None, peer.Reports[^1].End);
    }

    [Fact]
    public async Task A_token_that_is_revoked_ends_a_silent_connection_too()
    {
        await using var rig = await AgentsRig.StartAsync();
        var tokenId = Guid.NewGuid();
        await using var client = await rig.ClientAsync(await rig.TokenAsync(AgentTokenKind.Client, tokenId: tokenId));
        await rig.Store.RevokeAsync(tokenId, CancellationToken.None);
        rig.Time.Pass(15_100);
        Assert.Equal(4401, await client.CloseCodeAsync());
        var end = await rig.Peers.Of(client.Id).ReportAsync(static report => report.End != SessionEnd.None, "its end is reported");
        Assert.Equal(SessionEnd.Goodbye, end.End);
    }

    [Fact]
    public async Task A_stop_sends_everybody_elsewhere()
    {
        await using var rig = await AgentsRig.StartAsync();
        await using var agent = await rig.AgentAsync(Agent);
        await using var client = await rig.ClientAsync();
        var stopping = rig.StopAsync();
        foreach (var peer in new[] { agent, client })
        {
            var error = await peer.ErrorAsync();
            Assert.Equal("going_away", error.Code);
            Assert.InRange(error.RetryAfterMs!.Value, 1_000, 60_000);
            Assert.Equal(1001, await peer.CloseCodeAsync());
        }

        await stopping;
        Assert.Equal(0, rig.Sockets.Unfinished);
        Assert.Equal(SessionEnd.Broken, rig.Peers.Of(Agent).Reports[^1].End);
        Assert.Empty(rig.Log.Named("StopTimedOut"));
    }

    [Fact]
    public async Task A_stop_is_bounded()
    {
        await using var rig = await AgentsRig.StartAsync();
        using var deaf = await RawPeer.ConnectAsync(rig.Port, $"/agents/{Agent:D}/connect");
        await TestGuard.UntilAsync(() => rig.Sockets.Open.Any(), "it is connected");
        var answer = new TaskCompletionSource<SessionReportAnswer>();
        rig.Peers.Of(Agent).OnReport = _ => answer.Task;
        var stopping = rig.StopAsync();
        await TestGuard.UntilAsync(
            () =>
            {
                rig.Time.Pass(500);
                return stopping.IsCompleted;
            },
            "it stops");
        await stopping;
        Assert.Single(rig.Log.Named("StopTimedOut"));
        answer.SetResult(new SessionReportAnswer());
    }

    /// <summary>The pings that were due when this is called: what is due is written before the answer to the second of two questions.</summary>
    private static async Task<IReadOnlyList<long>> PingsAsync(TestPeer peer)
    {
        var pings = new List<long>();
        for (var question = 0; question < 2; question++)
        {
            await peer.SendAsync(new PeerMessage { AddTunnels = [Guid.NewGuid()] }); // which an agent may not
            HubMessage frame;
            do
            {
                frame = await peer.ReadAsync();
                if (frame.Ping is { } ping)
                    pings.Add(ping);
            }
            while (frame.Error is null);
        }

        return pings;
    }
}
