using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Actors.AgentLoad.Running;
using Actors.Cli.Tests.RealSilo;
using Actors.Harness;

namespace Actors.Cli.Tests.Agents;

public sealed class ScaleTestTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private string Hub => $"127.0.0.1:{fixture.Silo.Options.HttpPort}";

    [Fact]
    public async Task Two_processes_find_no_fault_with_a_silo_and_both_forms_say_so()
    {
        using var folder = new TemporaryDirectory();
        var file = Path.Combine(folder.FullName, "report.json");
        var run = (await CliProcess.RunAsync(
            fixture.Silo, "agents", "scaletest", "--agents", "200", "--clients", "40", "--processes", "2", "--traffic", "in-flight=20,breaks=5/s,ready",
            "--updates", "2000", "--ramp", "1000", "--trace-propagate", "--json", file, "-o", "json",
            "--data-directory", fixture.Silo.Options.DataDirectory, "--seed", "20261122")).Expect(0);

        Assert.Equal(run.Output, await File.ReadAllTextAsync(file));
        Assert.True(run.Json.GetProperty("passed").GetBoolean());
        Assert.Equal((240, 240, 0, 2, 400), (Int(run.Json, "total"), Int(run.Json, "pass"), Int(run.Json, "fail"), Int(run.Json, "processes"), Int(run.Json, "tunnels")));
        Assert.Equal(2_000, Int(run.Json, "updates"));
        Assert.InRange(Int(run.Json.GetProperty("deliveryMs"), "count"), 1_500, 10_000);
        Assert.InRange(run.Json.GetProperty("deliveryMs").GetProperty("p99").GetDouble(), 0.01, 5_000);
        Assert.Equal(240, Int(run.Json.GetProperty("connectMs"), "count"));
        Assert.InRange(Int(run.Json, "bytesExpected"), 100_000, Int(run.Json, "bytesRead"));
        Assert.InRange(Int(run.Json.GetProperty("reconnectMs"), "count"), 1, 1_000);
        Assert.Equal(240 + Int(run.Json.GetProperty("reconnectMs"), "count"), Int(run.Json.GetProperty("dialMs"), "count"));
        Assert.Equal((0, 0, 240), (Int(run.Json, "unsettled"), Int(run.Json, "shortConnections"), Int(run.Json.GetProperty("lastByteAgeMs"), "count")));
        Assert.InRange(Int(run.Json.GetProperty("checks"), "readiesSaid"), 400, 10_000);
        Assert.InRange(run.Json.GetProperty("busyShare").GetDouble(), 0.0001, 0.9);
        Assert.False(run.Json.GetProperty("loadWasLimit").GetBoolean());
        Assert.Empty(run.Json.GetProperty("failures").EnumerateArray());
        await AssertListedAsync(20_261_122, 200, areListed: false);
    }

    [Fact]
    public async Task An_open_loop_ends_by_its_time_and_is_drawn()
    {
        var run = (await CommandLine.RunAsync(
            "agents", "scaletest", "--hub", Hub, "--agents", "30", "--clients", "3", "--traffic", "updates=500/s,client-updates=10/s", "--duration", "1s",
            "--max-lateness", "10s", "--seed", "20261123", "--keep-agents", "--data-directory", fixture.Silo.Options.DataDirectory)).Expect(0); // other tests have the processors too

        await AssertListedAsync(20_261_123, 30, areListed: true);
        Assert.Equal("result       passed", run.Lines[0]);
        Assert.StartsWith("peers        33 total, 33 pass, 0 fail (30 agents, 3 clients, 30 tunnels)", run.Lines[1], StringComparison.Ordinal);
        Assert.Matches(@"^updates      \d+ sent \(\d+/s\)", run.Lines.Single(line => line.StartsWith("updates", StringComparison.Ordinal)));
        Assert.Matches(@"^delivery     p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms, max [\d.]+ ms$", run.Lines.Single(line => line.StartsWith("delivery", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Ctrl_C_is_no_success_and_there_is_still_a_report()
    {
        using var folder = new TemporaryDirectory();
        var file = Path.Combine(folder.FullName, "report.json");
        IReadOnlyList<int> workers = [];
        var run = await CliProcess.RunAsync(
            fixture.Silo,
            "Traffic: ",
            process =>
            {
                workers = ChildProcesses.Of(process.Id);
                foreach (var id in (IEnumerable<int>)[.. workers, process.Id]) Signals.Send(id, Signals.Interrupt); // as a terminal does
            },
            "agents", "scaletest", "--agents", "40", "--clients", "4", "--processes", "2", "--traffic", "updates=100/s", "--duration", "10m", "--json", file);

        run.Expect(ActorsProgram.Interrupted);
        Assert.Matches(@"It was interrupted after [\d.]+ s, before its end\.", run.Error);
        Assert.DoesNotContain("The load process", run.Error, StringComparison.Ordinal);
        Assert.Equal("result       failed", run.Lines[0]);
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(file)).RootElement;
        Assert.False(report.GetProperty("passed").GetBoolean());
        Assert.Equal((44, 44), (Int(report, "connections"), Int(report, "fail")));
        Assert.InRange(Int(report, "updates"), 1, 100_000);
        Assert.Equal(2, workers.Count);
        Assert.All(workers, static id => Assert.False(ChildProcesses.IsThere(id)));
    }

    [Fact]
    public async Task A_load_process_that_dies_ends_the_test_with_a_report_and_no_other_goes_on()
    {
        using var folder = new TemporaryDirectory();
        var file = Path.Combine(folder.FullName, "report.json");
        IReadOnlyList<int> workers = [];
        var run = await CliProcess.RunAsync(
            fixture.Silo,
            "Traffic: ",
            process =>
            {
                workers = ChildProcesses.Of(process.Id);
                Signals.Send(workers[0], Signals.Kill);
            },
            "agents", "scaletest", "--agents", "40", "--clients", "4", "--processes", "2", "--traffic", "updates=100/s", "--duration", "10m", "--json", file);

        run.Expect(ActorsProgram.Failed);
        Assert.Contains($"The load process {workers[0]} failed: it ended.", run.Error, StringComparison.Ordinal);
        Assert.Equal("result       failed", run.Lines[0]);
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(file)).RootElement;
        Assert.Equal((44, 44), (Int(report, "total"), Int(report, "connections"))); // those of the dead one by its last progress
        Assert.InRange(Int(report, "fail"), 22, 44);
        Assert.InRange(Int(report, "updates"), 1, 100_000);
        Assert.All(workers, static id => Assert.False(ChildProcesses.IsThere(id)));
    }

    [Fact]
    public async Task Ctrl_C_while_tokens_are_issued_is_followed_by_a_report_too()
    {
        using var folder = new TemporaryDirectory();
        await File.WriteAllTextAsync(folder.Path("agents.secret"), "0123456789abcdef\n");
        using var interrupt = new CancellationTokenSource();
        await using var mute = new LoopbackServer(async (socket, stopping) =>
        {
            await socket.ReceiveAsync(new byte[1_000], stopping);
            await interrupt.CancelAsync();
            await new NetworkStream(socket).CopyToAsync(Stream.Null, stopping);
        });
        var run = (await CommandLine.RunAsync(
            interrupt.Token, "agents", "scaletest", "--http", $"127.0.0.1:{mute.Port}", "--issue-tokens", "--data-directory", folder.FullName, "--json", folder.Path("report.json")))
            .Expect(ActorsProgram.Interrupted);

        Assert.Matches(@"It was interrupted after [\d.]+ s, before its end\.", run.Error);
        Assert.Equal("result       failed", run.Lines[0]);
        Assert.Equal(1_100, Int(JsonDocument.Parse(await File.ReadAllTextAsync(folder.Path("report.json"))).RootElement, "fail"));
    }

    [Fact]
    public async Task Tokens_that_are_not_issued_are_followed_by_a_report_too()
    {
        using var folder = new TemporaryDirectory();
        var run = (await CommandLine.RunAsync(
            "agents", "scaletest", "--http", "127.0.0.1:1", "--issue-tokens", "--data-directory", folder.FullName, "-o", "json")).Expect(ActorsProgram.Failed);

        Assert.StartsWith("There is no file ", run.Json.GetProperty("problems")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_says_nothing_fails_everybody_by_name()
    {
        await using var mute = new LoopbackServer(static async (socket, stopping) => await new NetworkStream(socket).CopyToAsync(Stream.Null, stopping));
        var run = (await CommandLine.RunAsync(
            "agents", "scaletest", "--hub", $"127.0.0.1:{mute.Port}", "--agents", "10", "--clients", "1", "--connect-timeout", "1s", "--max-failures", "3", "--duration", "1s")).Expect(1);

        Assert.Equal(3, run.Error.Split('\n').Count(line => line.Contains("it has no connection: it was never dialled", StringComparison.Ordinal) || line.StartsWith("agent ", StringComparison.Ordinal)));
        Assert.Contains("8 more failures are not shown; --max-failures shows more.", run.Error, StringComparison.Ordinal);
        Assert.Contains("Not everybody was connected within 1 s.", run.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was read: no hub said anything.", run.Error, StringComparison.Ordinal);
        Assert.Equal("peers        11 total, 0 pass, 11 fail (10 agents, 1 clients, 10 tunnels)", run.Lines[1]);
    }

    [Fact]
    public async Task A_hub_that_wants_tokens_is_told_of_with_what_to_do()
    {
        await using var shut = new LoopbackServer(static async (socket, stopping) =>
        {
            await socket.ReceiveAsync(new byte[1_000], stopping);
            await socket.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"), stopping);
        });
        var run = (await CommandLine.RunAsync(
            "agents", "scaletest", "--hub", $"127.0.0.1:{shut.Port}", "--agents", "2", "--clients", "1", "--tunnels-per-client", "2", "--duration", "1s")).Expect(1);

        Assert.Matches(@"agent 0 \([0-9a-f-]{36}\): 127\.0\.0\.1:\d+ answered HTTP 401 to the dial\. It may want tokens\.", run.Error);
        Assert.Contains("--issue-tokens has a silo of this machine issue some.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_cannot_be_read_leaves_the_agents_and_is_said()
    {
        using var folder = new TemporaryDirectory();
        var run = (await CommandLine.RunAsync(
            "agents", "scaletest", "--hub", Hub, "--agents", "10", "--clients", "1", "--traffic", "in-flight=5", "--updates", "10", "--seed", "20261124", "--data-directory", folder.FullName)).Expect(0);
        Assert.Contains("The agents of this test stay on the hub's lists", run.Error, StringComparison.Ordinal);
        Assert.Contains(folder.Path("agents.secret"), run.Error, StringComparison.Ordinal);
        await AssertListedAsync(20_261_124, 10, areListed: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silo_issues_tokens_and_has_revoked_them_in_the_end(bool wantsSomeBefore)
    {
        using var folder = new TemporaryDirectory();
        await using var silo = await SiloProcess.StartAsync(new(folder.FullName));
        if (wantsSomeBefore)
            (await CliProcess.RunAsync(silo, "agents", "token", "create", "--reaches-all", "--data-directory", folder.FullName)).Expect(0);
        string[] command = ["agents", "scaletest", "--agents", "40", "--clients", "4", "--processes", "2", "--traffic", "updates=200/s", "--updates", "200", "--ramp", "1000", "--max-lateness", "10s"];
        if (wantsSomeBefore)
            Assert.Contains("answered HTTP 401 to the dial", (await CliProcess.RunAsync(silo, [.. command, "--connect-timeout", "2s"])).Expect(1).Error, StringComparison.Ordinal);
        (await CliProcess.RunAsync(silo, [.. command, "--issue-tokens", "--data-directory", folder.FullName])).Expect(0);

        var listed = (await CliProcess.RunAsync(silo, "agents", "token", "list", "--data-directory", folder.FullName, "-o", "json")).Expect(0).Json.GetProperty("tokens").EnumerateArray().ToList();
        Assert.Equal(41, listed.Count(static token => token.GetProperty("revokedAt").ValueKind == JsonValueKind.String));
        Assert.Equal(wantsSomeBefore ? 42 : 41, listed.Count);
        if (!wantsSomeBefore) // it does from then on
            Assert.Contains("answered HTTP 401 to the dial", (await CliProcess.RunAsync(silo, [.. command, "--connect-timeout", "2s"])).Expect(1).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--agents 0 --traffic up=1 --hub host:0", "--agents is 0; it must be at least 1.", "'up=1' is no --traffic; there are", "'host:0' is no address;")]
    [InlineData("--agents 5 --tunnels-per-client 300", "--tunnels-per-client is 300; a hub opens at most 256.", "300 tunnels per client need as many agents; there are 5.")]
    [InlineData("--agents 1000000 --processes 2", "open files; it is", "(ulimit -n ")]
    [InlineData("--updates 10 --traffic ready", "--updates needs somebody who sends them, and a client")]
    [InlineData("--traffic updates=1/s,storm=60s", "The storm of --traffic comes after the traffic's end")]
    [InlineData("--updates 10 --clients 0", "--updates needs somebody who sends them, and a client")]
    [InlineData("--source-address here", "'here' is no --source-address; write an address of this machine, such as 127.0.0.2.")]
    public async Task All_mistakes_are_told_at_once(string arguments, params string[] sentences)
    {
        var run = (await CommandLine.RunAsync(["agents", "scaletest", .. arguments.Split(' ')])).Expect(2);
        Assert.All(sentences, sentence => Assert.Contains(sentence, run.Error, StringComparison.Ordinal));
        Assert.Empty(run.Output);
    }

    /// <summary>Whether the silo lists the agents of a test; those of other tests may be there too.</summary>
    private async Task AssertListedAsync(ulong seed, int agents, bool areListed)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{Hub}") };
        for (var agent = 0; agent < agents; agent++)
        {
            using var answer = await client.GetAsync(new Uri($"/api/v1/agents/{AgentIds.Of(seed, agent):D}", UriKind.Relative));
            Assert.Equal(areListed ? HttpStatusCode.OK : HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    private static int Int(JsonElement value, string name) => value.GetProperty(name).GetInt32();
}
