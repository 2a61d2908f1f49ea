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
