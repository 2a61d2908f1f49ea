using Actors.Kafka;
using Actors.Kafka.Messages;
using Actors.Log;

namespace Actors.Cli.Tests;

public sealed class ProduceBenchTests
{
    [Fact]
    public async Task As_many_messages_as_asked_for_arrive_in_every_partition()
    {
        await using var cluster = new FakeCluster();
        var report = (await CommandLine.RunAsync(cluster.Arguments(
            "bench", "produce", "--messages", "1000", "--batch", "10", "--size", "33", "--partitions", "4", "--outstanding", "8", "--connections", "2", "-o", "json"))).Expect(0).Json;
        Assert.Equal(1000, report.GetProperty("messages").GetInt64());
        Assert.Equal("bench", report.GetProperty("topic").GetString());
        Assert.Equal("all", report.GetProperty("acks").GetString());
        Assert.True(report.GetProperty("passed").GetBoolean());
        Assert.True(report.GetProperty("messagesPerSecond").GetDouble() > 0);
        var latency = report.GetProperty("latencyMs");
        Assert.InRange(latency.GetProperty("p99").GetDouble(), latency.GetProperty("p50").GetDouble(), latency.GetProperty("max").GetDouble());
        Assert.InRange(latency.GetProperty("p50").GetDouble(), 0.0001, 60_000);

        var topic = cluster.Topic("bench");
        Assert.Equal([250L, 250L, 250L, 250L], Enumerable.Range(0, 4).Select(topic.End));
        Assert.Equal(BatchError.None, RecordReader.ReadAll(topic.Batches(2)[0], 1_000_000, out var records));
        Assert.Equal(10, records.Count);
        Assert.All(records, record => Assert.Equal(33, record.Value!.Value.Length));
        Assert.All(cluster.Broker.Requests.OfType<ProduceRequest>(), request => Assert.Equal(-1, request.Acks));
    }

    [Fact]
    public async Task The_number_of_requests_in_flight_is_kept()
    {
        await using var cluster = new FakeCluster();
        cluster.AddTopic("bench");
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = 0;
        cluster.Broker.Answer<ProduceRequest>(ApiKey.Produce, 3, 11, async (_, _) =>
        {
            // No answer leaves before 2 x 16 requests have come.
            if (Interlocked.Increment(ref waiting) == 32)
            {
                all.SetResult();
            }

            await all.Task;
            return new ProduceResponse { Responses = [new() { Name = "bench", PartitionResponses = [new()] }] };
        });
        var report = (await CommandLine.RunAsync(cluster.Arguments(
            "bench", "produce", "--messages", "32", "--outstanding", "16", "--connections", "2", "-o", "json"))).Expect(0).Json;
        Assert.Equal(32, report.GetProperty("messages").GetInt64());
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    public async Task Other_acks_work_too(string acks, short sent)
    {
        await using var cluster = new FakeCluster();
        var run = (await CommandLine.RunAsync(cluster.Arguments("bench", "produce", "--messages", "100", "--acks", acks, "-t", "t"))).Expect(0);
        Assert.Contains($"acks {acks}", run.Output, StringComparison.Ordinal);
        Assert.Contains("100 in ", run.Output, StringComparison.Ordinal);
        await WaitUntilAsync(() => cluster.Broker.Requests.OfType<ProduceRequest>().Count() == 100);
        Assert.All(cluster.Broker.Requests.OfType<ProduceRequest>(), request => Assert.Equal(sent, request.Acks));
    }

    [Fact]
    public async Task Too_little_throughput_is_a_failure()
    {
        await using var cluster = new FakeCluster();
        var run = (await CommandLine.RunAsync(cluster.Arguments("bench", "produce", "--messages", "50", "--min-throughput", "1e9", "-o", "json"))).Expect(1);
        Assert.False(run.Json.GetProperty("passed").GetBoolean());
        Assert.Contains("less than the 1,000,000,000 that --min-throughput asks for", run.Error, StringComparison.Ordinal);
        (await CommandLine.RunAsync(cluster.Arguments("bench", "produce", "--messages", "50", "--min-throughput", "1"))).Expect(0);
    }

    [Fact]
    public async Task The_time_ends_it()
    {
        await using var cluster = new FakeCluster();
        var report = (await CommandLine.RunAsync(cluster.Arguments("bench", "produce", "--duration", "600ms", "-o", "json"))).Expect(0).Json;
        Assert.InRange(report.GetProperty("seconds").GetDouble(), 0.6, 30);
        Assert.True(report.GetProperty("messages").GetInt64() > 0);
    }

    [Fact]
    public async Task Refused_requests_are_counted_and_are_a_failure()
    {
        await using var cluster = new FakeCluster { ProduceError = index => index < 3 ? ErrorCode.KafkaStorageError : ErrorCode.None };
        var run = (await CommandLine.RunAsync(cluster.Arguments("bench", "produce", "--messages", "10", "-o", "json"))).Expect(1);
        Assert.Equal(7, run.Json.GetProperty("messages").GetInt64());
        Assert.Equal(3, run.Json.GetProperty("errors").GetProperty("KAFKA_STORAGE_ERROR").GetInt64());
        Assert.Contains("3 x KAFKA_STORAGE_ERROR", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_connection_ends_it()
    {
        await using var cluster = new FakeCluster();
        cluster.AddTopic("bench");
        var count = 0;
        cluster.Broker.Answer<ProduceRequest>(ApiKey.Produce, 3, 11, _ => Interlocked.Increment(ref count) == 5
            ? null
            : new ProduceResponse { Responses = [new() { Name = "bench", PartitionResponses = [new()] }] });
        var run = (await CommandLine.RunAsync(cluster.Arguments("bench", "produce", "--duration", "1m", "--outstanding", "4"))).Expect(1);
        Assert.Contains("closed the connection", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_names_no_partition_is_no_success()
    {
        await using var cluster = new FakeCluster();
        cluster.AddTopic("bench");
        cluster.Broker.Answer<ProduceRequest>(ApiKey.Produce, 3, 11, _ => new ProduceResponse());
        var run = (await CommandLine.RunAsync(cluster.Arguments("bench", "produce", "--messages", "2", "-o", "json"))).Expect(1);
        Assert.Equal(0, run.Json.GetProperty("messages").GetInt64());
    }

    [Fact]
    public async Task A_topic_with_fewer_partitions_is_told()
    {
        await using var cluster = new FakeCluster();
        cluster.AddTopic("bench", partitions: 2);
        var run = (await CommandLine.RunAsync(cluster.Arguments("bench", "produce", "--partitions", "3", "--messages", "1"))).Expect(1);
        Assert.Contains("has 2 partitions, not 3", run.Error, StringComparison.Ordinal);
        (await CommandLine.RunAsync(cluster.Arguments("bench", "produce", "--partitions", "1", "--messages", "5"))).Expect(0);
        Assert.Equal((5, 0), (cluster.Topic("bench").End(0), cluster.Topic("bench").End(1)));
    }

    private static async Task WaitUntilAsync(Func<bool> isTrue)
    {
        using var guard = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var pauses = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!isTrue())
        {
            await pauses.WaitForNextTickAsync(guard.Token);
        }
    }
}
