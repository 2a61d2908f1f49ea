using System.Text;
using Actors.AgentLoad.Checks;
using Actors.AgentLoad.Running;
using static Actors.AgentLoad.Tests.Running.FakeRun;

namespace Actors.AgentLoad.Tests.Running;

/// <summary>What a run measures and counts beside the updates themselves.</summary>
public sealed class LoadMeasuresTests
{
    [Fact]
    public async Task Connecting_counts_what_is_put_off_and_the_dial_does_not()
    {
        await using var hub = new FakeHub { Answer = static number => number < 10 ? "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\n\r\n" : null };
        await using var run = await SettleAsync(hub);

        var result = await run.EndAsync(Guard.Limit);
        var (connect, dial) = (result.Connect.Summarize(), result.Dial.Summarize());
        Assert.Equal((10, 24, 24), (result.PutOff, connect.Count, dial.Count));
        Assert.True(connect.Max > dial.Max + 100, $"connect {connect}, dial {dial}"); // the longest of ten waits of up to 2 s, from a fixed seed
    }

    [Fact]
    public async Task Connecting_counts_the_wait_for_others_dials()
    {
        await using var hub = new FakeHub();
        await using var run = await SettleAsync(hub, static options => options with { MaxDials = 1, DialsPerSecond = 1e9 });

        var result = await run.EndAsync(Guard.Limit);
        // Whoever came last waited for all dials before its own.
        Assert.True(result.Connect.MaxNanoseconds > 3 * result.Dial.Summarize().P50 * 1e6, $"{result.Connect.Summarize()} {result.Dial.Summarize()}");
        Assert.True(result.Connect.MaxNanoseconds > result.Dial.MaxNanoseconds);
    }

