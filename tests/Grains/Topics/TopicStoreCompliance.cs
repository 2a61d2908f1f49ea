using Actors.Grains.Tests.Support;
using Actors.Grains.Topics;

namespace Actors.Grains.Tests.Topics;

/// <summary>What every <see cref="ITopicStore"/> must do; each store has a subclass.</summary>
public abstract class TopicStoreCompliance
{
    private static readonly Guid Storage = new("0a1b2c3d-0000-4000-8000-000000000001");
    private static readonly Guid Cluster = new("0a1b2c3d-0000-4000-8000-0000000000ff");
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A store with nothing in it.</summary>
    protected abstract Task<ITopicStore> NewStoreAsync();

    [Fact]
    public async Task A_created_topic_is_loaded_as_it_was_stored()
    {
        var store = await NewStoreAsync();
        await store.StartNodeAsync(1, Storage, Cluster, false, Token);
        var topic = Topic("orders", 1, 3, new() { ["retention.ms"] = "1000", ["cleanup.policy"] = "compact" });

        var created = Assert.Single(await store.CreateTopicsAsync([topic], Token));

        Assert.NotNull(created);
        Assert.Equal([0, 1, 2], created.Partitions.Select(row => row.Index));
        Assert.All(created.Partitions, row =>
        {
            Assert.Equal((topic.Id, 1, 0, 0, 1L), (row.TopicId, row.LeaderId, row.LeaderEpoch, row.PartitionEpoch, row.LeaderIncarnation));
            Assert.Equal([1], row.Replicas);
            Assert.Equal([1], row.InSyncReplicas);
        });
        AssertSame(created, Assert.Single(await store.LoadAsync(Token)));
    }

    [Fact]
    public async Task A_name_is_stored_once_and_the_others_of_the_call_are_created()
    {
        var store = await NewStoreAsync();
        var first = Topic("a", 1, 1);
        await store.CreateTopicsAsync([first], Token);

        var answers = await store.CreateTopicsAsync([Topic("a", 2, 5), Topic("b", 3, 1)], Token);

        Assert.Null(answers[0]);
        Assert.NotNull(answers[1]);
        var loaded = await store.LoadAsync(Token);
        Assert.Equal(["a", "b"], loaded.Select(topic => topic.Topic.Name));
        Assert.Equal(first.Id, loaded[0].Topic.Id);
    }

    [Fact]
    public async Task Names_are_loaded_in_ordinal_order_with_partitions_in_order_of_index()
    {
        var store = await NewStoreAsync();
        await store.CreateTopicsAsync([Topic("b", 1, 12), Topic("B", 2, 1), Topic("a.b", 3, 1), Topic("a-b", 4, 1)], Token);

        var loaded = await store.LoadAsync(Token);

        Assert.Equal(["B", "a-b", "a.b", "b"], loaded.Select(topic => topic.Topic.Name));
        Assert.Equal(Enumerable.Range(0, 12), loaded[3].Partitions.Select(row => row.Index));
    }

    [Fact]
    public async Task A_recreated_topic_starts_above_every_epoch_its_name_had()
    {
        var store = await NewStoreAsync();
        await store.StartNodeAsync(1, Storage, Cluster, false, Token);
        await store.CreateTopicsAsync([Topic("t", 1, 2)], Token);
        await store.StartNodeAsync(1, Storage, Cluster, false, Token);
        await store.StartNodeAsync(1, Storage, Cluster, false, Token);
        await store.DeleteTopicsAsync([Id(1)], Token);

        var second = (await store.CreateTopicsAsync([Topic("t", 2, 1)], Token))[0];
        await store.DeleteTopicsAsync([Id(2)], Token);
        var third = (await store.CreateTopicsAsync([Topic("t", 3, 3)], Token))[0];

        Assert.All(second!.Partitions, row => Assert.Equal(3, row.LeaderEpoch));
        Assert.All(third!.Partitions, row => Assert.Equal(4, row.LeaderEpoch));
    }

    [Fact]
    public async Task Deleting_says_what_it_removed()
    {
        var store = await NewStoreAsync();
        await store.CreateTopicsAsync([Topic("a", 1, 2), Topic("b", 2, 1)], Token);

        Assert.Equal([true, false], await store.DeleteTopicsAsync([Id(1), Id(9)], Token));
        Assert.Equal([false], await store.DeleteTopicsAsync([Id(1)], Token));
        Assert.Equal("b", Assert.Single(await store.LoadAsync(Token)).Topic.Name);
    }

