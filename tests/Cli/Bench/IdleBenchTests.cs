using System.Text.Json;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Cli.Tests;

public sealed class IdleBenchTests
{
    [Fact]
    public async Task Connections_are_opened_and_held()
    {
        await using var cluster = new FakeCluster();
        var report = (await CommandLine.RunAsync(cluster.Arguments("bench", "idle", "--connections", "50", "--duration", "300ms", "--partitions", "3", "-o", "json"))).Expect(0).Json;
        Assert.Equal(50, report.GetProperty("opened").GetInt32());
        Assert.Equal(50, report.GetProperty("held").GetInt32());
        Assert.InRange(report.GetProperty("polls").GetInt64(), 50, long.MaxValue);
        Assert.InRange(report.GetProperty("seconds").GetDouble(), 0.3, 60);
        Assert.InRange(cluster.Broker.Accepted, 51, 53);
        var polls = cluster.Broker.Requests.OfType<FetchRequest>().ToList();
        Assert.Equal([0, 1, 2], polls.Select(poll => poll.Topics[0].Partitions[0].Partition).Distinct().Order());
        Assert.All(polls, poll => Assert.InRange(poll.MaxWaitMs, 1, 300));
    }

    [Fact]
    public async Task Each_connection_waits_for_as_many_partitions_as_it_has_polls()
    {
        await using var cluster = new FakeCluster();
        var report = (await CommandLine.RunAsync(cluster.Arguments(
            "bench", "idle", "--connections", "3", "--outstanding", "4", "--duration", "200ms", "--partitions", "12", "-o", "json"))).Expect(0).Json;
        Assert.Equal((4, 12), (report.GetProperty("outstanding").GetInt32(), report.GetProperty("partitions").GetInt32()));
        var polls = cluster.Broker.Requests.OfType<FetchRequest>().ToList();
        Assert.Equal(Enumerable.Range(0, 12), polls.Select(poll => poll.Topics[0].Partitions[0].Partition).Distinct().Order());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("producer").ValueKind);
        Assert.DoesNotContain(cluster.Broker.Requests, request => request is ProduceRequest);
    }

    [Theory]
    [InlineData("--batch", "10", 0)]
    [InlineData("--min-throughput", "1", 0)]
    [InlineData("--min-throughput", "1e12", 1)]
    public async Task A_producer_works_beside_them_when_anything_is_said_about_messages(string option, string value, int exitCode)
    {
        await using var cluster = new FakeCluster();
        var run = (await CommandLine.RunAsync(cluster.Arguments("bench", "idle", "--connections", "2", "--duration", "200ms", "-t", "quiet", option, value, "-o", "json"))).Expect(exitCode);
        var producer = run.Json.GetProperty("producer");
        Assert.Equal("quiet-active", producer.GetProperty("topic").GetString());
        Assert.InRange(producer.GetProperty("messages").GetInt64(), 1, long.MaxValue);
        Assert.Equal(exitCode == 0, run.Json.GetProperty("passed").GetBoolean());
        Assert.Equal(2, run.Json.GetProperty("held").GetInt32());
        if (exitCode != 0) Assert.Contains("less than the 1,000,000,000,000 that --min-throughput asks for", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_broker_s_cost_is_not_known_and_no_failure()
    {
        await using var cluster = new FakeCluster();
        await using var http = new FakeHttp(404, "");
        var run = (await CommandLine.RunAsync(cluster.Arguments("bench", "idle", "--connections", "1", "--duration", "50ms", "--http", http.Address, "-o", "json"))).Expect(0);
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("server").ValueKind);
        Assert.Contains($"What it costs the broker is not known: http://{http.Address} is no silo.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_that_break_are_a_failure()
    {
        await using var cluster = new FakeCluster();
        cluster.AddTopic("bench");
        var polls = 0;
        cluster.Broker.Answer<FetchRequest>(ApiKey.Fetch, 4, 12, _ =>
            Interlocked.Increment(ref polls) <= 4 ? null : new FetchResponse { Responses = [new() { Topic = "bench", Partitions = [new()] }] });
        var run = (await CommandLine.RunAsync(cluster.Arguments("bench", "idle", "--connections", "10", "--duration", "50ms", "-o", "json"))).Expect(1);
        Assert.Equal(6, run.Json.GetProperty("held").GetInt32());
        Assert.Equal(4, run.Json.GetProperty("errors").GetProperty("ClosedByBroker").GetInt64());
        Assert.Contains("Connections were not opened or held (4 x ClosedByBroker)", run.Error, StringComparison.Ordinal);
    }
}
