using Actors.Kafka;
using Actors.Kafka.Messages;
using Actors.Log;

namespace Actors.Cli.Tests;

public sealed class FetchBenchTests
{
    [Theory]
    [InlineData((short)17)]
    [InlineData((short)12)]
    [InlineData((short)4)]
    public async Task Everything_that_was_produced_is_read_back(short highestFetch)
    {
        await using var cluster = new FakeCluster(highestFetch);
        (await CommandLine.RunAsync(cluster.Arguments("bench", "produce", "--messages", "3000", "--batch", "7", "--size", "2000", "--partitions", "3"))).Expect(0);
        var expected = Enumerable.Range(0, 3).Sum(cluster.Topic("bench").End);
        var report = (await CommandLine.RunAsync(cluster.Arguments("bench", "fetch", "--outstanding", "2", "-o", "json"))).Expect(0).Json;
        Assert.Equal(expected, report.GetProperty("messages").GetInt64());
        Assert.Equal(0, report.GetProperty("missing").GetInt64());
        Assert.Equal(3, report.GetProperty("partitions").GetInt32());
        Assert.Equal(1, report.GetProperty("rounds").GetInt32());
        Assert.True(report.GetProperty("passed").GetBoolean());
        Assert.True(report.GetProperty("megabytesPerSecond").GetDouble() > 0);
    }

    [Fact]
    public async Task A_broker_without_topic_ids_is_read_by_name()
    {
        await using var cluster = new FakeCluster();
        var topic = cluster.AddTopic("bench");
        topic.Id = Guid.Empty;
        topic.Append(0, RecordBatchBuilder.Single(1, null, [1]));
        (await CommandLine.RunAsync(cluster.Arguments("bench", "fetch"))).Expect(0);
        Assert.All(cluster.Broker.Requests.OfType<FetchRequest>(), request => Assert.Equal("bench", request.Topics[0].Topic));
    }

    [Fact]
    public async Task A_missing_topic_is_filled_first()
    {
        await using var cluster = new FakeCluster();
        var report = (await CommandLine.RunAsync(cluster.Arguments("bench", "fetch", "--messages", "500", "--batch", "50", "--partitions", "2", "-o", "json"))).Expect(0).Json;
        Assert.Equal(500, report.GetProperty("messages").GetInt64());
    }

    [Fact]
    public async Task With_a_duration_it_reads_again_and_again()
    {
        await using var cluster = new FakeCluster();
        cluster.AddTopic("bench").Append(0, RecordBatchBuilder.Single(1, null, new byte[100]));
        var report = (await CommandLine.RunAsync(cluster.Arguments("bench", "fetch", "--duration", "600ms", "-o", "json"))).Expect(0).Json;
        Assert.InRange(report.GetProperty("rounds").GetInt32(), 2, int.MaxValue);
        Assert.InRange(report.GetProperty("messages").GetInt64(), 2, long.MaxValue);
        Assert.Equal(0, report.GetProperty("missing").GetInt64());
    }

    [Fact]
    public async Task A_gap_is_a_failure()
    {
        await using var cluster = new FakeCluster();
        var topic = cluster.AddTopic("bench");
        for (var index = 0; index < 5; index++)
        {
            topic.Append(0, RecordBatchBuilder.Single(1, null, [1]));
        }

        topic.Batches(0).RemoveRange(1, 2);
        var run = (await CommandLine.RunAsync(cluster.Arguments("bench", "fetch", "-o", "json"))).Expect(1);
        Assert.Equal(2, run.Json.GetProperty("missing").GetInt64());
        Assert.Equal(3, run.Json.GetProperty("messages").GetInt64());
        Assert.Contains("2 offsets of topic 'bench' are not there", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_is_a_failure()
    {
        await using var cluster = new FakeCluster();
        var topic = cluster.AddTopic("bench");
        topic.Append(0, RecordBatchBuilder.Single(1, null, [1, 2, 3]));
        topic.Batches(0)[0][^2] ^= 1;
        var run = (await CommandLine.RunAsync(cluster.Arguments("bench", "fetch"))).Expect(1);
        Assert.Contains("offset 0 with a wrong checksum", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_of_the_broker_is_a_failure()
    {
        await using var cluster = new FakeCluster();
        cluster.AddTopic("bench").Append(0, RecordBatchBuilder.Single(1, null, [1]));
        cluster.Broker.Answer<FetchRequest>(ApiKey.Fetch, 4, 12, _ => new FetchResponse
        {
            Responses = [new() { Topic = "bench", Partitions = [new() { ErrorCode = ErrorCode.KafkaStorageError }] }],
        });
        var run = (await CommandLine.RunAsync(cluster.Arguments("bench", "fetch"))).Expect(1);
        Assert.Contains("Partition 0 of topic 'bench' cannot be read at offset 0: KAFKA_STORAGE_ERROR", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_little_throughput_is_a_failure()
    {
        await using var cluster = new FakeCluster();
        cluster.AddTopic("bench").Append(0, RecordBatchBuilder.Single(1, null, [1]));
        (await CommandLine.RunAsync(cluster.Arguments("bench", "fetch", "--min-throughput", "1000000000"))).Expect(1);
        (await CommandLine.RunAsync(cluster.Arguments("bench", "fetch", "--min-throughput", "0.001"))).Expect(0);
    }
}
