using Actors.Grains.Topics;

namespace Actors.Grains.Tests.Topics;

public sealed class TopicCatalogTests
{
    [Fact]
    public void A_snapshot_does_not_change_under_its_reader()
    {
        var catalog = new TopicCatalog();
        catalog.Set([Topic("a", 1)]);
        var before = catalog.Current;

        catalog.Set([Topic("b", 2)]);
        catalog.Remove([Id(1)]);

        Assert.Equal(["a"], before.Topics.Select(topic => topic.Name));
        Assert.Equal(["b"], catalog.Current.Topics.Select(topic => topic.Name));
        Assert.True(catalog.Current.Version > before.Version);
    }

    [Fact]
    public void A_topic_is_found_by_name_and_by_id()
    {
        var catalog = new TopicCatalog();
        catalog.Set([Topic("a", 1), Topic("b", 2)]);

        Assert.True(catalog.Current.TryGet("b", out var byName));
        Assert.True(catalog.Current.TryGet(Id(2), out var byId));
        Assert.Same(byName, byId);
        Assert.False(catalog.Current.TryGet("c", out _));
        Assert.True(byName.TryGetPartition(0, out _));
        Assert.False(byName.TryGetPartition(1, out _));
        Assert.False(byName.TryGetPartition(-1, out _));
    }

    [Fact]
    public void A_recreated_name_forgets_the_former_id()
    {
        var catalog = new TopicCatalog();
        catalog.Set([Topic("a", 1)]);
        catalog.Set([Topic("a", 2)]);

        Assert.False(catalog.Current.TryGet(Id(1), out _));
        Assert.True(catalog.Current.TryGet("a", out var topic));
        Assert.Equal(Id(2), topic.Id);
        catalog.Remove([Id(1)]);
        Assert.Equal(1, catalog.Current.Count);
    }

    [Fact]
    public void A_colliding_name_is_reported_until_its_topic_goes()
    {
        var catalog = new TopicCatalog();
        catalog.Set([Topic("a.b", 1)]);

        Assert.Equal("a.b", catalog.Current.CollidingName("a_b"));
        Assert.Null(catalog.Current.CollidingName("a.b"));
        Assert.Null(catalog.Current.CollidingName("a-b"));
        catalog.Remove([Id(1)]);
        Assert.Null(catalog.Current.CollidingName("a_b"));
    }

    [Fact]
    public void Each_change_is_announced_with_both_snapshots()
    {
        var catalog = new TopicCatalog();
        var seen = new List<(int Before, int After)>();
        catalog.Changed += (before, after) => seen.Add((before.Count, after.Count));

        catalog.Set([Topic("a", 1), Topic("b", 2)]);
        catalog.Remove([Id(1)]);

        Assert.Equal([(0, 2), (2, 1)], seen);
    }

    private static Guid Id(int number) => new(number, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 0);

    private static CatalogTopic Topic(string name, int number) => new(new StoredTopic(
        new TopicRow { Id = Id(number), Name = name, Configs = new Dictionary<string, string>() },
        [new PartitionRow { TopicId = Id(number), Index = 0, Replicas = [1], LeaderId = 1, LeaderEpoch = 0, LeaderIncarnation = 1, InSyncReplicas = [1], PartitionEpoch = 0 }]));
}
