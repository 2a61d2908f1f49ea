using Actors.Grains.Tests.Support;
using Actors.Grains.Topics;
using Actors.Harness;
using Actors.Silo.Stores.PostgreSql;

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>A topic store that fails says why, and whether the change may have happened.</summary>
public sealed class PostgreSqlTopicFailureTests(PostgreSqlFixture server) : IAsyncLifetime
{
    private static readonly PostgreSqlOptions Soon = new() { OperationTimeout = TimeSpan.FromSeconds(1) };

    private PostgreSqlRig _rig = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = new PostgreSqlRig(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_server_that_is_not_there_has_changed_nothing()
    {
        await using var database = At(LoopbackPort.Next());
        await FailsAsync(PostgreSqlRig.Topics(database), StoreOutcome.NotApplied, "failed to create topics (outcome: NotApplied): the connection to the database 'x' at 127.0.0.1");
        Assert.Contains("the connection to the database 'x'", database.Problem!.Reason);
        Assert.True(database.Problem is { IsFinal: false, IsWarning: true });
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("R\0\0\0\u0008\0\0\0\0Z\0\0\0\u0005IT\uffff")]
    [InlineData("")]
    public async Task A_server_that_talks_rubbish_has_changed_nothing(string rubbish)
    {
        await using var foreign = new LoopbackServer(async (socket, token) =>
        {
            await socket.ReceiveAsync(new byte[1_000], token);
            await socket.SendAsync(System.Text.Encoding.Latin1.GetBytes(rubbish), token);
        });
        await using var database = At(foreign.Port);
        await FailsAsync(PostgreSqlRig.Topics(database), StoreOutcome.NotApplied, "the database 'x' at 127.0.0.1");
    }

    [Theory]
    [InlineData("UPDATE actors.partitions SET replicas = '{NULL}'")]
    [InlineData("ALTER TABLE actors.partitions ALTER COLUMN leader_epoch TYPE text")]
    [InlineData("ALTER TABLE actors.topics DROP COLUMN config_epoch")]
    [InlineData("DROP TABLE actors.topic_configs")]
    public async Task Rows_that_nobody_can_read_are_an_error_and_no_topics(string garbage)
    {
        var store = await _rig.TopicsAsync();
        await store.CreateTopicsAsync([PostgreSqlTopicStoreTests.Topic("t", 1)], Token);
        await _rig.ExecuteAsync(garbage);
        var error = await Assert.ThrowsAsync<TopicStoreException>(() => store.LoadAsync(Token));
        Assert.Equal(StoreOutcome.NotApplied, error.Outcome);
    }

    [Fact]
    public async Task A_catalog_row_that_is_gone_is_named()
    {
        var store = await _rig.TopicsAsync();
        await _rig.ExecuteAsync("DELETE FROM actors.topic_catalog");
        await FailsAsync(store, StoreOutcome.NotApplied, "actors.topic_catalog");
    }

    [Fact]
    public async Task What_waits_too_long_before_its_commit_has_not_happened()
    {
        var store = await _rig.TopicsAsync(Soon);
        await using (await _rig.HoldAsync("SELECT FROM actors.topic_catalog FOR UPDATE"))
            await FailsAsync(store, StoreOutcome.NotApplied, "did not answer within 1 s");
        await WorksAsync(store, 0);
    }

    [Fact]
    public async Task What_waits_too_long_in_its_commit_may_have_happened()
    {
        var store = await _rig.TopicsAsync(Soon);
        await _rig.HoldableCommitsAsync("actors.topics");
        await using (await _rig.HoldCommitsAsync())
            await FailsAsync(store, StoreOutcome.Unknown, "did not answer within 1 s");
        await SettledAsync();
        await WorksAsync(store, (await store.LoadAsync(Token)).Count);
    }

    [Fact]
    public async Task Whose_connection_is_cut_in_its_commit_may_have_happened()
    {
        var store = await _rig.TopicsAsync();
        await _rig.HoldableCommitsAsync("actors.topics");
        await using (await _rig.HoldCommitsAsync())
        {
            var failing = FailsAsync(store, StoreOutcome.Unknown, "57P01");
            await _rig.BlockedAsync();
            await _rig.KillBlockedAsync();
            await failing.WaitAsync(TestGuard.Limit, Token);
        }

        await WorksAsync(store, 0);
    }

    [Fact]
    public async Task Whose_connection_is_cut_before_its_commit_has_not_happened()
    {
        var store = await _rig.TopicsAsync();
        await using (await _rig.HoldAsync("SELECT FROM actors.topic_catalog FOR UPDATE"))
        {
            var failing = FailsAsync(store, StoreOutcome.NotApplied, "57P01");
            await _rig.BlockedAsync();
            await _rig.KillBlockedAsync();
            await failing.WaitAsync(TestGuard.Limit, Token);
        }

        await WorksAsync(store, 0);
    }

    [Fact]
    public async Task Who_gives_up_in_the_commit_is_told_that_it_may_have_happened()
    {
        var store = await _rig.TopicsAsync();
        await _rig.HoldableCommitsAsync("actors.topics");
        using var cancel = new CancellationTokenSource();
        await using (await _rig.HoldCommitsAsync())
        {
            var creating = store.CreateTopicsAsync([PostgreSqlTopicStoreTests.Topic("t", 1)], cancel.Token);
            await _rig.BlockedAsync();
            await cancel.CancelAsync();
            var error = await Assert.ThrowsAsync<TopicStoreException>(() => creating.WaitAsync(TestGuard.Limit, Token));
            Assert.Equal(StoreOutcome.Unknown, error.Outcome);
        }

        await SettledAsync();
        await WorksAsync(store, (await store.LoadAsync(Token)).Count);
    }

    [Fact]
    public async Task Who_gives_up_before_the_commit_is_just_cancelled()
    {
        var store = await _rig.TopicsAsync();
        using var cancel = new CancellationTokenSource();
        await using (await _rig.HoldAsync("SELECT FROM actors.topic_catalog FOR UPDATE"))
        {
            var creating = store.CreateTopicsAsync([PostgreSqlTopicStoreTests.Topic("t", 1)], cancel.Token);
            await _rig.BlockedAsync();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => creating.WaitAsync(TestGuard.Limit, Token));
        }

        await WorksAsync(store, 0);
    }