    [Fact]
    public async Task A_deletion_is_remembered_until_it_is_finished()
    {
        var store = await NewStoreAsync();
        await store.CreateTopicsAsync([Topic("a", 1, 2), Topic("b", 2, 1), Topic("c", 3, 1)], Token);
        Assert.Empty(await store.LoadDeletionsAsync(Token));

        await store.DeleteTopicsAsync([Id(1), Id(2), Id(9)], Token);
        await store.CreateTopicsAsync([Topic("a", 4, 1)], Token);

        Assert.Equal([(Id(1), "a"), (Id(2), "b")], (await store.LoadDeletionsAsync(Token)).Select(topic => (topic.Id, topic.Name)).Order());
        await store.FinishDeletionsAsync([Id(1), Id(3)], Token);
        Assert.Equal((Id(2), "b"), (await store.LoadDeletionsAsync(Token)).Select(topic => (topic.Id, topic.Name)).Single());
        Assert.Equal(["a", "c"], (await store.LoadAsync(Token)).Select(topic => topic.Topic.Name));
    }

    [Fact]
    public async Task A_deletion_names_the_nodes_that_held_the_topic()
    {
        var store = await NewStoreAsync();
        await store.CreateTopicsAsync([Topic("a", 1, 2) with { Placement = [[3, 1], [2, 3], [11, 1]] }, Topic("b", 2, 2, nodeId: 7)], Token);

        await store.DeleteTopicsAsync([Id(1), Id(2)], Token);

        var deletions = (await store.LoadDeletionsAsync(Token)).ToDictionary(topic => topic.Name, topic => topic.NodeIds);
        Assert.Equal([1, 2, 3, 11], deletions["a"]);
        Assert.Equal([7], deletions["b"]);
    }

    [Fact]
    public async Task Each_start_of_a_node_is_a_new_incarnation_and_a_new_epoch_of_what_it_leads()
    {
        var store = await NewStoreAsync();
        var first = await store.StartNodeAsync(1, Storage, Cluster, false, Token);
        await store.StartNodeAsync(2, Storage, Guid.Parse("0a1b2c3d-0000-4000-8000-0000000000ee"), false, Token);
        await store.CreateTopicsAsync([Topic("mine", 1, 2), Topic("other", 2, 1, nodeId: 2)], Token);

        var second = await store.StartNodeAsync(1, Storage, Guid.Parse("0a1b2c3d-0000-4000-8000-0000000000dd"), false, Token);

        Assert.Equal((Cluster, null), (first.ClusterId, first.PreviousStorageId));
        Assert.Equal((Cluster, Storage), (second.ClusterId, second.PreviousStorageId));
        Assert.True(second.Incarnation > first.Incarnation);
        var loaded = await store.LoadAsync(Token);
        Assert.All(loaded[0].Partitions, row => Assert.Equal((1, 1, second.Incarnation), (row.LeaderEpoch, row.PartitionEpoch, row.LeaderIncarnation)));
        Assert.All(loaded[1].Partitions, row => Assert.Equal((0, 0), (row.LeaderEpoch, row.PartitionEpoch)));
    }

    [Fact]
    public async Task A_start_with_another_storage_changes_nothing_unless_it_is_forced()
    {
        var store = await NewStoreAsync();
        var replaced = new Guid("0a1b2c3d-0000-4000-8000-000000000002");
        var first = await store.StartNodeAsync(1, Storage, Cluster, false, Token);
        await store.CreateTopicsAsync([Topic("t", 1, 1)], Token);

        var refused = await store.StartNodeAsync(1, replaced, Cluster, false, Token);
        Assert.Equal((first.Incarnation, Storage), (refused.Incarnation, refused.PreviousStorageId));
        Assert.Equal(0, (await store.LoadAsync(Token))[0].Partitions[0].LeaderEpoch);

        var forced = await store.StartNodeAsync(1, replaced, Cluster, true, Token);
        Assert.True(forced.Incarnation > first.Incarnation);
        Assert.Equal(1, (await store.LoadAsync(Token))[0].Partitions[0].LeaderEpoch);
        Assert.Equal(replaced, (await store.StartNodeAsync(1, replaced, Cluster, false, Token)).PreviousStorageId);
    }

