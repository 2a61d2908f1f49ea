using Actors.Gateway.Tests.Support;
using Actors.Grains;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Tests;

/// <summary>What administration tools ask for: filters, lists of groups, configs with their sources, nodes.</summary>
public sealed class AdminTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4, "Empty", null, new[] { "one", "two" })]
    [InlineData(4, "Stable", null, new string[0])]
    [InlineData(5, null, "classic", new[] { "one", "two" })]
    [InlineData(5, null, "consumer", new string[0])]
    [InlineData(5, "Empty", "classic", new[] { "one", "two" })]
    public async Task Groups_are_listed_by_state_and_type(short version, string? state, string? type, string[] expected)
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await CommitAsync(rig, connection, "one", "two");

        var listed = await SendAsync(
            connection, new ListGroupsRequest { StatesFilter = state is null ? [] : [state], TypesFilter = type is null ? [] : [type] }, version);

        Assert.Equal(ErrorCode.None, listed.ErrorCode);
        Assert.Equal(expected, listed.Groups.Select(group => group.GroupId).Order());
        Assert.All(listed.Groups, group => Assert.Equal(("Empty", version >= 5 ? "classic" : ""), (group.GroupState, group.GroupType)));
    }

    [Fact]
    public async Task Offsets_of_several_groups_come_in_one_answer()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await CommitAsync(rig, connection, "one", "two");

        var fetched = await SendAsync(connection, new OffsetFetchRequest
        {
            Groups = [.. new[] { "two", "nobody", "one" }.Select(group => new OffsetFetchRequest.OffsetFetchRequestGroup
            {
                GroupId = group,
                Topics = [new OffsetFetchRequest.OffsetFetchRequestTopics { Name = "t", PartitionIndexes = [1] }],
            })],
        }, 8);

        Assert.Equal(
            [("two", ErrorCode.None, 1, 102L), ("nobody", ErrorCode.None, 1, -1L), ("one", ErrorCode.None, 1, 101L)],
            fetched.Groups.Select(group => (group.GroupId, group.ErrorCode, group.Topics[0].Partitions[0].PartitionIndex, group.Topics[0].Partitions[0].CommittedOffset)));
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public async Task Configs_come_with_their_source_in_every_version(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", configs: new() { ["retention.ms"] = "77" });
        await using var connection = await rig.ConnectAsync();
        var request = new DescribeConfigsRequest
        {
            Resources =
            [
                new() { ResourceType = 2, ResourceName = "t", ConfigurationKeys = ["retention.ms", "max.message.bytes", "none.such"] },
                new() { ResourceType = 2, ResourceName = "unknown", ConfigurationKeys = null },
                new() { ResourceType = 4, ResourceName = "1", ConfigurationKeys = null },
                new() { ResourceType = 99, ResourceName = "t", ConfigurationKeys = null },
            ],
            IncludeSynonyms = version >= 1,
            IncludeDocumentation = version >= 3,
        };

        var results = (await SendAsync(connection, request, version)).Results;

        Assert.Equal(
            [ErrorCode.None, ErrorCode.UnknownTopicOrPartition, ErrorCode.None, ErrorCode.InvalidRequest], results.Select(result => result.ErrorCode));
        Assert.Equal(["max.message.bytes", "retention.ms"], results[0].Configs.Select(config => config.Name).Order());
        var set = results[0].Configs.Single(config => config.Name == "retention.ms");
        var unset = results[0].Configs.Single(config => config.Name == "max.message.bytes");
        Assert.Equal(("77", "1048588"), (set.Value, unset.Value));
        if (version == 0)
            Assert.Equal((false, true), (set.IsDefault, unset.IsDefault));
        else
            Assert.Equal((1, 5), (set.ConfigSource, unset.ConfigSource));
        Assert.Equal(version >= 1 ? ["77", "604800000"] : [], set.Synonyms.Select(synonym => synonym.Value));
        Assert.Equal(version >= 3, !string.IsNullOrEmpty(set.Documentation));
    }

    [Fact]
    public async Task Nodes_are_described_and_controllers_have_no_listener()
    {
        await using var rig = await GatewayRig.StartAsync();
        rig.OtherBrokers.Add(new Broker(2, "elsewhere", 29092));
        await using var connection = await rig.ConnectAsync();

        var cluster = await SendAsync(connection, new DescribeClusterRequest { EndpointType = 1 }, 1);
        var controllers = await SendAsync(connection, new DescribeClusterRequest { EndpointType = 2 }, 1);

        Assert.Equal([(1, rig.Port), (2, 29092)], cluster.Brokers.Select(broker => (broker.BrokerId, broker.Port)));
        Assert.Equal((ErrorCode.UnsupportedEndpointType, 0), (controllers.ErrorCode, controllers.Brokers.Count));
    }

    [Theory]
    [InlineData(true, ErrorCode.None, true)]
    [InlineData(false, ErrorCode.UnknownTopicOrPartition, false)]
    public async Task A_client_may_forbid_that_its_question_creates_a_topic(bool allows, ErrorCode expected, bool exists)
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();

        var answer = await SendAsync(connection, new MetadataRequest { Topics = [new() { Name = "new" }], AllowAutoTopicCreation = allows }, 9);

        Assert.Equal((expected, exists), (answer.Topics[0].ErrorCode, rig.Catalog.Current.TryGet("new", out _)));
    }

    [Fact]
    public async Task Without_transactions_committed_is_all_that_is_acknowledged()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(3));
        var request = Requests.Fetch("t", 0);
        request.IsolationLevel = 1;

        var fetched = (await connection.FetchAsync(request)).Only();

        Assert.Equal((ErrorCode.None, 3L, 3), (fetched.ErrorCode, fetched.LastStableOffset, fetched.Batches()[0].RecordCount));
        Assert.NotNull(fetched.AbortedTransactions);
        Assert.Empty(fetched.AbortedTransactions);
    }

    /// <summary>The first group commits 101 for partition 1 of t, the second one 102, and so on.</summary>
    private static async Task CommitAsync(GatewayRig rig, KafkaConnection connection, params string[] groups)
    {
        await rig.CreateTopicAsync("t", partitions: 2);
        foreach (var (group, number) in groups.Select((group, index) => (group, index + 1)))
        {
            await SendAsync(connection, new FindCoordinatorRequest { CoordinatorKeys = [group] }, 4);
            var committed = await SendAsync(connection, new OffsetCommitRequest
            {
                GroupId = group,
                MemberId = "",
                GenerationIdOrMemberEpoch = -1,
                Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 1, CommittedOffset = 100 + number }] }],
            }, 8);
            Assert.Equal(ErrorCode.None, committed.Topics[0].Partitions[0].ErrorCode);
        }
    }

    private static Task<TResponse> SendAsync<TResponse>(KafkaConnection connection, IKafkaRequest<TResponse> request, short version)
        where TResponse : class, IKafkaResponse, IKafkaMessage<TResponse> => connection.SendAsync(request, version, TestGuard.Limit, Token);
}
