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
        catalog.Set([Topic("a", 2, leaderEpoch: 1)]);
        catalog.Set([Topic("a", 1)]);

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

    [Fact]
    public void What_is_newer_stays_in_whatever_order_it_comes()
    {
        var (first, later) = (Stored(Topic("a", 1, partitions: 2)), Stored(Topic("a", 1, partitions: 2)));
        // Each of the two has something that the other has not heard of.
        first = first with { Topic = first.Topic with { ConfigEpoch = 1, Configs = new Dictionary<string, string> { ["retention.ms"] = "5" } } };
        later = later with { Partitions = [later.Partitions[0], later.Partitions[1] with { LeaderId = 2, PartitionEpoch = 3 }] };
        foreach (var order in new StoredTopic[][] { [first, later], [later, first] })
        {
            var catalog = new TopicCatalog();
            foreach (var news in order)
                catalog.Set([new CatalogTopic(news)]);

            Assert.True(catalog.Current.TryGet("a", out var topic));
            Assert.Equal(5, topic.Config.RetentionMs);
            Assert.Equal([1, 2], topic.Partitions.Select(row => row.LeaderId));
        }
    }

    [Fact]
    public void What_tells_nothing_new_changes_nothing()
    {
        var catalog = new TopicCatalog();
        catalog.Set([Topic("a", 1), Topic("b", 2)]);
        var before = catalog.Current;
        catalog.Changed += (_, _) => Assert.Fail("Nothing has changed.");

        catalog.Set([Topic("a", 1)]);
        catalog.Remove([Id(3)]);
        catalog.Follow(before, [Stored(Topic("a", 1)), Stored(Topic("b", 2))]);

        Assert.Same(before, catalog.Current);
    }

    [Fact]
    public void What_the_store_no_longer_has_goes_and_what_came_while_it_was_read_stays()
    {
        var catalog = new TopicCatalog();
        catalog.Set([Topic("deleted", 1), Topic("kept", 2), Topic("deleted meanwhile", 3)]);
        var before = catalog.Current;
        catalog.Set([Topic("created meanwhile", 4)]);
        catalog.Remove([Id(3)]);

        catalog.Follow(before, [Stored(Topic("kept", 2)), Stored(Topic("deleted meanwhile", 3)), Stored(Topic("found", 5))]);

        Assert.Equal(["created meanwhile", "found", "kept"], catalog.Current.Topics.Select(topic => topic.Name));
    }

    private static Guid Id(int number) => new(number, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 0);

    private static StoredTopic Stored(CatalogTopic topic) => new(topic.Row, topic.Partitions);

    private static CatalogTopic Topic(string name, int number, int leaderEpoch = 0, int partitions = 1) => new(new StoredTopic(
        new TopicRow { Id = Id(number), Name = name, Configs = new Dictionary<string, string>() },
        [
            .. Enumerable.Range(0, partitions).Select(index => new PartitionRow
            {
                TopicId = Id(number),
                Index = index,
                Replicas = [1],
                LeaderId = 1,
                LeaderEpoch = leaderEpoch,
                LeaderIncarnation = 1,
                InSyncReplicas = [1],
                PartitionEpoch = 0,
            }),
        ]));
}
