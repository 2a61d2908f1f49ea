using Actors.Grains.Tests.Topics;
using Actors.Grains.Topics;
using Actors.Silo.Stores.Sqlite;

namespace Actors.Silo.Tests.Stores;

public sealed class SqliteTopicStoreTests : TopicStoreCompliance, IAsyncLifetime
{
    private readonly SqliteFixture _file = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    [Fact]
    public async Task Everything_is_there_after_the_file_was_closed_and_opened()
    {
        var token = TestContext.Current.CancellationToken;
        var topic = new NewTopic
        {
            Id = new(7, 0, 0, new byte[8]),
            Name = "kept",
            Configs = new Dictionary<string, string> { ["retention.ms"] = "5" },
            IsInternal = true,
            Placement = [[1], [2, 1, 3]],
        };
        var cluster = new Guid(9, 0, 0, new byte[8]);
        await using (var database = _file.Open())
        {
            var store = new SqliteTopicStore(database);
            await store.StartNodeAsync(2, default, cluster, false, token);
            await store.CreateTopicsAsync([topic], token);
            await store.TakeProducerIdsAsync(2, 1000, 0, token);
        }

        var reopened = new SqliteTopicStore(_file.Open());
        var stored = Assert.Single(await reopened.LoadAsync(token));

        Assert.Equal((topic.Id, "kept", true, 0), (stored.Topic.Id, stored.Topic.Name, stored.Topic.IsInternal, stored.Topic.ConfigEpoch));
        Assert.Equal("5", stored.Topic.Configs["retention.ms"]);
        Assert.Equal([2, 1, 3], stored.Partitions[1].Replicas);
        Assert.Equal((2, 1L), (stored.Partitions[1].LeaderId, stored.Partitions[1].LeaderIncarnation));
        Assert.Equal(new(1000, 5), await reopened.TakeProducerIdsAsync(2, 5, 0, token));
        Assert.Equal(cluster, (await reopened.StartNodeAsync(1, default, Guid.Empty, false, token)).ClusterId);
    }

    [Fact]
    public async Task A_topic_with_100_partitions_is_one_transaction()
    {
        var database = _file.Open();
        var topic = new NewTopic { Id = new(1, 0, 0, new byte[8]), Name = "wide", Configs = new Dictionary<string, string>(), Placement = [.. Enumerable.Repeat<IReadOnlyList<int>>([1], 100)] };

        await new SqliteTopicStore(database).CreateTopicsAsync([topic], TestContext.Current.CancellationToken);

        Assert.Equal(1, database.Commits);
    }

    protected override Task<ITopicStore> NewStoreAsync() => Task.FromResult<ITopicStore>(new SqliteTopicStore(_file.Open()));
}
