using Actors.Grains.Partitions;
using Actors.Grains.Tests.Support;
using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Log;

namespace Actors.Grains.Tests.Topics;

/// <summary>One command at a time: the store decides what is true, the catalog follows it, and doubt is settled before the next decision.</summary>
public sealed class ControllerGrainTests
{
    [Fact]
    public async Task A_topic_has_its_row_its_logs_and_its_place_in_the_catalog_when_the_answer_comes()
    {
        await using var silo = await TopicSilo.StartAsync();

        var answer = await silo.CreateAsync("t", 3, configs: ("retention.ms", "5"));

        Assert.Equal((0, 3, 1), (answer.ErrorCode, answer.PartitionCount, answer.ReplicationFactor));
        Assert.Equal(["create topics"], silo.Operations);
        Assert.True(silo.Catalog.Current.TryGet("t", out var topic));
        Assert.Equal(answer.TopicId, topic.Id);
        Assert.Equal([0, 1, 2], silo.Get<LogStore>().Logs.Where(log => log.TopicId == topic.Id).Select(log => log.Partition).Order());
        Assert.Equal("5", (await silo.Store.LoadAsync(default)).Single().Topic.Configs["retention.ms"]);
        Assert.Equal((1.0, 1.0), (silo.Meters.Count("metadata_propose_duration_ms"), silo.Meters.Count("metadata_apply_duration_ms")));
    }

