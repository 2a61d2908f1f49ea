using System.Diagnostics;
using System.Net;
using Actors.Grains.Tests.Support;
using Actors.Harness;
using Actors.Membership;
using Actors.Silo.Stores.PostgreSql;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>A database that is slow, goes away or cuts connections: calls end in bounded time and say so, and watches go on.</summary>
public sealed class PostgreSqlOutageTests(PostgreSqlFixture fixture)
{
    private const string Cluster = "orchard";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly PostgreSqlOptions NoLooks = new() { PollInterval = TimeSpan.FromHours(1) };

    [Fact]
    public async Task A_call_that_waits_too_long_ends_with_a_sentence()
    {
        await using var rig = new PostgreSqlRig(await fixture.CreateDatabaseAsync());
        var table = await rig.InitializedAsync(Cluster, new PostgreSqlOptions { OperationTimeout = TimeSpan.FromSeconds(1) });
        await InsertAsync(table, 1);
        await using (await rig.HoldAsync("LOCK TABLE actors.silos, actors.clusters"))
        {
            var watch = Stopwatch.StartNew();
            var error = await Assert.ThrowsAsync<MembershipStoreException>(() => table.RenewLeaseAsync(Address(1), CancellationToken.None).WaitAsync(Limit));
            Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.9), Limit);
            Assert.Contains("did not answer within 1 s", error.Message);
            Assert.Equal(("renew a lease", true), (error.Operation, error.MayHaveHappened));
        }

        Assert.NotNull(await table.RenewLeaseAsync(Address(1), CancellationToken.None));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_says_that_it_was()
    {
        await using var rig = new PostgreSqlRig(await fixture.CreateDatabaseAsync());
        var table = await rig.InitializedAsync(Cluster);
        await using (await rig.HoldAsync("LOCK TABLE actors.silos, actors.clusters"))
        {
            using var stop = new CancellationTokenSource();
            var read = table.ReadLeasesAsync(stop.Token);
            await rig.BlockedAsync();
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(Limit));
        }
    }

    [Fact]
    public async Task A_store_that_goes_away_and_comes_back()
    {
        await using var server = await PostgreSqlServer.StartNewAsync();
        await using var rig = new PostgreSqlRig(await server.CreateDatabaseAsync());
        var table = await rig.InitializedAsync(Cluster);
        await InsertAsync(table, 1);
        await using var versions = new WatchedVersions(table);
        Assert.Equal(1, await versions.NextAsync());
        var change = versions.NextAsync();

        var hold = await rig.HoldAsync("LOCK TABLE actors.silos, actors.clusters");
        var inFlight = table.RenewLeaseAsync(Address(1), CancellationToken.None);
        await rig.BlockedAsync();
        await server.StopAsync();
        var error = await Assert.ThrowsAsync<MembershipStoreException>(() => inFlight.WaitAsync(Limit));
        Assert.True(error.MayHaveHappened, error.Message);
        await hold.DisposeAsync();

        error = await Assert.ThrowsAsync<MembershipStoreException>(() => table.ReadAll().WaitAsync(Limit));
        Assert.False(error.MayHaveHappened, error.Message);
        Assert.Contains("read the silos", error.Message);
        Assert.False(change.IsCompleted, "A watch does not end because the store is away.");

        await server.StartAsync();
        Assert.Single((await table.ReadAll()).Members);
        await InsertAsync(table, 2);
        Assert.Equal(2, await change);
    }

    [Fact]
    public async Task Changes_arrive_after_the_listening_connection_was_killed()
    {
        await using var rig = new PostgreSqlRig(await fixture.CreateDatabaseAsync());
        var table = await rig.InitializedAsync(Cluster, NoLooks);
        await using var versions = new WatchedVersions(table);
        Assert.Equal(0, await versions.NextAsync());
        for (var round = 1; round <= 3; round++)
        {
            var killed = 0;
            await TestGuard.UntilAsync(async () => (killed += await KillListenersAsync(rig)) > 0, "a connection that listens");
            await InsertAsync(table, round);
            Assert.Equal(round, await versions.NextAsync());
        }

        // Heard again, not only found on the way back.
        await TestGuard.UntilAsync(async () => await ListenersAsync(rig) == 1, "a connection that listens");
        await InsertAsync(table, 4);
        Assert.Equal(4, await versions.NextAsync());
    }

    [Fact]
    public async Task The_death_of_a_silo_is_heard_of_without_looking()
    {
        await using var rig = new PostgreSqlRig(await fixture.CreateDatabaseAsync());
        var table = await rig.InitializedAsync(Cluster, NoLooks);
        await InsertAsync(table, 1);
        await using var versions = new WatchedVersions(table);
        Assert.Equal(1, await versions.NextAsync());
        var rows = await table.ReadAll();
        var (entry, etag) = rows.Members[0];
        entry.Status = SiloStatus.Dead;

        Assert.True(await table.UpdateRow(entry, etag, rows.Version.Next()));

        Assert.Equal(2, await versions.NextAsync());
    }

    [Fact]
    public async Task A_change_that_nobody_announces_is_found_by_looking()
    {
        await using var rig = new PostgreSqlRig(await fixture.CreateDatabaseAsync());
        var table = await rig.InitializedAsync(Cluster, new PostgreSqlOptions { PollInterval = TimeSpan.FromMilliseconds(20) });
        await using var versions = new WatchedVersions(table);
        Assert.Equal(0, await versions.NextAsync());
        for (var round = 1; round <= 3; round++)
        {
            object? deaf = null;
            await TestGuard.UntilAsync(async () => (deaf = await ListenerAsync(rig)) is not null, "a connection that listens");
            await rig.ExecuteAsync("UPDATE actors.clusters SET version = version + 1");
            Assert.Equal(round, await versions.NextAsync());
            // The connection that was not told may be dead without a sign.
            await TestGuard.UntilAsync(async () => await ListenerAsync(rig) is { } other && !other.Equals(deaf), "another connection that listens");
        }
    }

    [Fact]
    public async Task What_others_say_on_the_channel_changes_nothing()
    {
        await using var rig = new PostgreSqlRig(await fixture.CreateDatabaseAsync());
        var table = await rig.InitializedAsync(Cluster, NoLooks);
        await using var versions = new WatchedVersions(table);
        Assert.Equal(0, await versions.NextAsync());
        await rig.ExecuteAsync("SELECT pg_notify('actors_membership', 'rubbish'), pg_notify('actors_membership', '')");
        await InsertAsync(table, 1);
        Assert.Equal(1, await versions.NextAsync());
    }

    private static Task<int> KillListenersAsync(PostgreSqlRig rig) =>
        Count(rig, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%' AND state = 'idle'");

    private static Task<int> ListenersAsync(PostgreSqlRig rig) =>
        Count(rig, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%' AND state = 'idle'");

    /// <summary>The process that serves who listens; null when nobody does.</summary>
    private static Task<object?> ListenerAsync(PostgreSqlRig rig) =>
        rig.ScalarAsync("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%' AND state = 'idle'");

    private static async Task<int> Count(PostgreSqlRig rig, string sql) => (int)(long)(await rig.ScalarAsync(sql))!;

    private static SiloAddress Address(int node) => SiloAddress.New(IPAddress.Loopback, 11110 + node, 1);

    private static async Task InsertAsync(IMembershipTable table, int node)
    {
        var entry = new MembershipEntry { SiloAddress = Address(node), SiloName = new SiloNodeName("silo", node).ToString(), HostName = "host", Status = SiloStatus.Active };
        Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()));
    }
}
