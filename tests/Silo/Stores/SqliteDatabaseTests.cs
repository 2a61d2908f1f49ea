using Actors.Grains.Topics;
using Actors.Silo.Lifetime;
using Actors.Silo.Stores;
using Actors.Silo.Stores.Sqlite;

namespace Actors.Silo.Tests.Stores;

public sealed class SqliteDatabaseTests : IAsyncLifetime
{
    private readonly SqliteFixture _file = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    [Fact]
    public async Task Writes_that_wait_share_one_commit()
    {
        var database = _file.Open();
        using var hold = new ManualResetEventSlim();
        var first = database.WriteAsync("hold", _ => { hold.Wait(); return 0; }, default);
        var others = Enumerable.Range(0, 100).Select(number => PutAsync(database, $"k{number}")).ToArray();

        hold.Set();
        await first;
        await Task.WhenAll(others);

        Assert.InRange(database.Commits, 1, 2);
        Assert.Equal(100, await CountAsync(database));
    }

    [Fact]
    public async Task Nobody_is_told_of_success_before_the_commit()
    {
        var database = _file.Open();
        using var holdGate = new ManualResetEventSlim();
        using var holdSecond = new ManualResetEventSlim();
        var gateBegun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var secondBegun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = database.WriteAsync("gate", _ => { gateBegun.SetResult(); holdGate.Wait(); return 0; }, default);
        await gateBegun.Task;
        var first = PutAsync(database, "a");
        var second = database.WriteAsync("put", session => { Put(session, "b"); secondBegun.SetResult(); holdSecond.Wait(); return 0; }, default);
        holdGate.Set();
        await gate;
        await secondBegun.Task;

        // "a" has run; the transaction that it shares with "b" is open.
        Assert.False(first.IsCompleted);
        Assert.Equal(0, await CountAsync(database));
        holdSecond.Set();
        await Task.WhenAll(first, second);
        Assert.Equal(2, await CountAsync(database));
    }

    [Fact]
    public async Task A_write_that_fails_undoes_only_itself()
    {
        var database = _file.Open();
        using var hold = new ManualResetEventSlim();
        var gate = database.WriteAsync("gate", _ => { hold.Wait(); return 0; }, default);
        var before = PutAsync(database, "before");
        var failing = database.WriteAsync<int>("fail", session => { Put(session, "half"); throw new InvalidOperationException("no"); }, default);
        var twice = database.WriteAsync("put twice", session => { Put(session, "x"); Put(session, "x"); return 0; }, default);
        var after = PutAsync(database, "after");

        hold.Set();
        await Task.WhenAll(gate, before, after);

        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        var failure = await Assert.ThrowsAsync<StoreException>(() => twice);
        Assert.Equal(("put twice", StoreOutcome.NotApplied), (failure.Operation, failure.Outcome));
        Assert.Equal(["after", "before"], await database.ReadAsync("list", session => session.Query("SELECT name FROM settings ORDER BY name", row => row.GetString(0)), default));
        Assert.Null(database.Problem);
    }

    [Fact]
    public async Task A_full_file_refuses_and_works_again_when_there_is_room()
    {
        var database = _file.Open();
        var pages = await database.ReadAsync("count pages", session => (long)session.Scalar("PRAGMA page_count")!, default);
        await LimitAsync(database, pages + 2);

        var failure = await Assert.ThrowsAsync<StoreException>(() => PutAsync(database, "big", new byte[100_000]));
        Assert.Equal(StoreOutcome.NotApplied, failure.Outcome);
        Assert.Null(database.Problem);

        await LimitAsync(database, 1_000_000);
        await PutAsync(database, "big", new byte[100_000]);
        Assert.Equal(1, await CountAsync(database));
    }

