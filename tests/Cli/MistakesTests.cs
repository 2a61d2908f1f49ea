using Actors.Harness;

namespace Actors.Cli.Tests;

public sealed class MistakesTests
{
    [Theory]
    [InlineData("", "Looks after a cluster of silos")]
    [InlineData("topics", "Usage:\n  actors topics [command] [options]")]
    [InlineData("nonsense", "'nonsense' is no command of 'actors'; there are topics, agents, policies, volumes, links, pools, bench, nodes, status.\n'actors --help' shows what it takes.")]
    [InlineData("topics remove x", "'remove' is no command of 'actors topics'; there are list, create, describe, delete.")]
    [InlineData("topics list --sort", "Unrecognized command or argument '--sort'.\n'actors topics list --help' shows what it takes.")]
    [InlineData("topics create", "'actors topics create --help'")]
    [InlineData("topics list --bootstrap host:0", "'host:0' is no address; write host:port, such as 127.0.0.1:9092.")]
    [InlineData("status --http a:b:c:", "'a:b:c:' is no address; write host:port, such as 127.0.0.1:8080.")]
    [InlineData("status --output yaml", "'yaml' is no --output; write table or json.")]
    [InlineData("topics create t --partitions 0", "--partitions is 0; it must be at least 1.")]
    [InlineData("topics create t --partitions many", "--partitions is 'many', which is no number that fits here.")]
    [InlineData("topics create t --config retention.ms", "'retention.ms' is no config; write name=value")]
    [InlineData("bench produce --duration fast", "'fast' is no duration")]
    [InlineData("bench produce --acks 2", "'2' is no --acks; write all, 0, 1 or -1.")]
    [InlineData("bench produce --outstanding 0 --batch -1", "--outstanding is 0; it must be at least 1.\n--batch is -1; it must be at least 1.")]
    [InlineData("bench idle --min-throughput fast", "--min-throughput is 'fast', which is no number that fits here.")]
    [InlineData("bench produce --size 1000000 --batch 1000", "the most that a request may have")]
    public async Task A_mistake_is_told_in_a_sentence_and_is_no_success(string arguments, string expected)
    {
        var run = (await CommandLine.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Expect(2);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Help_and_version_are_successes()
    {
        Assert.Contains("actors topics [command] [options]", (await CommandLine.RunAsync("topics", "--help")).Expect(0).Output, StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+\.\d+", (await CommandLine.RunAsync("--version")).Expect(0).Output);
    }

    [Fact]
    public async Task The_help_of_every_command_is_words()
    {
        var commands = new Queue<string[]>([[]]);
        var leaves = 0;
        while (commands.TryDequeue(out var command))
        {
            var help = (await CommandLine.RunAsync([.. command, "--help"])).Expect(0).Output;
            Assert.DoesNotContain(" { ", help, StringComparison.Ordinal); // an object of the program
            var names = help.Split("Commands:\n") is [_, var list] ? list.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];
            leaves += names.Length == 0 ? 1 : 0;
            foreach (var name in names) commands.Enqueue([.. command, name.Trim().Split(' ')[0]]);
        }

        Assert.True(leaves > 30, $"{leaves} commands");
    }

    [Fact]
    public async Task Nobody_listening_is_told_with_what_to_do()
    {
        var address = $"127.0.0.1:{LoopbackPort.Next()}";
        var run = (await CommandLine.RunAsync("topics", "list", "--bootstrap", address)).Expect(1);
        Assert.StartsWith($"{address} cannot be reached. ", run.Error, StringComparison.Ordinal);
        Assert.Contains("Start a silo (scripts/run", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_address_is_tried()
    {
        await using var cluster = new FakeCluster();
        var dead = $"127.0.0.1:{LoopbackPort.Next()}";
        (await CommandLine.RunAsync("topics", "list", "--bootstrap", $"{dead},{cluster.Broker.Address}")).Expect(0);
    }

    [Fact]
    public async Task A_broker_that_closes_is_told()
    {
        await using var broker = new FakeBroker();
        broker.Answer<Kafka.Messages.MetadataRequest>(Kafka.ApiKey.Metadata, 0, 12, _ => null);
        var run = (await CommandLine.RunAsync("topics", "list", "--bootstrap", broker.Address)).Expect(1);
        Assert.Contains("closed the connection", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_without_the_api_is_told()
    {
        await using var broker = new FakeBroker();
        var run = (await CommandLine.RunAsync("topics", "create", "a", "--bootstrap", broker.Address)).Expect(1);
        Assert.Contains("no version of the request in common", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interruption_is_no_success()
    {
        await using var broker = new FakeBroker();
        using var interrupt = new CancellationTokenSource();
        var never = new TaskCompletionSource<Kafka.IKafkaResponse?>();
        broker.Answer<Kafka.Messages.MetadataRequest>(Kafka.ApiKey.Metadata, 0, 12, (_, _) =>
        {
            interrupt.Cancel();
            return never.Task;
        });
        var run = (await CommandLine.RunAsync(interrupt.Token, "topics", "list", "--bootstrap", broker.Address)).Expect(130);
        Assert.Equal("Interrupted.", run.Error.Trim());
        never.SetResult(null);
    }

    [Theory]
    [InlineData("localhost", "localhost:9092")]
    [InlineData("localhost:1", "localhost:1")]
    [InlineData("10.0.0.1:65535", "10.0.0.1:65535")]
    [InlineData("[::1]:99", "[::1]:99")]
    [InlineData("::1", "[::1]:9092")]
    [InlineData("[::1]", "[::1]:9092")]
    [InlineData("silo-1.silos.default.svc:9092", "silo-1.silos.default.svc:9092")]
    [InlineData("", null)]
    [InlineData(":1", null)]
    [InlineData("a:", null)]
    [InlineData("a:0", null)]
    [InlineData("a:65536", null)]
    [InlineData("a:+1", null)]
    [InlineData("a b:1", null)]
    [InlineData("http://a:1", null)]
    public void Addresses(string text, string? expected)
        => Assert.Equal(expected, HostPort.TryParse(text, 9092, out var address) ? address.ToString() : null);

    [Theory]
    [InlineData("10", 10_000)]
    [InlineData("1.5", 1_500)]
    [InlineData("10s", 10_000)]
    [InlineData("250ms", 250)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("ms", null)]
    [InlineData("1 s", null)]
    [InlineData("1e3", null)]
    [InlineData("99999999999", null)]
    public void Lengths_of_time(string text, int? expectedMs)
        => Assert.Equal(expectedMs, Durations.TryParse(text, out var duration) ? (int)duration.TotalMilliseconds : null);
}
