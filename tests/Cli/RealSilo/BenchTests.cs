using System.Text.Json;
using Actors.Harness;

namespace Actors.Cli.Tests.RealSilo;

public sealed class BenchTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private const string ProduceMembers =
        "topic partitions connections outstanding size batch acks seconds messages messagesPerSecond megabytesPerSecond latencyMs errors minThroughput passed";

    [Fact]
    public async Task What_is_produced_is_fetched()
    {
        var produced = (await RunAsync(
            "bench", "produce", "-t", "there-and-back", "--partitions", "4", "--outstanding", "8", "--size", "100", "--batch", "10",
            "--acks", "all", "--messages", "20000", "--min-throughput", "1", "-o", "json")).Expect(0).Json;
        JsonShape.AssertMembers(produced, ProduceMembers);
        JsonShape.AssertMembers(produced.GetProperty("latencyMs"), "p50 p99 max");
        Assert.Equal((4, 8, 100, 10), (Int(produced, "partitions"), Int(produced, "outstanding"), Int(produced, "size"), Int(produced, "batch")));
        Assert.Equal((20_000, "all", true), (Int(produced, "messages"), produced.GetProperty("acks").GetString(), produced.GetProperty("passed").GetBoolean()));
        Assert.Empty(produced.GetProperty("errors").EnumerateObject());

        var fetched = (await RunAsync("bench", "fetch", "-t", "there-and-back", "--min-throughput", "1", "-o", "json")).Expect(0).Json;
        JsonShape.AssertMembers(
            fetched, "topic partitions connections outstanding seconds messages missing rounds messagesPerSecond megabytesPerSecond latencyMs minThroughput passed");
        Assert.Equal((4, 20_000, 0, 1), (Int(fetched, "partitions"), Int(fetched, "messages"), Int(fetched, "missing"), Int(fetched, "rounds")));

        var ends = (await RunAsync("topics", "describe", "there-and-back", "-o", "json")).Expect(0).Json.GetProperty("topics")[0].GetProperty("partitions");
        Assert.Equal(20_000, ends.EnumerateArray().Sum(partition => Int(partition, "endOffset")));
    }

    [Theory]
    [InlineData("produce", "--acks 0 --messages 1000")]
    [InlineData("produce", "--acks 1 --messages 1000 --connections 3")]
    [InlineData("fetch", "--messages 1000 --size 0")]
    public async Task Tables_have_throughput_and_latency(string bench, string options)
    {
        var lines = (await RunAsync(["bench", bench, "-t", $"table-{bench}", .. options.Split(' ')])).Expect(0).Lines;
        Assert.StartsWith($"topic       table-{bench}, 1 partition", lines[0], StringComparison.Ordinal);
        Assert.Matches(@"^throughput  [\d,]+ msg/s, [\d.,]+ MB/s$", lines.Single(line => line.StartsWith("throughput", StringComparison.Ordinal)));
        Assert.Matches(@"^latency     p50 [\d.]+ ms, p99 [\d.]+ ms, max [\d.]+ ms$", lines.Single(line => line.StartsWith("latency", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("produce", "--duration 200ms")]
    [InlineData("fetch", "--messages 100")]
    [InlineData("idle", "--connections 2 --duration 200ms")]
    public async Task Too_little_throughput_is_exit_code_1_and_still_a_report(string bench, string options)
    {
        var run = (await RunAsync(["bench", bench, "-t", $"slow-{bench}", "--min-throughput", "1e12", "-o", "json", .. options.Split(' ')])).Expect(1);
        Assert.False(run.Json.GetProperty("passed").GetBoolean());
        Assert.Equal(1e12, run.Json.GetProperty("minThroughput").GetDouble());
        Assert.Contains("less than the 1,000,000,000,000 that --min-throughput asks for.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Idle_connections_and_partitions_cost_what_the_silo_says()
    {
        var report = (await RunAsync(
            "bench", "idle", "-t", "quiet", "--connections", "50", "--partitions", "100", "--outstanding", "2", "--duration", "1s",
            "--size", "64", "--batch", "2", "--acks", "all", "--min-throughput", "1", "-o", "json")).Expect(0).Json;
        JsonShape.AssertMembers(
            report, "topic partitions connections outstanding opened held seconds polls connectMs server producer errors minThroughput passed");
        Assert.Equal((100, 50, 50, 50), (Int(report, "partitions"), Int(report, "connections"), Int(report, "opened"), Int(report, "held")));
        Assert.InRange(Int(report, "polls"), 100, int.MaxValue);
        JsonShape.AssertMembers(report.GetProperty("server"), "http cpuPercent residentMegabytes");
        Assert.Equal($"127.0.0.1:{fixture.Silo.Options.HttpPort}", report.GetProperty("server").GetProperty("http").GetString());
        Assert.InRange(report.GetProperty("server").GetProperty("cpuPercent").GetDouble(), 0.01, 100 * Environment.ProcessorCount);
        Assert.InRange(report.GetProperty("server").GetProperty("residentMegabytes").GetDouble(), 20, 2_000);
        JsonShape.AssertMembers(report.GetProperty("producer"), ProduceMembers);
        Assert.Equal(("quiet-active", 64, 2), (report.GetProperty("producer").GetProperty("topic").GetString(), Int(report.GetProperty("producer"), "size"), Int(report.GetProperty("producer"), "batch")));

        var lines = (await RunAsync("bench", "idle", "-t", "quiet", "--connections", "5", "--duration", "200ms")).Expect(0).Lines;
        Assert.Matches(@"^connections  5 of 5 held for [\d.]+ s, 1 long poll each$", lines[1]);
        Assert.Matches(@"^server       [\d.]+ % of a core, \d+ MB$", lines.Single(line => line.StartsWith("server", StringComparison.Ordinal)));
        Assert.Contains("producer     none", lines);
    }

    [Fact]
    public async Task Too_few_partitions_are_told()
    {
        (await RunAsync("topics", "create", "narrow", "--partitions", "2")).Expect(0);
        var run = (await RunAsync("bench", "produce", "-t", "narrow", "--partitions", "3")).Expect(1);
        Assert.Contains("Topic 'narrow' has 2 partitions, not 3: name another topic with --topic", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_now_and_then_shows_how_it_goes_and_Ctrl_C_ends_it()
    {
        var run = await CliProcess.RunAsync(
            fixture.Silo, " %, ", process => Signals.Send(process.Id, Signals.Interrupt), "bench", "produce", "-t", "interrupted", "--duration", "60s");
        Assert.Equal(ActorsProgram.Interrupted, run.ExitCode);
        Assert.Matches(@"^(Producing to interrupted: \d+ %, [\d,]+ msg/s\n)+Interrupted\.$", run.Error);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task A_terminal_shows_a_bar_and_then_the_table()
    {
        var command = string.Join(' ', CliProcess.Arguments(fixture.Silo, "bench", "produce", "-t", "seen", "--duration", "1s"));
        var seen = (await ForeignProgram.RunAsync("script", ["-qec", $"dotnet {command}", "/dev/null"], "", TimeSpan.FromSeconds(60))).OutputOfSuccess();
        Assert.Contains("Producing to seen", seen, StringComparison.Ordinal);
        Assert.Contains("━━━", seen, StringComparison.Ordinal);
        Assert.Matches(@"\d+%", seen);
        Assert.Contains("\u001b[?25h", seen[seen.LastIndexOf("\u001b[?25l", StringComparison.Ordinal)..], StringComparison.Ordinal); // the cursor is back
        Assert.Matches(@"throughput  [\d,]+ msg/s", seen);
    }

    [Fact]
    public async Task A_silo_that_dies_is_told()
    {
        using var folder = new TemporaryDirectory();
        await using var silo = await SiloProcess.StartAsync(new(folder.FullName));
        var run = await CliProcess.RunAsync(silo, " %, ", _ => silo.Signal(Signals.Kill), "bench", "produce", "--duration", "60s");
        Assert.Equal(ActorsProgram.Failed, run.ExitCode);
        Assert.Contains($"{silo.Bootstrap} ", run.Error, StringComparison.Ordinal);
        Assert.Contains("It stopped, or refused what was asked", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    private static int Int(JsonElement value, string name) => value.GetProperty(name).GetInt32();

    private Task<CliRun> RunAsync(params string[] command) => CliProcess.RunAsync(fixture.Silo, command);
}
