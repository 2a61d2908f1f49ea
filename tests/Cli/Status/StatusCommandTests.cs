using System.CommandLine;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Cli.Tests;

public sealed class StatusCommandTests
{
    private const string Nowhere = "127.0.0.1:1";

    private const string Body =
        """{"version":"0.1.0","silos":[{"name":"the-dome","nodeId":1,"status":"Stopping","reasons":["SIGTERM"],"kafka":"127.0.0.1:9092","http":"127.0.0.1:8","uptimeSeconds":3700.5,"extra":{}}]}""";

    [Fact]
    public async Task Both_sides_are_joined_by_node()
    {
        await using var cluster = new FakeCluster();
        cluster.AddTopic("a", partitions: 3);
        await using var http = new FakeHttp(200, Body.Replace("127.0.0.1:9092", cluster.Broker.Address, StringComparison.Ordinal));
        var status = (await CommandLine.RunAsync(cluster.Arguments("status", "--http", http.Address, "--output", "json"))).Expect(0).Json;
        Assert.Equal("GET /api/v1/status HTTP/1.1", http.LastRequest);
        Assert.Equal("fake", status.GetProperty("clusterId").GetString());
        Assert.Equal(3, status.GetProperty("partitions").GetInt32());
        Assert.Equal(0, status.GetProperty("leaderlessPartitions").GetInt32());
        Assert.Equal(0, status.GetProperty("warnings").GetArrayLength());
        var silo = Assert.Single(status.GetProperty("silos").EnumerateArray());
        Assert.Equal("the-dome", silo.GetProperty("name").GetString());
        Assert.Equal(1, silo.GetProperty("nodeId").GetInt32());
        Assert.Equal("Stopping", silo.GetProperty("status").GetString());
        Assert.True(silo.GetProperty("isController").GetBoolean());

        var lines = (await CommandLine.RunAsync(cluster.Arguments("status", "--http", http.Address))).Expect(0).Lines;
        Assert.Contains(lines, line => line.StartsWith('1') && line.Contains("the-dome", StringComparison.Ordinal) && line.Contains("1h 1m", StringComparison.Ordinal) && line.Contains("controller; SIGTERM", StringComparison.Ordinal));
        Assert.Equal("Cluster fake: 1 topic, 3 partitions, 0 without leader, 0 under-replicated.", lines[^1]);
    }

    [Fact]
    public async Task One_silo_tells_of_all_and_Kafka_says_where_those_are_that_do_not_answer()
    {
        await using var broker = new FakeBroker();
        broker.Answer<MetadataRequest>(ApiKey.Metadata, 0, 12, _ => new MetadataResponse
        {
            ClusterId = "c",
            ControllerId = 1,
            Brokers = [new() { NodeId = 1, Host = "127.0.0.1", Port = broker.Port }, new() { NodeId = 2, Host = "127.0.0.1", Port = 1 }],
        });
        await using var http = new FakeHttp(200, $$"""
            {"version":"1","silos":[
              {"name":"a","nodeId":1,"status":"Active","reasons":[],"kafka":"{{broker.Address}}","http":"h:1","uptimeSeconds":1},
              {"name":"b","nodeId":2,"status":"Unreachable","reasons":["it does not answer"],"kafka":null,"http":null,"uptimeSeconds":null},
              {"name":"c","nodeId":3,"status":"Dead","reasons":[],"kafka":null,"http":null,"uptimeSeconds":null}]}
            """);
        var run = (await CommandLine.RunAsync("status", "--bootstrap", broker.Address, "--http", http.Address, "-o", "json")).Expect(0);
        var silos = run.Json.GetProperty("silos").EnumerateArray().ToArray();
        Assert.Equal([("a", 1, "Active"), ("b", 2, "Unreachable"), ("c", 3, "Dead")], silos.Select(silo => (silo.GetProperty("name").GetString(), silo.GetProperty("nodeId").GetInt32(), silo.GetProperty("status").GetString())));
        Assert.Equal("127.0.0.1:1", silos[1].GetProperty("kafka").GetString());
        Assert.Equal("it does not answer", silos[1].GetProperty("reasons")[0].GetString());
        Assert.Null(silos[2].GetProperty("kafka").GetString());
    }