    [Fact]
    public async Task Whoever_is_ready_says_so_from_the_first_record_on_and_only_the_opener_is_told()
    {
        await using var hub = new FakeHub();
        var result = await RunAsync(
            hub, new Traffic { ClientUpdatesPerSecond = 1e6, Updates = 40 }, change: static options => options with { AgentsGetReady = true },
            beforeTraffic: _ => hub.Beside = (_, subject) => Ready(subject));

        Assert.InRange(result.Checks.ReadiesSaid, 21, 20 + (40 * 5));
        Assert.Equal((200, 200), (result.FailureCount, result.FailureCounts[nameof(Breach.NotOpener)])); // each agent is told beside each update
        Assert.Contains("it has not opened the tunnel between the two", result.Failures[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readiness_that_no_agent_has_said_is_invented()
    {
        await using var hub = new FakeHub();
        var result = await RunAsync(hub, new Traffic { InFlight = 5, Updates = 30 }, _ => hub.Beside = (_, subject) => Ready(subject));

        Assert.Equal((0, 30), (result.Checks.ReadiesSaid, result.FailureCounts[nameof(Breach.Invented)]));
    }

    [Fact]
    public async Task A_connection_that_reads_less_than_its_records_is_named()
    {
        await using var hub = new FakeHub { TellsKeysOnly = true };
        await using var run = await SettleAsync(hub, static options => options with { MaxFailures = 2 });

        var result = await run.EndAsync(Guard.Limit);
        Assert.Equal((24, 24L, 2), (result.ShortConnections, result.FailureCounts["unread"], result.Failures.Count));
        Assert.InRange(result.MostMissingBytes, 200, result.BytesExpected);
        Assert.Matches(@"^agent 0 \([0-9a-f-]{36}\)$", result.Failures[0].Peer);
        Assert.Matches(@"^on its connection with 127\.0\.0\.1:\d+ it read \d+ bytes, less than the \d+ of the records", result.Failures[0].Text);
    }

    [Fact]
    public async Task A_connection_whose_last_byte_is_too_old_is_named()
    {
        await using var hub = new FakeHub { PingMs = 1 };
        await using var run = await SettleAsync(hub, static options => options with { LostAfter = TimeSpan.FromMilliseconds(500) });
        Assert.True(await run.QuietAsync(TimeSpan.FromMilliseconds(800), CancellationToken.None));

        var result = await run.EndAsync(Guard.Limit);
        Assert.Equal((24, 24), (result.FailureCounts["quiet"], result.LastByteAge.Summarize().Count));
        Assert.InRange(result.LastByteAge.Summarize().P50, 780, 60_000);
        Assert.Matches(@"the last byte from 127\.0\.0\.1:\d+ is [\d,]+ ms old, though it is to ping each 1 ms", result.Failures[0].Text);
    }

    [Fact]
    public async Task Nothing_comes_after_all_is_settled()
    {
        await using var hub = new FakeHub();
        await using var run = await SettleAsync(hub);
        Assert.True(await run.QuietAsync(TimeSpan.FromMilliseconds(1), CancellationToken.None));
        var quiet = run.QuietAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
        await run.ResultAsync(); // it has begun
        await hub.RepeatAllAsync();

        Assert.False(await quiet.WaitAsync(Guard.Limit));
        var result = await run.EndAsync(Guard.Limit);
        Assert.Equal((40, 40), (result.FailureCount, result.FailureCounts[nameof(Breach.Duplicated)]));
    }

    [Fact]
    public async Task News_of_who_a_peer_was_before_come_too_late_when_all_is_settled()
    {
        await using var hub = new FakeHub { ForgetsClients = true };
        await using var run = await SettleAsync(hub);
        var former = hub.Clients.First();
        await run.DropAsync(static index => index >= FakeRun.Agents);
        Assert.True(await run.SettleAsync(Guard.Limit, CancellationToken.None));
        var quiet = run.QuietAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
        await run.ResultAsync(); // it has begun
        await hub.SendAllAsync($"{{\"peerUpdates\":[{{\"id\":\"{former:D}\",\"kind\":\"LOST\"}}]}}");

        Assert.False(await quiet.WaitAsync(Guard.Limit));
        Assert.Equal(24, (await run.EndAsync(Guard.Limit)).FailureCounts["unquiet"]);
    }

    [Fact]
    public async Task Who_comes_back_in_the_quiet_time_has_to_be_told()
    {
        await using var hub = new FakeHub();
        await using var run = await SettleAsync(hub);
        var quiet = run.QuietAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
        await run.ResultAsync(); // it has begun
        await run.DropAsync(static index => index % 2 == 0);

        Assert.True(await quiet.WaitAsync(Guard.Limit));
        var result = await run.EndAsync(Guard.Limit);
        Assert.Equal((0, 12), (result.FailureCount, result.Reconnections));
    }

    [Fact]
    public async Task A_load_that_cannot_send_what_is_due_says_so()
    {
        await using var hub = new FakeHub();
        await using var run = await SettleAsync(hub);
        await run.TrafficAsync(new Traffic { AgentUpdatesPerSecond = 1e8, Duration = TimeSpan.FromMilliseconds(200) }, CancellationToken.None).WaitAsync(Guard.Limit);

        var result = await run.EndAsync(TimeSpan.Zero);
        Assert.InRange(result.DueUpdates, 10_000_000, 100_000_000_000); // the time ends a little before or after what was asked
        Assert.InRange(result.PacedUpdates, 1, result.DueUpdates / 2);
        Assert.Contains(GeneratorLimits.Find(result, TimeSpan.MaxValue), limit => limit.Contains("updates that were due by the clock", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_warms_a_hub_up_is_sent_and_not_measured()
    {
        var twenty = new Traffic { AgentUpdatesPerSecond = 1_000, Updates = 20 };
        await using var hub = new FakeHub();
        await using var run = await SettleAsync(hub);
        await run.TrafficAsync(twenty with { IsWarmUp = true }, CancellationToken.None).WaitAsync(Guard.Limit);
        var warm = await run.ResultAsync();
        Assert.Equal((20, 0, 0, 0.0, 0.0), (warm.Updates, warm.DueUpdates, warm.PacedUpdates, warm.TrafficMs, warm.BusyShare));

        await run.TrafficAsync(twenty, CancellationToken.None).WaitAsync(Guard.Limit);
        var result = await run.EndAsync(Guard.Limit);
        Assert.Equal((40, 20, 20), (result.Updates, result.PacedUpdates, result.Lateness.Summarize().Count));
        Assert.InRange(result.DueUpdates, 19, 60_000);
    }

    private static byte[] Ready(Guid subject) => Encoding.ASCII.GetBytes("{\"peerUpdates\":[{\"id\":\"" + subject.ToString("D") + "\",\"kind\":\"READY_FOR_HANDSHAKE\"}]}");
}
