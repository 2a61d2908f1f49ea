using Actors.Grains.Topics;
using Actors.Kafka;

namespace Actors.Grains.Tests.Topics;

public sealed class TopicPlannerTests
{
    private static readonly int[] Nodes = [1, 2, 3];

    [Fact]
    public void Leaders_go_round_the_nodes_and_replicas_are_different()
    {
        var plan = Decide(new TopicWish { Name = "t", PartitionCount = 9, ReplicationFactor = 2 }, new TopicOptions { MaxReplicationFactor = 2 });

        Assert.Equal(ErrorCode.None, plan.Error);
        Assert.All(plan.Topic!.Placement, nodes => Assert.Equal(2, nodes.Distinct().Count()));
        Assert.All(plan.Topic.Placement.CountBy(nodes => nodes[0]), leader => Assert.Equal(3, leader.Value));
    }

    [Fact]
    public void Defaults_fill_what_is_not_said() =>
        Assert.Equal(4, Decide(new TopicWish { Name = "t" }, new TopicOptions { DefaultPartitions = 4 }).Topic!.Placement.Count);

    [Theory]
    [InlineData("", 1, 1, ErrorCode.InvalidTopicException)]
    [InlineData("a b", 1, 1, ErrorCode.InvalidTopicException)]
    [InlineData("__consumer_offsets", 1, 1, ErrorCode.InvalidTopicException)]
    [InlineData("there", 1, 1, ErrorCode.TopicAlreadyExists)]
    [InlineData("the.re", 1, 1, ErrorCode.None)]
    [InlineData("a.b", 1, 1, ErrorCode.InvalidTopicException)]
    [InlineData("t", 0, 1, ErrorCode.InvalidPartitions)]
    [InlineData("t", -2, 1, ErrorCode.InvalidPartitions)]
    [InlineData("t", int.MaxValue, 1, ErrorCode.PolicyViolation)]
    [InlineData("t", 1, 0, ErrorCode.InvalidReplicationFactor)]
    [InlineData("t", 1, 4, ErrorCode.InvalidReplicationFactor)]
    public void Refusals_have_Kafkas_errors(string name, int partitions, int factor, ErrorCode expected)
    {
        var plan = Decide(new TopicWish { Name = name, PartitionCount = partitions, ReplicationFactor = factor });
        Assert.Equal(expected, plan.Error);
        Assert.Equal(expected == ErrorCode.None, plan.Message is null);
    }

    [Fact]
    public void One_request_does_not_create_a_name_twice_nor_two_that_collide()
    {
        var plans = Planner().Decide(
            new CreateTopicsCommand { Topics = [Wish("x"), Wish("x"), Wish("p.q"), Wish("p_q")] }, Catalog(), Nodes);

        Assert.Equal(
            [ErrorCode.InvalidRequest, ErrorCode.InvalidRequest, ErrorCode.None, ErrorCode.InvalidTopicException], plans.Select(plan => plan.Error));
    }

    [Fact]
    public void The_limit_of_partitions_counts_over_the_whole_request()
    {
        var plans = Planner(new TopicOptions { MaxPartitionsPerRequest = 10 }).Decide(
            new CreateTopicsCommand { Topics = [Wish("a") with { PartitionCount = 6 }, Wish("b") with { PartitionCount = 5 }] }, Catalog(), Nodes);

        Assert.Equal([ErrorCode.None, ErrorCode.PolicyViolation], plans.Select(plan => plan.Error));
    }

    [Fact]
    public void A_placement_by_hand_is_taken_in_order_of_partitions()
    {
        var wish = Wish("t") with { Placement = [Place(1, 2, 3), Place(0, 3, 1)] };
        Assert.Equal([[3, 1], [2, 3]], Decide(wish, new TopicOptions { MaxReplicationFactor = 2 }).Topic!.Placement);
        Assert.Equal(ErrorCode.InvalidReplicationFactor, Decide(wish).Error);
    }

    [Fact]
    public void A_second_copy_is_refused_with_the_reason()
    {
        var plan = Decide(Wish("t") with { ReplicationFactor = 2 });
        Assert.Equal(ErrorCode.InvalidReplicationFactor, plan.Error);
        Assert.Contains("keeps one copy", plan.Message, StringComparison.Ordinal);
    }

    public static TheoryData<PartitionPlacement[]> BadPlacements => new()
    {
        new[] { Place(1, 1) },
        new[] { Place(0, 1), Place(0, 2) },
        new[] { Place(0, 1), Place(1, 1, 2) },
        new[] { Place(0, 1, 1) },
        new[] { Place(0, 9) },
        new[] { Place(0) },
        new[] { Place(-1, 1) },
    };

    [Theory]
    [MemberData(nameof(BadPlacements))]
    public void Bad_placements_are_refused(PartitionPlacement[] placement) =>
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Decide(Wish("t") with { Placement = placement }).Error);

    [Fact]
    public void A_placement_excludes_counts() =>
        Assert.Equal(ErrorCode.InvalidRequest, Decide(Wish("t") with { Placement = [Place(0, 1)], PartitionCount = 1 }).Error);

    [Fact]
    public void Configs_are_checked()
    {
        Assert.Equal(ErrorCode.InvalidConfig, Decide(Configured(("retention.ms", "x"))).Error);
        Assert.Equal(ErrorCode.InvalidConfig, Decide(Configured(("nonsense", "1"))).Error);
        Assert.Equal(ErrorCode.InvalidConfig, Decide(Configured(("retention.ms", null))).Error);
        Assert.Equal(ErrorCode.InvalidConfig, Decide(Configured(("retention.ms", "1"), ("retention.ms", "2"))).Error);
        Assert.Equal("1", Decide(Configured(("retention.ms", "1"))).Topic!.Configs["retention.ms"]);
    }

    [Fact]
    public void Ids_are_random_version_4_and_never_look_like_an_option()
    {
        var ids = new IdSource(new Random(7).NextBytes);
        var made = Enumerable.Range(0, 2000).Select(_ => ids.NextGuid()).ToList();
        Assert.Equal(2000, made.Distinct().Count());
        Assert.All(made, id => Assert.Equal((4, false), (id.Version, BrokerStartup.ToKafkaForm(id).StartsWith('-'))));
    }

    private static TopicWish Wish(string name) => new() { Name = name };

    private static TopicWish Configured(params (string Name, string? Value)[] configs) =>
        Wish("t") with { Configs = [.. configs.Select(config => new ConfigWish { Name = config.Name, Value = config.Value })] };

    private static PartitionPlacement Place(int index, params int[] nodes) => new() { Index = index, NodeIds = nodes };

    private static TopicPlanner Planner(TopicOptions? options = null) => new(options ?? new TopicOptions(), new IdSource(new Random(1).NextBytes));

    private static TopicPlanner.Plan Decide(TopicWish wish, TopicOptions? options = null) =>
        Planner(options).Decide(new CreateTopicsCommand { Topics = [wish] }, Catalog(), Nodes)[0];

    private static TopicCatalogSnapshot Catalog()
    {
        var catalog = new TopicCatalog();
        catalog.Set([Topic("there", 1), Topic("a_b", 2)]);
        return catalog.Current;
    }

    private static CatalogTopic Topic(string name, int number)
    {
        var id = new Guid(number, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 0);
        return new CatalogTopic(new StoredTopic(
            new TopicRow { Id = id, Name = name, Configs = new Dictionary<string, string>() },
            [new PartitionRow { TopicId = id, Index = 0, Replicas = [1], LeaderId = 1, LeaderEpoch = 0, LeaderIncarnation = 1, InSyncReplicas = [1], PartitionEpoch = 0 }]));
    }
}