    [Fact]
    public async Task Kafka_alone_is_enough_and_tells_which_broker_answers()
    {
        await using var broker = new FakeBroker();
        broker.Answer<MetadataRequest>(ApiKey.Metadata, 0, 12, _ => new MetadataResponse
        {
            ClusterId = "c",
            ControllerId = 2,
            Brokers = [new() { NodeId = 7, Host = "127.0.0.1", Port = broker.Port }, new() { NodeId = 2, Host = "127.0.0.1", Port = 1 }],
            Topics = [new() { Name = "t", Partitions = [new() { LeaderId = -1, ReplicaNodes = [7, 2], IsrNodes = [2] }] }],
        });
        var run = (await CommandLine.RunAsync("status", "--bootstrap", broker.Address, "--http", Nowhere, "-o", "json")).Expect(0);
        var silos = run.Json.GetProperty("silos");
        Assert.Equal([2, 7], silos.EnumerateArray().Select(silo => silo.GetProperty("nodeId").GetInt32()));
        Assert.Equal(["Unreachable", "Active"], silos.EnumerateArray().Select(silo => silo.GetProperty("status").GetString()));
        Assert.Equal("node-7", silos[1].GetProperty("name").GetString());
        Assert.Equal(1, run.Json.GetProperty("leaderlessPartitions").GetInt32());
        Assert.Equal(1, run.Json.GetProperty("underReplicatedPartitions").GetInt32());
        Assert.Contains("http://127.0.0.1:1 could not be asked", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_of_another_cluster_is_not_taken_for_one_of_this()
    {
        await using var cluster = new FakeCluster();
        await using var http = new FakeHttp(200, Body);
        var run = (await CommandLine.RunAsync(cluster.Arguments("status", "--http", http.Address, "-o", "json"))).Expect(0);
        var silo = Assert.Single(run.Json.GetProperty("silos").EnumerateArray());
        Assert.Equal(("node-1", "Active"), (silo.GetProperty("name").GetString(), silo.GetProperty("status").GetString()));
        Assert.Equal(
            $"http://{http.Address} belongs to another cluster, whose Kafka address is 127.0.0.1:9092. Name a silo's HTTP address with --http host:port.",
            run.Error.Trim());
    }

    [Fact]
    public async Task Http_alone_is_enough()
    {
        await using var http = new FakeHttp(200, Body);
        var run = (await CommandLine.RunAsync("status", "--bootstrap", Nowhere, "--http", http.Address, "-o", "json")).Expect(0);
        Assert.Equal("the-dome", run.Json.GetProperty("silos")[0].GetProperty("name").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, run.Json.GetProperty("topics").ValueKind);
        Assert.Contains("127.0.0.1:1 cannot be reached", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "<html>")]
    [InlineData(200, "{}")]
    [InlineData(200, "[]")]
    [InlineData(404, "")]
    [InlineData(503, "busy")]
    public async Task Neither_side_is_a_failure_that_names_both(int status, string body)
    {
        await using var http = new FakeHttp(status, body);
        var run = (await CommandLine.RunAsync("status", "--bootstrap", Nowhere, "--http", http.Address)).Expect(1);
        Assert.Contains("127.0.0.1:1 cannot be reached", run.Error, StringComparison.Ordinal);
        Assert.Contains($"http://{http.Address} is no silo.", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void Without_an_address_HTTP_is_asked_on_the_hosts_that_speak_Kafka()
    {
        var global = new GlobalOptions();
        var root = new RootCommand();
        global.AddTo(root);

        Assert.Equal([new HostPort("127.0.0.1", 8080)], global.ReadHttp(root.Parse([])));
        Assert.Equal([new HostPort("a", 8080), new HostPort("b", 8080)], global.ReadHttp(root.Parse(["--bootstrap", "a:1,b:2,a:3"])));
        Assert.Equal([new HostPort("c", 9)], global.ReadHttp(root.Parse(["--bootstrap", "a:1", "--http", "c:9"])));
    }
}
