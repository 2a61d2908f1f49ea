using Actors.Grains.Tests.Topics;
using Actors.Grains.Topics;
using Actors.Harness;
using Actors.Silo.Stores.PostgreSql;

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>PostgreSQL keeps the promises of a topic store, between silos that share it too.</summary>
public sealed class PostgreSqlTopicStoreTests(PostgreSqlFixture server) : TopicStoreCompliance, IAsyncLifetime
{
    private static readonly PostgreSqlOptions NoLooks = new() { PollInterval = TimeSpan.FromHours(1) };

    private PostgreSqlRig _rig = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = new PostgreSqlRig(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Of_silos_that_change_one_partition_exactly_one_wins_each_round()
    {
        var silos = await SilosAsync(4);
        var row = (await silos[0].CreateTopicsAsync([Topic("t", 1)], Token))[0]!.Partitions[0];
        for (var round = 0; round < 20; round++)
        {
            var next = Enumerable.Range(0, 4).Select(silo => row with { LeaderId = silo, LeaderEpoch = row.LeaderEpoch + 1, PartitionEpoch = row.PartitionEpoch + 1 }).ToArray();
            var won = await Task.WhenAll(silos.Select((store, silo) => Task.Run(() => store.TryChangePartitionAsync(row, next[silo], Token), Token)));
            row = next[Array.IndexOf(won, true)];
            Assert.Single(won, true);
            var stored = (await silos[round % 4].LoadAsync(Token))[0].Partitions[0];
            Assert.Equal((row.LeaderId, row.LeaderEpoch, row.PartitionEpoch), (stored.LeaderId, stored.LeaderEpoch, stored.PartitionEpoch));
        }
    }

    [Fact]
    public async Task What_the_documentation_writes_lets_a_node_start_on_a_new_volume()
    {
        var (former, found, cluster) = (new Guid(1, 0, 0, new byte[8]), new Guid(2, 0, 0, new byte[8]), new Guid(3, 0, 0, new byte[8]));
        var store = await _rig.TopicsAsync();
        await store.StartNodeAsync(1, former, cluster, force: false, Token);
        Assert.Equal(former, (await store.StartNodeAsync(1, found, cluster, force: false, Token)).PreviousStorageId);
        var document = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "kubernetes.md"), Token);

        Assert.Equal(1, await _rig.ExecuteAsync(document.Split("```sql")[1].Split("```")[0].Replace("<found>", found.ToString("D"), StringComparison.Ordinal)));

        var start = await store.StartNodeAsync(1, found, cluster, force: false, Token);
        Assert.Equal((2L, found), (start.Incarnation, start.PreviousStorageId));
    }

    [Fact]
    public async Task Silos_that_create_delete_and_start_at_one_moment_leave_what_some_order_of_theirs_would()
    {
        var silos = await SilosAsync(4);
        for (var round = 0; round < 10; round++)
        {
            var created = await Task.WhenAll(silos.Select((store, silo) => Task.Run(
                () => store.CreateTopicsAsync([Topic("a", (round * 100) + silo), Topic("b", (round * 100) + 50 + silo)], Token), Token)));
            var topics = created.SelectMany(static one => one).OfType<StoredTopic>().ToList();
            Assert.Equal(["a", "b"], topics.Select(static topic => topic.Topic.Name).Order());

            var ids = topics.Select(static topic => topic.Topic.Id).ToArray();
            var deletions = silos.Select((store, silo) => Task.Run(
                () => store.DeleteTopicsAsync(silo % 2 == 0 ? ids : [.. ids.Reverse()], Token), Token)).ToList();
            var starts = silos.Select((store, silo) => Task.Run(() => store.StartNodeAsync(silo, Id(silo), Id(99), false, Token), Token)).ToList();
            Assert.Equal(2, (await Task.WhenAll(deletions)).SelectMany(static one => one).Count(static isRemoved => isRemoved));
            Assert.All(await Task.WhenAll(starts), start => Assert.Equal((Id(99), round + 1L), (start.ClusterId, start.Incarnation)));
            Assert.Empty(await silos[0].LoadAsync(Token));
        }
    }

    [Fact]
    public async Task What_one_silo_changes_the_others_are_told_without_looking()
    {
        var (one, other) = (await _rig.TopicsAsync(NoLooks), await _rig.TopicsAsync(NoLooks));
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(Token);
        guard.CancelAfter(Grains.Tests.Support.TestGuard.Limit);
        await using var versions = other.WatchAsync(guard.Token).GetAsyncEnumerator(guard.Token);
        Assert.True(await versions.MoveNextAsync());
        for (var round = 0; round < 5; round++)
        {
            var before = versions.Current;
            var next = versions.MoveNextAsync();
            await one.CreateTopicsAsync([Topic($"t{round}", round)], Token);
            Assert.True(await next);
            Assert.Equal(before + 1, versions.Current);
            Assert.Equal(round + 1, (await other.LoadAsync(Token)).Count);
        }
    }

    [Fact]
    public async Task A_topic_with_10_000_partitions_is_stored_and_loaded()
    {
        var store = await _rig.TopicsAsync();
        var placement = Enumerable.Range(0, 10_000).Select(static index => (IReadOnlyList<int>)[index % 3, (index + 1) % 3]).ToList();
        await store.CreateTopicsAsync([Topic("wide", 1) with { Placement = placement }], Token);
        Assert.Equal(placement, Assert.Single(await store.LoadAsync(Token)).Partitions.Select(static row => row.Replicas));
    }

    protected override async Task<ITopicStore> NewStoreAsync() => await _rig.TopicsAsync();

    internal static Guid Id(int number) => new(number, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 0);

    internal static NewTopic Topic(string name, int number) => new()
    {
        Id = Id(number),
        Name = name,
        Configs = new Dictionary<string, string> { ["retention.ms"] = "5" },
        Placement = [[1]],
    };

    private async Task<PostgreSqlTopicStore[]> SilosAsync(int count)
    {
        var silos = new PostgreSqlTopicStore[count];
        for (var silo = 0; silo < count; silo++) silos[silo] = await _rig.TopicsAsync();
        return silos;
    }
}