    [Fact]
    public async Task Of_those_who_create_one_name_at_the_same_time_one_does()
    {
        await using var silo = await TopicSilo.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => silo.CreateAsync("t")));

        Assert.Equal(1, answers.Count(answer => answer.ErrorCode == 0));
        Assert.Equal(9, answers.Count(answer => answer.ErrorCode == (short)ErrorCode.TopicAlreadyExists));
        Assert.Equal(1, silo.Catalog.Current.Count);
        Assert.Single(silo.Get<LogStore>().Logs);
    }

    [Fact]
    public async Task What_is_only_checked_or_refused_never_reaches_the_store()
    {
        await using var silo = await TopicSilo.StartAsync();

        var validated = await silo.CreateAsync("t", validateOnly: true);
        var refused = await silo.CreateAsync("bad name");

        Assert.Equal((0, Guid.Empty), (validated.ErrorCode, validated.TopicId));
        Assert.Equal((short)ErrorCode.InvalidTopicException, refused.ErrorCode);
        Assert.Empty(silo.Operations);
    }

    [Fact]
    public async Task A_store_that_changed_nothing_leaves_no_doubt()
    {
        await using var silo = await TopicSilo.StartAsync();
        silo.Store.OnOperation = Failing(StoreOutcome.NotApplied, silo);
        Assert.Equal((short)ErrorCode.RequestTimedOut, (await silo.CreateAsync("t")).ErrorCode);
        silo.Store.OnOperation = silo.Note;

        Assert.Equal(0, (await silo.CreateAsync("t")).ErrorCode);

        Assert.Equal(["create topics", "create topics"], silo.Operations);
    }

    [Fact]
    public async Task When_nobody_knows_what_the_store_did_it_is_read_before_the_next_decision()
    {
        await using var silo = await TopicSilo.StartAsync();
        silo.Store.OnApplied = operation => throw new TopicStoreException(operation, StoreOutcome.Unknown, null);
        var doubtful = await silo.CreateAsync("t");
        Assert.Equal((short)ErrorCode.RequestTimedOut, doubtful.ErrorCode);
        Assert.Contains("not known", doubtful.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(0, silo.Catalog.Current.Count);

        // While the store cannot be read, nothing is decided.
        Assert.Equal((short)ErrorCode.RequestTimedOut, (await silo.CreateAsync("u")).ErrorCode);
        Assert.Equal(["create topics", "load"], silo.Operations);
        silo.Store.OnApplied = null;

        Assert.Equal((short)ErrorCode.TopicAlreadyExists, (await silo.CreateAsync("t")).ErrorCode);
        Assert.Equal(["create topics", "load", "load"], silo.Operations);
        Assert.Equal(1, silo.Catalog.Current.Count);
        // Its log was never made; the first touch makes it.
        Assert.Empty(silo.Get<LogStore>().Logs);
        await TopicSilo.AppendAsync(await silo.OpenAsync("t"), TestBatch.Of(1));
    }

    [Fact]
    public async Task A_name_that_only_the_store_has_is_taken_and_then_known()
    {
        await using var silo = await TopicSilo.StartAsync();
        var other = new NewTopic { Id = Guid.Parse("0a1b2c3d-0000-4000-8000-00000000beef"), Name = "t", Configs = new Dictionary<string, string>(), Placement = [[1]] };
        Assert.NotNull((await silo.Store.CreateTopicsAsync([other], default))[0]);

        Assert.Equal((short)ErrorCode.TopicAlreadyExists, (await silo.CreateAsync("t")).ErrorCode);
        Assert.Equal(0, silo.Catalog.Current.Count);
        Assert.Equal(0, (await silo.CreateAsync("u")).ErrorCode);

        Assert.True(silo.Catalog.Current.TryGet("t", out var found));
        Assert.Equal(other.Id, found.Id);
    }

    [Fact]
    public async Task A_node_that_cannot_make_logs_does_not_undo_what_the_store_has()
    {
        await using var silo = await TopicSilo.StartAsync();
        await silo.CreateAsync("before");
        silo.Files.FailSyncs();

        Assert.Equal(0, (await silo.CreateAsync("t")).ErrorCode);

        Assert.True(silo.Catalog.Current.TryGet("t", out _));
        Assert.Equal((short)ErrorCode.KafkaStorageError, await silo.Partition("t").Open());
    }

    [Fact]
    public async Task Deleting_closes_replicas_and_takes_the_logs()
    {
        await using var silo = await TopicSilo.StartAsync();
        await silo.CreateAsync("t", 2);
        await silo.CreateAsync("kept");
        var replica = await silo.OpenAsync("t", 1);
        await TopicSilo.AppendAsync(replica, TestBatch.Of(1));

        Assert.Equal(0, (await silo.DeleteAsync("t")).ErrorCode);

        Assert.True(replica.IsClosed);
        Assert.Equal(0, silo.Get<ReplicaRegistry>().Count);
        Assert.Equal(["kept"], silo.Get<LogStore>().Logs.Select(log => log.Topic));
        Assert.Equal(["kept"], silo.Catalog.Current.Topics.Select(topic => topic.Name));
        Assert.Equal((short)ErrorCode.UnknownTopicOrPartition, (await silo.DeleteAsync("t")).ErrorCode);
    }

    [Fact]
    public async Task A_deletion_that_the_store_has_not_made_takes_nothing()
    {
        await using var silo = await TopicSilo.StartAsync();
        await silo.CreateAsync("t");
        var replica = await silo.OpenAsync("t");
        silo.Store.OnOperation = Failing(StoreOutcome.NotApplied, silo);

        Assert.Equal((short)ErrorCode.RequestTimedOut, (await silo.DeleteAsync("t")).ErrorCode);

        Assert.False(replica.IsClosed);
        await TopicSilo.AppendAsync(replica, TestBatch.Of(1));
        silo.Store.OnOperation = silo.Note;
        Assert.Equal(0, (await silo.DeleteAsync("t")).ErrorCode);
    }

    [Fact]
    public async Task A_deletion_whose_end_the_store_does_not_hear_of_is_ended_later()
    {
        await using var silo = await TopicSilo.StartAsync();
        await silo.CreateAsync("t");
        silo.Store.OnOperation = FailingOnly("finish deletions", silo);

        Assert.Equal(0, (await silo.DeleteAsync("t")).ErrorCode);
        Assert.Single(await silo.Store.LoadDeletionsAsync(default));
        var early = await silo.CreateAsync("t");
        Assert.Equal((short)ErrorCode.TopicAlreadyExists, early.ErrorCode);
        Assert.Contains("is being deleted", early.ErrorMessage, StringComparison.Ordinal);

        silo.Store.OnOperation = silo.Note;
        await silo.SweepAsync();
        await silo.NothingDeletedAsync();
        Assert.Equal(0, (await silo.CreateAsync("t")).ErrorCode);
    }

    [Fact]
    public async Task A_name_that_is_being_deleted_is_free_as_soon_as_nothing_is_left()
    {
        await using var silo = await TopicSilo.StartAsync();
        await silo.CreateAsync("t");
        silo.Store.OnOperation = FailingOnly("finish deletions", silo);
        await silo.DeleteAsync("t");
        silo.Store.OnOperation = silo.Note;

        Assert.Equal(0, (await silo.CreateAsync("t")).ErrorCode);

        Assert.Empty(await silo.Store.LoadDeletionsAsync(default));
    }

    [Fact]
    public async Task What_a_crash_has_left_of_a_deletion_goes_at_the_next_start()
    {
        var topic = new NewTopic { Id = Guid.Parse("0a1b2c3d-0000-4000-8000-00000000dead"), Name = "t", Configs = new Dictionary<string, string>(), Placement = [[1]] };
        await using var silo = await TopicSilo.StartAsync(async store =>
        {
            await store.CreateTopicsAsync([topic], default);
            await store.DeleteTopicsAsync([topic.Id], default);
        });

        await silo.NothingDeletedAsync();
    }

    [Fact]
    public async Task A_deletion_of_which_the_store_gave_no_answer_takes_the_logs_later()
    {
        await using var silo = await TopicSilo.StartAsync();
        await silo.CreateAsync("t");
        await silo.OpenAsync("t");
        silo.Store.OnApplied = operation => throw new TopicStoreException(operation, StoreOutcome.Unknown, null);
        Assert.Equal((short)ErrorCode.RequestTimedOut, (await silo.DeleteAsync("t")).ErrorCode);
        Assert.Single(silo.Get<LogStore>().Logs);

        silo.Store.OnApplied = null;
        await silo.SweepAsync();

        await silo.NothingDeletedAsync();
        Assert.Empty(silo.Get<LogStore>().Logs);
        Assert.Equal(0, silo.Catalog.Current.Count);
    }

    private static Action<string> FailingOnly(string failing, TopicSilo silo) => operation =>
    {
        silo.Note(operation);
        if (operation == failing)
            throw new TopicStoreException(operation, StoreOutcome.NotApplied, null);
    };

    private static Action<string> Failing(StoreOutcome outcome, TopicSilo silo) => operation =>
    {
        silo.Note(operation);
        throw new TopicStoreException(operation, outcome, null);
    };
}
