using System.Text.Json;
using Actors.Harness;

namespace Actors.Cli.Tests.RealSilo;

public sealed class StatusTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private string Bootstrap => fixture.Silo.Bootstrap;

    private string Http => $"127.0.0.1:{fixture.Silo.Options.HttpPort}";

    [Fact]
    public async Task A_silo_is_shown_with_what_it_says_of_itself()
    {
        var status = (await CliProcess.RunAsync(fixture.Silo, "status", "--output", "json")).Expect(0).Json;
        JsonShape.AssertMembers(status, "clusterId silos topics partitions leaderlessPartitions underReplicatedPartitions warnings");
        var silo = Assert.Single(status.GetProperty("silos").EnumerateArray());
        JsonShape.AssertMembers(silo, "name nodeId status reasons kafka http uptimeSeconds isController");
        Assert.Equal(("silo-1", 1, "Active"), (silo.GetProperty("name").GetString(), silo.GetProperty("nodeId").GetInt32(), silo.GetProperty("status").GetString()));
        Assert.Equal((Bootstrap, Http), (silo.GetProperty("kafka").GetString(), silo.GetProperty("http").GetString()));
        Assert.Equal(0, status.GetProperty("warnings").GetArrayLength());

        var lines = (await CliProcess.RunAsync(fixture.Silo, "status")).Expect(0).Lines;
        Assert.Matches($@"^1\s+silo-1\s+Active\s+{Bootstrap}\s+{Http}\s+\d+s\s+controller$", lines.Single(line => line.StartsWith('1')));
        Assert.StartsWith("Cluster ", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_without_our_HTTP_is_shown_by_what_Kafka_says()
    {
        var nobody = $"127.0.0.1:{LoopbackPort.Next()}";
        var run = (await RunAsync("status", "--bootstrap", Bootstrap, "--http", nobody, "-o", "json")).Expect(0);
        var silo = Assert.Single(run.Json.GetProperty("silos").EnumerateArray());
        Assert.Equal(("node-1", "Active"), (silo.GetProperty("name").GetString(), silo.GetProperty("status").GetString()));
        Assert.Equal(JsonValueKind.Null, silo.GetProperty("http").ValueKind);
        Assert.Contains($"http://{nobody} could not be asked", run.Error, StringComparison.Ordinal);
        Assert.Contains(run.Error.Trim(), run.Json.GetProperty("warnings")[0].GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Swapped_ports_are_told()
    {
        var run = (await RunAsync("status", "--bootstrap", Http, "--http", Bootstrap)).Expect(1);
        Assert.Contains($"{Http} sent a response of an invalid size", run.Error, StringComparison.Ordinal);
        Assert.Contains("Something listens there that does not speak Kafka", run.Error, StringComparison.Ordinal);
        Assert.Contains($"http://{Bootstrap} does not speak HTTP", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("topics list")]
    [InlineData("topics create a")]
    [InlineData("topics describe")]
    [InlineData("topics delete a")]
    [InlineData("bench produce")]
    [InlineData("bench fetch")]
    [InlineData("bench idle")]
    [InlineData("status")]
    public async Task Nobody_there_is_a_sentence(string command)
    {
        var nobody = $"127.0.0.1:{LoopbackPort.Next()}";
        var run = (await RunAsync([.. command.Split(' '), "--bootstrap", nobody, "--http", nobody])).Expect(1);
        Assert.StartsWith($"{nobody} cannot be reached. Connection refused. Start a silo (scripts/run), or name another address", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    private static Task<CliRun> RunAsync(params string[] arguments) => CliProcess.RunAsync([Repository.Program("Cli"), .. arguments]);
}
