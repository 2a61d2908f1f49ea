using Actors.Kafka;
using Actors.Kafka.Messages;
using Actors.Log;

namespace Actors.Cli.Tests;

public sealed class TopicsCommandTests
{
    [Fact]
    public async Task Created_topics_are_listed_and_deleted_ones_are_not()
    {
        await using var cluster = new FakeCluster();
        var run = (await CommandLine.RunAsync(cluster.Arguments("topics", "create", "orders", "bills", "--partitions", "3", "--replication-factor", "1", "--config", "retention.ms=60000", "-c", "x=a=b"))).Expect(0);
        Assert.Equal(["orders created", "bills created"], run.Lines);
        Assert.Equal(3, cluster.Topic("orders").Partitions);
        Assert.Equal([("retention.ms", "60000"), ("x", "a=b")], cluster.Topic("bills").Configs);

        var list = (await CommandLine.RunAsync(cluster.Arguments("topics", "list", "--output", "json"))).Expect(0).Json.GetProperty("topics");
        Assert.Equal(["bills", "orders"], list.EnumerateArray().Select(topic => topic.GetProperty("name").GetString()));
        Assert.Equal(3, list[0].GetProperty("partitions").GetInt32());
        Assert.Equal(1, list[0].GetProperty("replicationFactor").GetInt32());
        Assert.Equal(cluster.Topic("bills").Id, list[0].GetProperty("topicId").GetGuid());

        (await CommandLine.RunAsync(cluster.Arguments("topics", "delete", "orders"))).Expect(0);
        var lines = (await CommandLine.RunAsync(cluster.Arguments("topics", "list"))).Expect(0).Lines;
        Assert.Contains(lines, line => line.StartsWith("bills ", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("orders", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_broker_chooses_where_nothing_is_said()
    {
        await using var cluster = new FakeCluster();
        (await CommandLine.RunAsync(cluster.Arguments("topics", "create", "t"))).Expect(0);
        var request = Assert.IsType<CreateTopicsRequest>(cluster.Broker.Requests.Single());
        Assert.Equal((-1, (short)-1), (request.Topics[0].NumPartitions, request.Topics[0].ReplicationFactor));
    }

    [Fact]
    public async Task One_that_fails_makes_the_command_fail_and_the_others_are_done()
    {
        await using var cluster = new FakeCluster();
        cluster.AddTopic("old");
        var run = (await CommandLine.RunAsync(cluster.Arguments("topics", "create", "old", "new", "--output", "json"))).Expect(1);
        var topics = run.Json.GetProperty("topics");
        Assert.False(topics[0].GetProperty("succeeded").GetBoolean());
        Assert.True(topics[1].GetProperty("succeeded").GetBoolean());
        Assert.Equal(
            "Topic 'old' was not created: TOPIC_ALREADY_EXISTS. Topic 'old' already exists. Choose another name, or delete it first.",
            run.Error.Trim());

        run = (await CommandLine.RunAsync(cluster.Arguments("topics", "create", "wide", "-r", "3"))).Expect(1);
        Assert.Contains("INVALID_REPLICATION_FACTOR. There is 1 broker. 'actors status' shows them.", run.Error, StringComparison.Ordinal);

        run = (await CommandLine.RunAsync(cluster.Arguments("topics", "delete", "none"))).Expect(1);
        Assert.Contains("Topic 'none' was not deleted: UNKNOWN_TOPIC_OR_PARTITION.", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output.Trim());
    }

    [Fact]
    public async Task Silence_about_a_topic_is_no_success()
    {
        await using var broker = new FakeBroker();
        broker.Answer<CreateTopicsRequest>(ApiKey.CreateTopics, 0, 7, _ => new CreateTopicsResponse());
        var run = (await CommandLine.RunAsync("topics", "create", "a", "--bootstrap", broker.Address)).Expect(1);
        Assert.Contains("The broker did not say what became of it.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Old_brokers_are_asked_in_their_versions()
    {
        await using var cluster = new FakeCluster();
        cluster.AddTopic("a");
        cluster.Broker.Answer<DeleteTopicsRequest>(ApiKey.DeleteTopics, 0, 3, request => new DeleteTopicsResponse
        {
            Responses = [.. request.TopicNames.Select(name => new DeleteTopicsResponse.DeletableTopicResult { Name = name })],
        });
        (await CommandLine.RunAsync(cluster.Arguments("topics", "delete", "a"))).Expect(0);
    }

    [Fact]
    public async Task A_description_has_leaders_offsets_and_configs()
    {
        await using var cluster = new FakeCluster();
        var topic = cluster.AddTopic("t", partitions: 2);
        topic.Append(1, RecordBatchBuilder.Single(1, null, [1]));
        cluster.Broker.Answer<DescribeConfigsRequest>(ApiKey.DescribeConfigs, 1, 4, request =>
        {
            Assert.Equal((2, "t"), (request.Resources[0].ResourceType, request.Resources[0].ResourceName));
            return new DescribeConfigsResponse
            {
                Results =
                [
                    new()
                    {
                        ResourceName = "t",
                        Configs = [new() { Name = "retention.ms", Value = "5", ConfigSource = 1 }, new() { Name = "segment.bytes", Value = "9", ConfigSource = 5 }],
                    },
                ],
            };
        });
        var found = (await CommandLine.RunAsync(cluster.Arguments("topics", "describe", "t", "-o", "json"))).Expect(0).Json.GetProperty("topics")[0];
        Assert.Equal("t", found.GetProperty("name").GetString());
        Assert.Equal("""{"retention.ms":"5"}""", System.Text.RegularExpressions.Regex.Replace(found.GetProperty("configs").GetRawText(), @"\s", ""));
        var partition = found.GetProperty("partitions")[1];
        Assert.Equal(1, partition.GetProperty("index").GetInt32());
        Assert.Equal(1, partition.GetProperty("leader").GetInt32());
        Assert.Equal(3, partition.GetProperty("leaderEpoch").GetInt32());
        Assert.Equal("[1]", System.Text.RegularExpressions.Regex.Replace(partition.GetProperty("inSync").GetRawText(), @"\s", ""));
        Assert.Equal(0, partition.GetProperty("startOffset").GetInt64());
        Assert.Equal(1, partition.GetProperty("endOffset").GetInt64());

        var lines = (await CommandLine.RunAsync(cluster.Arguments("topics", "describe"))).Expect(0).Lines;
        Assert.StartsWith("t  ", lines[0], StringComparison.Ordinal);
        Assert.Equal("retention.ms=5", lines[1]);
        Assert.Matches(@"^1\s+1\s+3\s+1\s+1\s+0\s+1$", lines[^1]);
    }

    [Fact]
    public async Task A_topic_that_is_not_there_cannot_be_described()
    {
        await using var cluster = new FakeCluster();
        var run = (await CommandLine.RunAsync(cluster.Arguments("topics", "describe", "none"))).Expect(1);
        Assert.Contains("UNKNOWN_TOPIC_OR_PARTITION. There is no such topic", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_cluster_is_a_success()
    {
        await using var cluster = new FakeCluster();
        Assert.StartsWith("There are no topics.", (await CommandLine.RunAsync(cluster.Arguments("topics", "list"))).Expect(0).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await CommandLine.RunAsync(cluster.Arguments("topics", "list", "-o", "json"))).Expect(0).Json.GetProperty("topics").GetArrayLength());
    }
}
