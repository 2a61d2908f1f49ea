namespace Actors.Cli.Tests.RealSilo;

public sealed class TopicsTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    [Fact]
    public async Task A_topic_lives_and_dies()
    {
        var created = (await RunAsync("topics", "create", "orders", "--partitions", "6", "--config", "retention.ms=60000", "-o", "json")).Expect(0).Json;
        JsonShape.AssertMembers(created, "topics");
        JsonShape.AssertMembers(created.GetProperty("topics")[0], "name succeeded error");
        Assert.True(created.GetProperty("topics")[0].GetProperty("succeeded").GetBoolean());

        var listed = (await RunAsync("topics", "list", "-o", "json")).Expect(0).Json.GetProperty("topics").EnumerateArray()
            .Single(topic => topic.GetProperty("name").GetString() == "orders");
        JsonShape.AssertMembers(listed, "name topicId partitions replicationFactor isInternal");
        Assert.Equal((6, 1), (listed.GetProperty("partitions").GetInt32(), listed.GetProperty("replicationFactor").GetInt32()));
        Assert.Contains((await RunAsync("topics", "list")).Expect(0).Lines, line => line.StartsWith("orders  ", StringComparison.Ordinal));

        var described = (await RunAsync("topics", "describe", "orders", "--output", "json")).Expect(0).Json.GetProperty("topics")[0];
        JsonShape.AssertMembers(described, "name topicId isInternal partitions configs");
        Assert.Equal(listed.GetProperty("topicId").GetGuid(), described.GetProperty("topicId").GetGuid());
        Assert.Equal(6, described.GetProperty("partitions").GetArrayLength());
        foreach (var partition in described.GetProperty("partitions").EnumerateArray())
        {
            JsonShape.AssertMembers(partition, "index leader leaderEpoch replicas inSync startOffset endOffset");
            Assert.Equal((1, 0), (partition.GetProperty("leader").GetInt32(), partition.GetProperty("endOffset").GetInt64()));
        }

        var table = (await RunAsync("topics", "describe", "orders")).Expect(0).Lines;
        Assert.Matches(@"^partition\s+leader\s+epoch\s+replicas\s+in sync\s+start\s+end$", table.Single(line => line.StartsWith("partition", StringComparison.Ordinal)));
        Assert.Matches(@"^5\s+1\s+0\s+1\s+1\s+0\s+0$", table[^1]);

        Assert.Equal("orders deleted", (await RunAsync("topics", "delete", "orders")).Expect(0).Output.Trim());
        var gone = (await RunAsync("topics", "describe", "orders", "-o", "json")).Expect(1);
        Assert.Contains("Topic 'orders' cannot be described: UNKNOWN_TOPIC_OR_PARTITION.", gone.Error, StringComparison.Ordinal);
        Assert.Empty(gone.Output);
    }

    [Theory]
    [InlineData("topics create twice twice-more twice", 0, "")]
    [InlineData("topics create ..", 1, "Topic '..' was not created: INVALID_TOPIC_EXCEPTION.")]
    [InlineData("topics create wide --replication-factor 3", 1, "Topic 'wide' was not created: INVALID_REPLICATION_FACTOR.")]
    [InlineData("topics create odd -c retention.ms=soon", 1, "retention.ms must be a whole number from -1 to 9223372036854775807; 'soon' is not.")]
    [InlineData("topics create odd -c retention.mss=1", 1, "retention.mss")]
    [InlineData("topics delete never-there", 1, "Topic 'never-there' was not deleted: UNKNOWN_TOPIC_OR_PARTITION.")]
    [InlineData("topics remove x", 2, "'remove' is no command of 'actors topics'")]
    [InlineData("topics list --sort name", 2, "Unrecognized command or argument '--sort'.")]
    public async Task What_cannot_be_done_is_told(string command, int exitCode, string sentence)
    {
        var run = (await RunAsync(command.Split(' '))).Expect(exitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    private Task<CliRun> RunAsync(params string[] command) => CliProcess.RunAsync(fixture.Silo, command);
}
