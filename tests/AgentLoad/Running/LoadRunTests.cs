using System.Net;
using Actors.AgentLoad.Checks;
using Actors.AgentLoad.Running;
using Actors.Harness;
using static Actors.AgentLoad.Tests.Running.FakeRun;

namespace Actors.AgentLoad.Tests.Running;

public sealed class LoadRunTests
{
    private static readonly Traffic TwoHundred = new() { InFlight = 5, Updates = 200 };

    [Fact]
    public async Task A_hub_that_does_everything_right_passes()
    {
        await using var hub = new FakeHub();
        var result = await RunAsync(hub, TwoHundred, change: static options => options with { AgentsGetReady = true });

        Assert.Empty(result.Failures);
        Assert.Equal((0, 24, 24, 0), (result.FailedPeers, result.Peers, result.Connections, result.Reconnections));
        Assert.Equal(200, result.Updates);
        Assert.Equal(200, result.Checks.Delivered - (2 * 20));
        Assert.Equal(0, result.Checks.Coalesced);
        Assert.Equal(200, result.Delivery.Buckets.Sum(bucket => bucket.Count));
        Assert.Equal((24, 24, 0), (result.Connect.Summarize().Count, result.Dial.Summarize().Count, result.Reconnect.Summarize().Count));
        Assert.InRange(result.BytesExpected, 2 * 20 * 200, result.BytesRead);
        Assert.Equal((0, 0L, 24), (result.ShortConnections, result.MostMissingBytes, result.LastByteAge.Summarize().Count));
        Assert.Equal((20, 20), (result.Checks.ReadiesSaid, result.Checks.Readies)); // each agent is told of one client, at the start
    }

    [Fact]
    public async Task An_update_that_is_dropped_is_lost()
    {
        await using var hub = new FakeHub();
        var result = await RunAsync(
            hub, new Traffic { AgentUpdatesPerSecond = 1e6, Updates = 20 }, first => hub.Forward = number => number == first + 7 ? 0 : 1, TimeSpan.FromSeconds(3),
            static options => options with { LostAfter = TimeSpan.FromSeconds(1) });

        Assert.Equal(1, result.FailureCounts[nameof(Breach.Lost)]);
        Assert.Contains("within 1 s; the last that it was told is", result.Failures.Single().Text, StringComparison.Ordinal);
        Assert.Equal(1, result.FailedPeers);
    }

    [Fact]
    public async Task An_update_that_is_told_twice_is_a_duplicate()
    {
        await using var hub = new FakeHub();
        var result = await RunAsync(hub, TwoHundred, first => hub.Forward = number => number == first + 7 ? 2 : 1);

        Assert.Equal(1, result.FailureCounts[nameof(Breach.Duplicated)]);
        Assert.Contains("it was told that before on the same connection", result.Failures.Single().Text, StringComparison.Ordinal);
        Assert.Matches(@"^(agent|client) \d+ \([0-9a-f-]{36}\)$", result.Failures.Single().Peer);
    }

    [Fact]
    public async Task A_peer_of_nobody_is_forbidden_and_a_loss_of_somebody_who_is_there_is_false()
    {
        await using var hub = new FakeHub();
        var result = await RunAsync(hub, TwoHundred, _ => hub.Beside = static (_, subject) => System.Text.Encoding.ASCII.GetBytes(
            "{\"peerUpdates\":[{\"id\":\"11111111-1111-4111-8111-111111111111\",\"kind\":\"LOST\"},{\"id\":\"" + subject.ToString("D") + "\",\"kind\":\"LOST\"}]}"));

        Assert.Equal((200, 200), (result.FailureCounts[nameof(Breach.Forbidden)], result.FailureCounts[nameof(Breach.FalselyLost)]));
        Assert.Equal(20, result.Failures.Count); // limited
    }

    [Fact]
    public async Task Broken_connections_come_back_and_nothing_is_lost()
    {
        await using var hub = new FakeHub();
        await using var run = Start(hub);
        Assert.True(await run.ConnectAsync(Guard.Limit, CancellationToken.None));
        for (var round = 0; round < 3; round++)
        {
            await run.DropAsync(index => index % 2 == 0);
            Assert.True(await run.SettleAsync(Guard.Limit, CancellationToken.None));
        }

        var result = await run.EndAsync(Guard.Limit);
        Assert.Empty(result.Failures);
        Assert.Equal((3 * 12, 3 * 12), (result.Reconnections, result.Reconnect.Summarize().Count));
        Assert.InRange(result.Checks.Losses, 1, 1_000);
    }

