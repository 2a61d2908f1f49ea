using System.Diagnostics;
using System.Globalization;
using Actors.Grains.Tests.Support;
using Actors.Grains.Topics;
using Actors.Silo.Stores;
using Actors.Silo.Stores.PostgreSql;
using Actors.Tests.Storage;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>PostgreSQL keeps the promises of a store of grain state, while writes share statements.</summary>
public sealed class PostgreSqlGrainStorageTests(PostgreSqlFixture server) : GrainStorageCompliance, IAsyncLifetime
{
    private PostgreSqlRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = new PostgreSqlRig(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Writes_that_wait_share_statements()
    {
        var table = await _rig.GrainStateAsync();
        var store = new PostgreSqlGrainStorage("test", table);
        List<GrainState<Sample>> states = [];
        List<Task> writes = [];
        await using (await HoldAsync())
        {
            writes.Add(WriteAsync(store, 0, states));
            await _rig.BlockedAsync();
            for (var number = 1; number <= 1_200; number++) writes.Add(WriteAsync(store, number, states));
        }

        await Task.WhenAll(writes).WaitAsync(TestGuard.Limit);
        Assert.Equal(1 + 3, table.Statements);
        Assert.Equal(1_201, states.Select(static state => state.ETag).Distinct().Count());

        var reads = Enumerable.Range(0, 1_201).Select(number => ReadAsync(store, number)).ToList();
        var read = await Task.WhenAll(reads).WaitAsync(TestGuard.Limit);
        Assert.InRange(table.Statements, 4 + 3, 4 + 100);
        Assert.Equal(Enumerable.Range(0, 1_201).Select(static number => (long)number), read.Select(static state => state.State!.Number));
        Assert.Equal(states.Select(static state => state.ETag), read.Select(static state => state.ETag));
    }

    [Fact]
    public async Task Five_thousand_grains_that_write_at_once_need_few_statements()
    {
        var table = await _rig.GrainStateAsync();
        var store = new PostgreSqlGrainStorage("test", table);
        await WriteAsync(store, -1, []); // connects
        var before = table.Statements;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 5_000).Select(number => WriteAsync(store, number, []))).WaitAsync(TestGuard.Limit);
        TestContext.Current.TestOutputHelper?.WriteLine($"5,000 grains: {table.Statements - before} statements, {watch.ElapsedMilliseconds} ms");
        Assert.InRange(table.Statements - before, 10, 100);
        Assert.Equal(5_001L, await _rig.ScalarAsync("SELECT count(*) FROM actors.grain_state"));
    }

    [Fact]
    public async Task A_conflict_fails_its_own_write_only()
    {
        var table = await _rig.GrainStateAsync();
        var store = new PostgreSqlGrainStorage("test", table);
        List<GrainState<Sample>> states = [];
        for (var number = 0; number < 5; number++) await WriteAsync(store, number, states);
        var stale = new GrainState<Sample>(new Sample { Number = 99 }, states[2].ETag) { RecordExists = true };
        await WriteAgainAsync(store, 2, states[2]);
        var before = table.Statements;

        var writes = new List<Task>();
        Task conflict;
        await using (await HoldAsync())
        {
            writes.Add(WriteAsync(store, 5, states));
            await _rig.BlockedAsync();
            writes.Add(WriteAgainAsync(store, 0, states[0]));
            writes.Add(WriteAgainAsync(store, 1, states[1]));
            conflict = WriteAgainAsync(store, 2, stale);
            writes.Add(store.ClearStateAsync("s", Grain(3), states[3]));
            writes.Add(store.ClearStateAsync("s", Grain(77), new GrainState<Sample>()));
            writes.Add(WriteAgainAsync(store, 4, states[4]));
        }

        await Task.WhenAll(writes).WaitAsync(TestGuard.Limit);
        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => conflict);
        Assert.Equal((states[2].ETag, stale.ETag), (error.StoredEtag, error.CurrentEtag));
        Assert.Equal(before + 2 + 1, table.Statements);
        Assert.False((await ReadAsync(store, 3)).RecordExists);
        foreach (var number in (int[])[0, 1, 2, 4]) Assert.Equal(states[number].ETag, (await ReadAsync(store, number)).ETag);
    }

    [Fact]
    public async Task A_row_that_the_database_refuses_fails_its_own_write_only()
    {
        var store = new PostgreSqlGrainStorage("test", await _rig.GrainStateAsync());
        List<GrainState<Sample>> states = [];
        List<Task> writes = [];
        Task zero;
        await using (await HoldAsync())
        {
            writes.Add(WriteAsync(store, 0, states));
            await _rig.BlockedAsync();
            for (var number = 1; number <= 20; number++) writes.Add(WriteAsync(store, number, states));
            zero = store.WriteStateAsync("s", GrainId.Create("counter", "a\0b"), new GrainState<Sample>(new Sample()));
            for (var number = 21; number <= 40; number++) writes.Add(WriteAsync(store, number, states));
        }

        await Task.WhenAll(writes).WaitAsync(TestGuard.Limit);
        var error = await Assert.ThrowsAsync<StoreException>(() => zero);
        Assert.Equal(StoreOutcome.NotApplied, error.Outcome);
        Assert.Equal(41L, await _rig.ScalarAsync("SELECT count(*) FROM actors.grain_state"));
    }

    [Fact]
    public async Task One_grain_is_never_twice_in_a_statement_and_its_writes_keep_their_order()
    {
        var table = await _rig.GrainStateAsync();
        var store = new PostgreSqlGrainStorage("test", table);
        List<Task> writes = [];
        await using (await HoldAsync())
        {
            writes.Add(WriteAsync(store, 0, []));
            await _rig.BlockedAsync();
            for (var round = 0; round < 3; round++) writes.Add(store.WriteStateAsync("s", Grain(1), new GrainState<Sample>(new Sample { Number = round })));
            writes.Add(WriteAsync(store, 2, []));
        }

        await Task.WhenAll(writes.Select(static async write => await Record.ExceptionAsync(() => write))).WaitAsync(TestGuard.Limit);
        Assert.Equal([false, false, true, true, false], writes.Select(static write => write.IsFaulted));
        Assert.Equal(0, (await ReadAsync(store, 1)).State!.Number);
    }

    [Fact]
    public async Task A_full_queue_is_busy_and_takes_more_when_there_is_room()
    {
        var store = new PostgreSqlGrainStorage("test", await _rig.GrainStateAsync(new PostgreSqlOptions { OperationTimeout = TimeSpan.FromMinutes(1) }));
        List<Task> writes = [];
        await using (await HoldAsync())
        {
            writes.Add(WriteAsync(store, -1, []));
            await _rig.BlockedAsync();
            for (var number = 0; number < PostgreSqlGrainState.MaxWaiting; number++) writes.Add(WriteAsync(store, number, []));
            var error = await Assert.ThrowsAsync<LimitExceededException>(() => WriteAsync(store, -2, []));
            Assert.Contains("busy", error.Message);
        }

        await Task.WhenAll(writes).WaitAsync(TestGuard.Limit);
        await WriteAsync(store, -2, []);
        Assert.Equal(PostgreSqlGrainState.MaxWaiting + 2L, await _rig.ScalarAsync("SELECT count(*) FROM actors.grain_state"));
    }

    [Fact]
    public async Task Too_many_bytes_are_busy_too_and_a_statement_holds_so_many()
    {
        var table = await _rig.GrainStateAsync(new PostgreSqlOptions { OperationTimeout = TimeSpan.FromMinutes(1) });
        var store = new PostgreSqlGrainStorage("test", table);
        var text = new string('x', PostgreSqlGrainState.MaxStatementBytes / 2);
        List<Task> writes = [];
        await using (await HoldAsync())
        {
            writes.Add(WriteAsync(store, 0, []));
            await _rig.BlockedAsync();
            Task Big(int number) => store.WriteStateAsync("s", Grain(number), new GrainState<Sample>(new Sample { Text = text }));
            while (writes.Count < 1_000 && !writes[^1].IsFaulted) writes.Add(Big(writes.Count));
        }

        Assert.Equal((PostgreSqlGrainState.MaxWaitingBytes / text.Length) - 1 + 2, writes.Count);
        await Assert.ThrowsAsync<LimitExceededException>(() => writes[^1]);
        await Task.WhenAll(writes[..^1]).WaitAsync(TestGuard.Limit);
        Assert.Equal(writes.Count - 1, table.Statements);
    }

    [Fact]
    public async Task Who_gives_up_before_the_statement_has_written_nothing_and_after_it_nobody_knows()
    {
        var store = new PostgreSqlGrainStorage("test", await _rig.GrainStateAsync());
        using var cancel = new CancellationTokenSource();
        Task sent, waiting;
        await using (await HoldAsync())
        {
            sent = store.WriteStateAsync("s", Grain(0), new GrainState<Sample>(new Sample()), cancel.Token);
            await _rig.BlockedAsync();
            waiting = store.WriteStateAsync("s", Grain(1), new GrainState<Sample>(new Sample()), cancel.Token);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TestGuard.Limit));
            var error = await Assert.ThrowsAsync<StoreException>(() => sent.WaitAsync(TestGuard.Limit));
            Assert.Equal(("write grain state", StoreOutcome.Unknown), (error.Operation, error.Outcome));
        }

        await WriteAsync(store, 2, []);
        Assert.False((await ReadAsync(store, 1)).RecordExists);
        Assert.True((await ReadAsync(store, 0)).RecordExists);
    }

    [Fact]
    public async Task Two_silos_that_wait_for_each_others_rows_both_write_what_they_can()
    {
        var silos = new[] { new PostgreSqlGrainStorage("test", await _rig.GrainStateAsync()), new PostgreSqlGrainStorage("test", await _rig.GrainStateAsync()) };
        const int Rounds = 20;
        const int Grains = 100;
        var etags = new string?[Grains];
        for (var round = 0; round < Rounds; round++)
        {
            var attempts = silos.SelectMany((store, silo) => Enumerable.Range(0, Grains).Select(index => Task.Run(async () =>
            {
                var number = silo == 0 ? index : Grains - 1 - index;
                var state = new GrainState<Sample>(new Sample { Number = (round * 10) + silo }, etags[number]!) { RecordExists = round > 0 };
                var error = await Record.ExceptionAsync(() => store.WriteStateAsync("s", Grain(number), state));
                Assert.True(error is null or InconsistentStateException, error?.ToString());
                return (number, ETag: error is null ? state.ETag : null);
            }))).ToList();
            var won = (await Task.WhenAll(attempts).WaitAsync(TestGuard.Limit)).Where(static one => one.ETag is not null).ToDictionary(static one => one.number, static one => one.ETag);
            Assert.Equal(Grains, won.Count);
            foreach (var (number, etag) in won) etags[number] = etag;
        }
    }

    protected override async Task<IGrainStorage> OpenAsync() => new PostgreSqlGrainStorage("Default", await _rig.GrainStateAsync());

    /// <summary>Holds every statement on grain state until disposed of.</summary>
    private Task<HeldLocks> HoldAsync() => _rig.HoldAsync("LOCK TABLE actors.grain_state");

    private static GrainId Grain(int number) => GrainId.Create("counter", number.ToString(CultureInfo.InvariantCulture));

    private static Task WriteAsync(PostgreSqlGrainStorage store, int number, List<GrainState<Sample>> states)
    {
        states.Add(new GrainState<Sample>(new Sample { Number = number }));
        return store.WriteStateAsync("s", Grain(number), states[^1]);
    }

    private static Task WriteAgainAsync(PostgreSqlGrainStorage store, int number, GrainState<Sample> state) => store.WriteStateAsync("s", Grain(number), state);

    private static async Task<GrainState<Sample>> ReadAsync(PostgreSqlGrainStorage store, int number)
    {
        var state = new GrainState<Sample>();
        await store.ReadStateAsync("s", Grain(number), state);
        return state;
    }
}