    [Fact]
    public async Task A_write_that_has_not_begun_can_be_cancelled()
    {
        var database = _file.Open();
        using var hold = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var gate = database.WriteAsync("gate", _ => { hold.Wait(); return 0; }, default);
        var cancelled = database.WriteAsync("put", session => { Put(session, "never"); return 0; }, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        hold.Set();
        await gate;
        Assert.Equal(0, await CountAsync(database));
    }

    [Fact]
    public async Task Nobody_waits_beyond_the_limit_and_what_has_begun_is_unknown()
    {
        var time = new ManualTime();
        var database = _file.Open(time);
        using var hold = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow = database.WriteAsync("put", session => { begun.SetResult(); hold.Wait(); Put(session, "late"); return 0; }, default);
        await begun.Task;

        var timer = await time.Armed.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.FromSeconds(30), timer.DueTime);
        timer.Fire();

        var failure = await Assert.ThrowsAsync<StoreException>(() => slow);
        Assert.Equal(StoreOutcome.Unknown, failure.Outcome);
        hold.Set();
        await database.WriteAsync("wait", _ => 0, default);
        Assert.Equal(1, await CountAsync(database));
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once()
    {
        var database = _file.Open();
        using var hold = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = database.WriteAsync("gate", _ => { begun.SetResult(); hold.Wait(); return 0; }, default);
        await begun.Task;
        var waiting = Enumerable.Range(0, SqliteDatabase.QueueCapacity).Select(_ => database.WriteAsync("wait", _ => 0, default)).ToArray();

        var failure = await Assert.ThrowsAsync<StoreException>(() => database.WriteAsync("one more", _ => 0, default));

        Assert.Equal(("one more", StoreOutcome.NotApplied), (failure.Operation, failure.Outcome));
        hold.Set();
        await gate;
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Closing_finishes_what_was_accepted_and_refuses_the_rest()
    {
        var database = _file.Open();
        using var hold = new ManualResetEventSlim();
        var gate = database.WriteAsync("gate", _ => { hold.Wait(); return 0; }, default);
        var accepted = PutAsync(database, "accepted");
        var closing = database.DisposeAsync();

        var failure = await Assert.ThrowsAsync<StoreException>(() => PutAsync(database, "late"));
        Assert.Equal(StoreOutcome.NotApplied, failure.Outcome);
        hold.Set();
        await Task.WhenAll(gate, accepted, closing.AsTask());
        Assert.Equal(1, await CountAsync(_file.Open()));
    }

    [Fact]
    public async Task Every_commit_is_synced()
    {
        var database = _file.Open();

        Assert.Equal((2L, "wal"), await database.WriteAsync(
            "look", session => ((long)session.Scalar("PRAGMA synchronous")!, (string)session.Scalar("PRAGMA journal_mode")!), default));
    }

    [Fact]
    public async Task A_reader_cannot_write()
    {
        var database = _file.Open();

        await Assert.ThrowsAsync<StoreException>(() => database.ReadAsync("put", session => { Put(session, "a"); return 0; }, default));
    }

    [Fact]
    public void A_file_that_is_no_database_is_a_sentence()
    {
        File.WriteAllText(_file.FullName, string.Concat(Enumerable.Repeat("This is no database. ", 100)));

        var refusal = Assert.Throws<SiloStartException>(() => _file.Open());

        Assert.Contains($"The store {_file.FullName} cannot be opened", refusal.Message);
    }

    private static void Put(SqliteSession session, string name, object? value = null) =>
        session.Execute("INSERT INTO settings VALUES ($1, $2)", name, value ?? 1);

    private static Task<int> PutAsync(SqliteDatabase database, string name, object? value = null) =>
        database.WriteAsync("put", session => { Put(session, name, value); return 0; }, default);

    private static Task<long> CountAsync(SqliteDatabase database) =>
        database.ReadAsync("count", session => (long)session.Scalar("SELECT count(*) FROM settings")!, default);

    private static Task<int> LimitAsync(SqliteDatabase database, long pages) =>
        database.WriteAsync("limit", session => { session.Scalar($"PRAGMA max_page_count = {pages}"); return 0; }, default);
}