    [Fact]
    public async Task In_a_storm_everybody_is_cut_once_while_updates_go_on()
    {
        await using var hub = new FakeHub();
        var result = await FakeRun.RunAsync(
            hub, new Traffic { AgentUpdatesPerSecond = 200, StormAfter = TimeSpan.FromMilliseconds(100), Duration = TimeSpan.FromSeconds(1) });
        Assert.Empty(result.Failures);
        Assert.Equal(FakeRun.Peers, result.Reconnections);
        Assert.InRange(result.Updates, 20, 201);
    }

    [Fact]
    public async Task A_client_whose_resume_token_is_not_honoured_is_a_failure_and_is_told_of_as_another()
    {
        await using var hub = new FakeHub { ForgetsClients = true };
        await using var run = Start(hub);
        Assert.True(await run.ConnectAsync(Guard.Limit, CancellationToken.None));
        await run.DropAsync(index => index >= 20);
        Assert.True(await run.SettleAsync(Guard.Limit, CancellationToken.None));

        var result = await run.EndAsync(Guard.Limit);
        Assert.Equal((4, 4, 4), (result.Reconnections, result.FailureCount, result.FailureCounts["renamed"]));
        Assert.Contains("did not honour its resume token and gave it the id", result.Failures[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_answers_nothing_leaves_everybody_offline()
    {
        await using var hub = new FakeHub { IsMute = true };
        await using var run = Start(hub, static options => options with { DialTimeout = TimeSpan.FromMilliseconds(200) });
        Assert.False(await run.ConnectAsync(TimeSpan.FromSeconds(3), CancellationToken.None));

        var result = await run.EndAsync(Guard.Limit);
        Assert.Equal((0, 24, 24), (result.BytesRead, result.FailedPeers, (int)result.FailureCounts["offline"]));
        Assert.Contains($"it has no connection: {hub.Address} did not answer the dial within 0.2 s", result.Failures.Select(failure => failure.Text));
    }

    [Fact]
    public async Task Advice_to_come_later_is_followed_and_a_refusal_is_final()
    {
        await using var hub = new FakeHub
        {
            Answer = static number => number switch
            {
                < 10 => "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\r\n",
                20 => "HTTP/1.1 401 Unauthorized\r\n\r\n{\"status\":\"unauthorized\"}",
                _ => null,
            },
        };
        await using var run = Start(hub);
        Assert.False(await run.ConnectAsync(Guard.Limit, CancellationToken.None));

        var result = await run.EndAsync(Guard.Limit);
        Assert.Equal((10, 23, 1), (result.PutOff, result.Connections, result.FailedPeers));
        Assert.Contains("answered HTTP 401 to the dial. {\"status\":\"unauthorized\"} It may want tokens.", result.Failures.Single(failure => failure.Kind == "dial").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_refused_by_one_hub_goes_to_the_next()
    {
        await using var hub = new FakeHub();
        await using var run = Start(hub, options => options with { Hubs = [new IPEndPoint(IPAddress.Loopback, LoopbackPort.Next()), hub.Address] });
        Assert.True(await run.ConnectAsync(Guard.Limit, CancellationToken.None));
        Assert.True(await run.SettleAsync(Guard.Limit, CancellationToken.None));
    }

    [Fact]
    public async Task Those_of_a_hub_that_is_gone_spread_over_all_others()
    {
        await using var one = new FakeHub();
        await using var other = new FakeHub();
        await using var run = Start(one, options => options with
        {
            Hubs = [new IPEndPoint(IPAddress.Loopback, LoopbackPort.Next()), one.Address, other.Address],
            Agents = 120,
        });
        Assert.True(await run.ConnectAsync(Guard.Limit, CancellationToken.None));
        Assert.All([one, other], static hub => Assert.InRange(hub.Dials.Count, 42, 82)); // 41 or 42 of 124 are theirs, of the 42 others some go to each
    }

    [Fact]
    public async Task Who_is_put_off_by_a_hub_that_is_full_finds_room_at_another()
    {
        await using var full = new FakeHub { Answer = static number => number < 6 ? null : "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\r\n" };
        await using var hub = new FakeHub();
        await using var run = Start(hub, options => options with { Hubs = [full.Address, hub.Address] });
        Assert.True(await run.ConnectAsync(Guard.Limit, CancellationToken.None));
        Assert.Equal(18, hub.Dials.Count);
    }

    [Fact]
    public async Task A_dial_carries_its_trace_its_token_and_its_source()
    {
        await using var hub = new FakeHub();
        await using var run = Start(hub, static options => options with
        {
            PropagatesTrace = true,
            Tokens = new Dictionary<string, string> { ["agent 3"] = "secret" },
            Sources = [IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3")],
        });
        Assert.True(await run.ConnectAsync(Guard.Limit, CancellationToken.None));

        Assert.All(hub.Dials, dial => Assert.Matches(@"\r\ntraceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-01\r\n", dial));
        Assert.Equal(24, hub.Dials.Select(dial => dial[dial.IndexOf("traceparent", StringComparison.Ordinal)..]).Distinct().Count());
        Assert.Equal((12, 12), (hub.Sources.Count(source => source.ToString() == "127.0.0.2"), hub.Sources.Count(source => source.ToString() == "127.0.0.3")));
        Assert.Single(hub.Dials, dial => dial.Contains("\r\nAuthorization: Bearer secret\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Addresses_are_spread_over_each_hub()
    {
        await using var one = new FakeHub();
        await using var other = new FakeHub();
        await using var run = Start(one, options => options with
        {
            Hubs = [one.Address, other.Address],
            Sources = [IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3")],
        });
        Assert.True(await run.ConnectAsync(Guard.Limit, CancellationToken.None));

        Assert.Equal((6, 6), (one.Sources.Count(source => source.ToString() == "127.0.0.2"), other.Sources.Count(source => source.ToString() == "127.0.0.2")));
    }

    [Fact]
    public async Task A_closed_loop_goes_on_when_updates_are_lost_and_ends_when_nothing_moves()
    {
        await using var hub = new FakeHub();
        await using var run = Start(hub, static options => options with { LostAfter = TimeSpan.FromMilliseconds(300), DialTimeout = TimeSpan.FromSeconds(1) });
        Assert.True(await run.ConnectAsync(Guard.Limit, CancellationToken.None));
        Assert.True(await run.SettleAsync(Guard.Limit, CancellationToken.None));
        hub.Forward = static _ => 0;

        var stall = await Assert.ThrowsAsync<TrafficStalledException>(
            () => run.TrafficAsync(new Traffic { InFlight = 1, Updates = 1_000 }, CancellationToken.None).WaitAsync(Guard.Limit));
        Assert.InRange(stall.Sent, 2, 20); // each agent once at most
        Assert.Equal(1_000, stall.Wanted);
        var result = await run.EndAsync(Guard.Limit);
        Assert.InRange(result.FailureCounts[nameof(Breach.Lost)], 1, stall.Sent);
    }

    [Fact]
    public async Task Updates_that_are_under_way_at_the_end_are_no_loss()
    {
        await using var hub = new FakeHub();
        var result = await RunAsync(
            hub, new Traffic { InFlight = 5, Updates = 1 }, _ => hub.Forward = static _ => 0, TimeSpan.FromMilliseconds(1), static options => options with { LostAfter = TimeSpan.FromMinutes(1) });

        Assert.Empty(result.Failures);
        Assert.Equal(1, result.Unsettled);
    }

    [Fact]
    public async Task Nobody_waits_to_settle_for_who_was_refused()
    {
        await using var hub = new FakeHub { Answer = static number => number == 3 ? "HTTP/1.1 401 Unauthorized\r\n\r\n" : null };
        await using var run = Start(hub);
        Assert.False(await run.SettleAsync(TimeSpan.MaxValue, CancellationToken.None).WaitAsync(Guard.Limit));
        Assert.False(await run.ConnectAsync(TimeSpan.MaxValue, CancellationToken.None).WaitAsync(Guard.Limit));
    }

    [Fact]
    public async Task A_defect_of_the_loop_is_told_to_who_waits_and_to_who_asks_later()
    {
        await using var hub = new FakeHub();
        var time = new BreakableTime();
        await using var run = Start(hub, time: time);
        Assert.True(await run.SettleAsync(Guard.Limit, CancellationToken.None));
        var traffic = run.TrafficAsync(new Traffic(), CancellationToken.None);
        var settling = run.QuietAsync(TimeSpan.FromMinutes(5), CancellationToken.None);
        time.Break();

        foreach (var task in (Task[])[traffic, settling, run.Ended])
            Assert.Equal("the clock broke", (await Assert.ThrowsAsync<InvalidOperationException>(() => task.WaitAsync(Guard.Limit))).Message);
        Assert.Equal("the clock broke", (await Assert.ThrowsAsync<InvalidOperationException>(() => run.EndAsync(Guard.Limit).WaitAsync(Guard.Limit))).Message);
        Assert.Equal((24, 24), (run.Progress.Peers, run.Progress.Connections)); // what it did is known
    }

    [Fact]
    public async Task Traffic_that_is_interrupted_says_so_and_the_result_is_still_there()
    {
        await using var hub = new FakeHub();
        await using var run = Start(hub);
        Assert.True(await run.ConnectAsync(Guard.Limit, CancellationToken.None));
        using var interrupt = new CancellationTokenSource();
        var traffic = run.TrafficAsync(new Traffic { InFlight = 1 }, interrupt.Token);
        await interrupt.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => traffic.WaitAsync(Guard.Limit));
        Assert.Equal(24, (await run.ResultAsync()).Connections);
    }
}