    [Fact]
    public async Task A_storage_that_was_accepted_is_the_nodes_and_what_it_led_has_new_epochs_at_its_start()
    {
        var store = await NewStoreAsync();
        var replaced = new Guid("0a1b2c3d-0000-4000-8000-000000000002");
        Assert.Empty(await store.LoadNodesAsync(Token));
        await store.StartNodeAsync(2, Cluster, Cluster, false, Token);
        var first = await store.StartNodeAsync(1, Storage, Cluster, false, Token);
        await store.CreateTopicsAsync([Topic("t", 1, 1)], Token);

        Assert.False(await store.TryAcceptStorageAsync(1, replaced, Storage, Token));
        Assert.False(await store.TryAcceptStorageAsync(3, Storage, replaced, Token));
        Assert.Equal([(1, 1L, Storage), (2, 1L, Cluster)], await NodesAsync());
        Assert.True(await store.TryAcceptStorageAsync(1, Storage, replaced, Token));
        Assert.False(await store.TryAcceptStorageAsync(1, Storage, replaced, Token));

        Assert.Equal([(1, 1L, replaced), (2, 1L, Cluster)], await NodesAsync());
        Assert.Equal(0, (await store.LoadAsync(Token))[0].Partitions[0].LeaderEpoch);
        var started = await store.StartNodeAsync(1, replaced, Cluster, false, Token);
        Assert.Equal((first.Incarnation + 1, replaced), (started.Incarnation, started.PreviousStorageId));
        Assert.Equal(1, (await store.LoadAsync(Token))[0].Partitions[0].LeaderEpoch);

        async Task<IEnumerable<(int, long, Guid)>> NodesAsync() =>
            (await store.LoadNodesAsync(Token)).Select(static node => (node.NodeId, node.Incarnation, node.StorageId));
    }

    [Fact]
    public async Task A_partition_changes_only_from_the_expected_epochs()
    {
        var store = await NewStoreAsync();
        var row = (await store.CreateTopicsAsync([Topic("t", 1, 2)], Token))[0]!.Partitions[1];
        var next = row with { LeaderId = PartitionRow.NoLeader, LeaderEpoch = row.LeaderEpoch + 1, PartitionEpoch = row.PartitionEpoch + 1 };

        Assert.False(await store.TryChangePartitionAsync(row with { LeaderEpoch = 7 }, next, Token));
        Assert.False(await store.TryChangePartitionAsync(row with { PartitionEpoch = 7 }, next, Token));
        Assert.True(await store.TryChangePartitionAsync(row, next, Token));
        Assert.False(await store.TryChangePartitionAsync(row, next, Token));
        Assert.False(await store.TryChangePartitionAsync(row with { TopicId = Id(9) }, next with { TopicId = Id(9) }, Token));

        var loaded = (await store.LoadAsync(Token))[0].Partitions;
        Assert.Equal((PartitionRow.NoLeader, 1, 1), (loaded[1].LeaderId, loaded[1].LeaderEpoch, loaded[1].PartitionEpoch));
        Assert.Equal((1, 0, 0), (loaded[0].LeaderId, loaded[0].LeaderEpoch, loaded[0].PartitionEpoch));
    }

    [Fact]
    public async Task Configs_change_only_from_the_expected_epoch()
    {
        var store = await NewStoreAsync();
        await store.CreateTopicsAsync([Topic("t", 1, 1, new() { ["retention.ms"] = "1" })], Token);
        var configs = new Dictionary<string, string> { ["retention.bytes"] = "5" };

        Assert.False(await store.TryChangeConfigsAsync(Id(1), 1, configs, Token));
        Assert.True(await store.TryChangeConfigsAsync(Id(1), 0, configs, Token));
        Assert.False(await store.TryChangeConfigsAsync(Id(1), 0, configs, Token));
        Assert.False(await store.TryChangeConfigsAsync(Id(9), 0, configs, Token));

        var topic = (await store.LoadAsync(Token))[0].Topic;
        Assert.Equal(1, topic.ConfigEpoch);
        Assert.Equal([new("retention.bytes", "5")], topic.Configs);
    }

    [Fact]
    public async Task Producer_ids_are_never_given_twice()
    {
        var store = await NewStoreAsync();

        var blocks = await Task.WhenAll(Enumerable.Range(0, 16).Select(node => store.TakeProducerIdsAsync(node, 10, 0, Token)));

        Assert.Equal(Enumerable.Range(0, 160).Select(id => (long)id), blocks.SelectMany(block => Ids(block)).Order());
        var above = await store.TakeProducerIdsAsync(1, 5, 10_000, Token);
        Assert.Equal(new ProducerIdBlock(10_000, 5), above);
        Assert.Equal(new ProducerIdBlock(10_005, 5), await store.TakeProducerIdsAsync(1, 5, 7, Token));

        static IEnumerable<long> Ids(ProducerIdBlock block) => Enumerable.Range(0, block.Count).Select(index => block.First + index);
    }

