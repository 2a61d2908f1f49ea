using System.Diagnostics;
using System.Globalization;
using Actors.Grains.Tests.Support;
using Actors.Grains.Topics;
using Actors.Harness;
using Actors.Silo.Stores;
using Actors.Silo.Stores.PostgreSql;

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>Grain state while its database is slow or away: a clear answer in bounded time, and work again when it is back.</summary>
public sealed class PostgreSqlGrainOutageTests(PostgreSqlFixture fixture)
{
    private static readonly byte[] Payload = [1];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_that_goes_away_and_comes_back()
    {
        await using var server = await PostgreSqlServer.StartNewAsync();
        await using var rig = new PostgreSqlRig(await server.CreateDatabaseAsync());
        var database = await rig.PreparedAsync();
        var table = new PostgreSqlGrainState(database);
        var first = (await table.ChangeAsync(Key(1), null, Payload, hasWork: false, Token)).Version;

        await using (await rig.HoldAsync("LOCK TABLE actors.grain_state"))
        {
            var inFlight = table.ChangeAsync(Key(1), first, Payload, hasWork: false, Token);
            await rig.BlockedAsync();
            await server.StopAsync();
            Assert.Equal(StoreOutcome.Unknown, (await FailsAsync(inFlight)).Outcome);
        }

        for (var attempt = 0; attempt < 3; attempt++)
        {
            var away = await FailsAsync(table.ChangeAsync(Key(1), first, Payload, hasWork: false, Token));
            Assert.Equal(StoreOutcome.NotApplied, away.Outcome);
            Assert.Contains("the connection to the database 'test1' at 127.0.0.1", away.Reason);
            Assert.Contains("the database 'test1'", database.Problem!.Reason);
        }

        await FailsAsync(table.ReadAsync(Key(1), Token));

        await server.StartAsync();
        Assert.Equal(first, (await table.ReadAsync(Key(1), Token)).Version);
        Assert.True((await table.ChangeAsync(Key(1), first, Payload, hasWork: false, Token)).IsDone);
        Assert.Null(database.Problem);
    }

    [Fact]
    public async Task After_an_outcome_that_nobody_knows_the_next_write_finds_out()
    {
        await using var rig = new PostgreSqlRig(await fixture.CreateDatabaseAsync());
        var table = await rig.GrainStateAsync();
        var first = (await table.ChangeAsync(Key(1), null, Payload, hasWork: false, Token)).Version;
        await rig.HoldableCommitsAsync("actors.grain_state");
        foreach (var isKilled in (bool[])[true, false])
        {
            using var cancel = new CancellationTokenSource();
            await using (await rig.HoldCommitsAsync())
            {
                var inFlight = table.ChangeAsync(Key(1), first, Payload, hasWork: false, cancel.Token);
                await rig.BlockedAsync();
                if (isKilled) await rig.KillBlockedAsync();
                else await cancel.CancelAsync();
                Assert.Equal(StoreOutcome.Unknown, (await FailsAsync(inFlight)).Outcome);
            }

            var next = await table.ChangeAsync(Key(1), first, Payload, hasWork: false, Token);
            var stored = (await table.ReadAsync(Key(1), Token)).Version;
            Assert.Equal((isKilled, stored), (next.IsDone, next.Version));
            first = stored;
        }
    }

    [Fact]
    public async Task Every_request_ends_within_twice_the_time_out()
    {
        await using var rig = new PostgreSqlRig(await fixture.CreateDatabaseAsync());
        var table = await rig.GrainStateAsync(new PostgreSqlOptions { OperationTimeout = TimeSpan.FromSeconds(1) });
        await using (await rig.HoldAsync("LOCK TABLE actors.grain_state"))
        {
            var watch = Stopwatch.StartNew();
            List<Task<GrainStateAnswer>> asked = [table.ChangeAsync(Key(0), null, Payload, hasWork: false, Token)];
            await rig.BlockedAsync();
            for (var number = 1; number <= 3 * PostgreSqlGrainState.MaxRows; number++) asked.Add(table.ChangeAsync(Key(number), null, Payload, hasWork: false, Token));
            asked.Add(table.ReadAsync(Key(0), Token));
            List<StoreException> errors = [];
            foreach (var one in asked) errors.Add(await FailsAsync(one));
            Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1.9), TestGuard.Limit);
            Assert.Contains("did not answer within 1 s", errors[0].Reason);
            Assert.Contains("did not answer within 1 s", errors[^1].Reason);
            Assert.Equal((StoreOutcome.Unknown, StoreOutcome.Unknown), (errors[0].Outcome, errors[1].Outcome));
            Assert.Contains(errors, static error => error is { Outcome: StoreOutcome.NotApplied } && error.Reason.Contains("did not come to it within 2 s", StringComparison.Ordinal));
        }

        Assert.True((await table.ChangeAsync(Key(-1), null, Payload, hasWork: false, Token)).IsDone);
    }

    private static GrainStateKey Key(int number) => new(number.ToString(CultureInfo.InvariantCulture), "s");

    private static Task<StoreException> FailsAsync(Task<GrainStateAnswer> asked) => Assert.ThrowsAsync<StoreException>(() => asked.WaitAsync(TestGuard.Limit, Token));
}