    [Fact]
    public async Task A_commit_that_the_database_refuses_has_not_happened()
    {
        var store = await _rig.TopicsAsync();
        await _rig.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not today''; END';
            CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON actors.topics DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()
            """);
        await FailsAsync(store, StoreOutcome.NotApplied, "not today");
        await _rig.ExecuteAsync("DROP TRIGGER refuse ON actors.topics");
        await WorksAsync(store, 0);
    }

    private static PostgreSqlDatabase At(int port) => new($"Host=127.0.0.1;Port={port};Username=u;Database=x;SSL Mode=Disable", Soon, TimeProvider.System);

    private static async Task FailsAsync(PostgreSqlTopicStore store, StoreOutcome outcome, string sentence)
    {
        var error = await Assert.ThrowsAsync<TopicStoreException>(
            () => store.CreateTopicsAsync([PostgreSqlTopicStoreTests.Topic("t", 1)], Token).WaitAsync(TestGuard.Limit, Token));
        Assert.Equal(("create topics", outcome), (error.Operation, error.Outcome));
        Assert.Contains(sentence, error.Message);
    }

    /// <summary>The next operation works, and finds what it must.</summary>
    private static async Task WorksAsync(PostgreSqlTopicStore store, int topics)
    {
        Assert.Equal(topics, (await store.LoadAsync(Token)).Count);
        await store.CreateTopicsAsync([PostgreSqlTopicStoreTests.Topic("next", 2)], Token);
        Assert.Equal(topics + 1, (await store.LoadAsync(Token)).Count);
    }

    /// <summary>Waits until no backend is in a transaction any more: what was left of one is committed or gone.</summary>
    private Task SettledAsync() => TestGuard.UntilAsync(
        async () => await _rig.ScalarAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()") is 0L,
        "the end of every transaction");
}