    [Fact]
    public async Task Each_change_is_told_to_who_watches_and_nothing_else_is()
    {
        var store = await NewStoreAsync();
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(Token);
        guard.CancelAfter(TestGuard.Limit);
        await using var versions = store.WatchAsync(guard.Token).GetAsyncEnumerator(guard.Token);
        Assert.True(await versions.MoveNextAsync());
        var last = versions.Current;
        var next = versions.MoveNextAsync().AsTask();
        var row = new PartitionRow
        {
            TopicId = Id(1),
            Index = 0,
            Replicas = [1],
            LeaderId = 1,
            LeaderEpoch = 0,
            LeaderIncarnation = 1,
            InSyncReplicas = [1],
            PartitionEpoch = 0,
        };

        async Task ToldAsync(Func<Task> change)
        {
            await change();
            Assert.True(await next);
            Assert.True(versions.Current > last);
            last = versions.Current;
            next = versions.MoveNextAsync().AsTask();
        }

        await ToldAsync(() => store.StartNodeAsync(1, Storage, Cluster, false, Token));
        await ToldAsync(() => store.CreateTopicsAsync([Topic("a", 1, 1)], Token));
        await ToldAsync(() => store.TryChangePartitionAsync(row, row with { PartitionEpoch = 1 }, Token));
        await ToldAsync(() => store.TryChangeConfigsAsync(Id(1), 0, new Dictionary<string, string>(), Token));
        await ToldAsync(() => store.DeleteTopicsAsync([Id(1)], Token));
        await ToldAsync(() => store.FinishDeletionsAsync([Id(1)], Token));

        await store.TakeProducerIdsAsync(1, 5, 0, Token);
        await store.StartNodeAsync(1, Cluster, Cluster, false, Token);
        Assert.False(next.IsCompleted, "Nothing has changed.");
        await ToldAsync(() => store.CreateTopicsAsync([Topic("b", 2, 1)], Token));
        await store.CreateTopicsAsync([Topic("b", 3, 1)], Token);
        await store.TryChangePartitionAsync(row, row with { PartitionEpoch = 1 }, Token);
        await store.TryChangeConfigsAsync(Id(1), 0, new Dictionary<string, string>(), Token);
        await store.DeleteTopicsAsync([Id(1)], Token);
        await store.FinishDeletionsAsync([Id(1)], Token);
        Assert.False(next.IsCompleted, "Nothing has changed.");
        Assert.Equal(last, await FirstAsync(store, guard.Token));

        await guard.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task Who_comes_late_is_told_the_version_of_what_it_then_loads()
    {
        var store = await NewStoreAsync();
        var before = await FirstAsync(store, Token);
        await store.CreateTopicsAsync([Topic("a", 1, 1)], Token);

        Assert.NotEqual(before, await FirstAsync(store, Token));
        Assert.Single(await store.LoadAsync(Token));
    }

    private static async Task<long> FirstAsync(ITopicStore store, CancellationToken token)
    {
        await foreach (var version in store.WatchAsync(token))
            return version;
        throw new InvalidOperationException("A watch does not end.");
    }

    private static Guid Id(int number) => new(number, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 0);

    private static NewTopic Topic(string name, int number, int partitions, Dictionary<string, string>? configs = null, int nodeId = 1) => new()
    {
        Id = Id(number),
        Name = name,
        Configs = configs ?? [],
        Placement = [.. Enumerable.Repeat<IReadOnlyList<int>>([nodeId], partitions)],
    };

    private static void AssertSame(StoredTopic expected, StoredTopic actual)
    {
        Assert.Equal((expected.Topic.Id, expected.Topic.Name, expected.Topic.ConfigEpoch, expected.Topic.IsInternal),
            (actual.Topic.Id, actual.Topic.Name, actual.Topic.ConfigEpoch, actual.Topic.IsInternal));
        Assert.Equal(expected.Topic.Configs.OrderBy(pair => pair.Key), actual.Topic.Configs.OrderBy(pair => pair.Key));
        Assert.Equal(expected.Partitions.Count, actual.Partitions.Count);
        for (var index = 0; index < expected.Partitions.Count; index++)
        {
            var (one, two) = (expected.Partitions[index], actual.Partitions[index]);
            Assert.Equal(one with { Replicas = two.Replicas, InSyncReplicas = two.InSyncReplicas }, two);
            Assert.Equal(one.Replicas, two.Replicas);
            Assert.Equal(one.InSyncReplicas, two.InSyncReplicas);
        }
    }
}
