using Actors.Membership;
using Actors.Silo.Flavour.AdoNet;
using Actors.Silo.Stores.PostgreSql;
using Actors.Silo.Tests.Stores.PostgreSql;
using Npgsql;
using Orleans.Runtime;

namespace Actors.Silo.Tests.Flavour;

/// <summary>Our SQL under Orleans' AdoNet clustering: one number, compared and set, and one living silo a node.</summary>
public sealed class AdoNetMembershipTests(PostgreSqlFixture server)
{
    private static readonly AdoNetSilo One = new(11_001, "one@1");

    private static readonly AdoNetSilo Two = new(11_002, "two@2") { ProxyPort = 30_002 };

    [Fact]
    public async Task Every_query_that_Orleans_demands_is_there()
    {
        await using var provider = await StartAsync();
        Assert.Equal(
            [
                "CleanupDefunctSiloEntriesKey", "ClearStorageKey", "DeleteMembershipTableEntriesKey", "GatewaysQueryKey", "InsertMembershipKey", "InsertMembershipVersionKey",
                "MembershipReadAllKey", "MembershipReadRowKey", "ReadFromStorageKey", "UpdateIAmAlivetimeKey", "UpdateMembershipKey", "WriteToStorageKey",
            ],
            provider.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_new_table_has_version_0_and_no_silo()
    {
        await using var provider = await StartAsync();
        Assert.False(await provider.InsertVersionAsync());
        var (silos, version) = await provider.ReadAllAsync();
        Assert.Empty(silos);
        Assert.Equal(0, version);
    }

    [Fact]
    public async Task Each_change_makes_the_next_version()
    {
        await using var provider = await StartAsync();
        Assert.True(await provider.InsertAsync(One, 0));
        Assert.True(await provider.InsertAsync(Two with { Status = SiloStatus.Joining }, 1));
        Assert.True(await provider.UpdateAsync(Two with { Suspects = "S1@1,2026-11-21|S2@2,2026-11-21" }, 2));
        var (silos, version) = await provider.ReadAllAsync();
        Assert.Equal(3, version);
        Assert.Equal([One, Two with { Suspects = "S1@1,2026-11-21|S2@2,2026-11-21" }], silos.Select(static silo => silo with { AliveTime = default }));
        var row = await provider.ReadRowAsync(One);
        Assert.Equal((One.Port, 3), (Assert.Single(row.Silos).Port, row.Version));
        Assert.Empty((await provider.ReadRowAsync(One with { Generation = 1 })).Silos);
        Assert.Equal([("127.0.0.1", Two.ProxyPort, Two.Generation)], await provider.GatewaysAsync());
    }

    [Fact]
    public async Task What_does_not_fit_changes_nothing()
    {
        await using var provider = await StartAsync();
        await provider.InsertAsync(One, 0);
        Assert.False(await provider.InsertAsync(Two, 0));
        Assert.False(await provider.InsertAsync(One with { Status = SiloStatus.Dead }, 1));
        Assert.False(await provider.UpdateAsync(One with { Status = SiloStatus.Dead }, 0));
        Assert.False(await provider.UpdateAsync(Two, 1));
        var (silos, version) = await provider.ReadAllAsync();
        Assert.Equal((SiloStatus.Active, 1), (Assert.Single(silos).Status, version));
    }

    [Fact]
    public async Task Of_many_that_change_one_version_one_succeeds()
    {
        await using var provider = await StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(node => provider.InsertAsync(new AdoNetSilo(12_000 + node, $"s@{node}"), 0)));
        Assert.Single(answers, static isAdded => isAdded);
        Assert.Single((await provider.ReadAllAsync()).Silos);
    }

    [Fact]
    public async Task The_databases_clock_says_when_a_silo_was_heard_of()
    {
        await using var provider = await StartAsync();
        await provider.InsertAsync(One, 0);
        var joined = await AliveAsync(provider);
        await provider.UpdateAliveAsync(One, new DateTime(2050, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var renewed = await AliveAsync(provider);
        Assert.InRange(renewed, joined.AddTicks(1), joined.AddMinutes(1));
        await provider.UpdateAsync(One with { Status = SiloStatus.Dead }, 1);
        await provider.UpdateAliveAsync(One, DateTime.UnixEpoch);
        Assert.Equal(renewed, await AliveAsync(provider));
    }

    [Fact]
    public async Task A_second_living_silo_of_a_node_is_refused()
    {
        await using var provider = await StartAsync();
        await provider.InsertAsync(One, 0);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => provider.InsertAsync(One with { Port = 11_009 }, 1));
        Assert.Equal("another_living_silo_has_this_node_id", refused.ConstraintName);
        Assert.Equal(1, (await provider.ReadAllAsync()).Version);
    }

    [Fact]
    public async Task A_node_that_comes_back_replaces_its_former_run_that_nobody_hears_of()
    {
        await using var provider = await StartAsync();
        await provider.InsertAsync(One, 0);
        await provider.InsertAsync(Two, 1);
        await provider.ScalarAsync("UPDATE orleansmembershiptable SET iamalivetime = now() - interval '16 seconds'");
        Assert.True(await provider.InsertAsync(One with { Port = 11_009 }, 2));
        var (silos, version) = await provider.ReadAllAsync();
        Assert.Equal(3, version);
        Assert.Equal([SiloStatus.Dead, SiloStatus.Active, SiloStatus.Active], silos.Select(static silo => silo.Status));
    }

    [Fact]
    public async Task Dead_silos_go_when_they_are_old_and_all_go_with_the_cluster()
    {
        await using var provider = await StartAsync();
        await provider.InsertAsync(One with { Status = SiloStatus.Dead }, 0);
        await provider.InsertAsync(Two, 1);
        await provider.CleanUpAsync(One.StartTime.AddSeconds(1));
        Assert.Equal(2, (await provider.ReadAllAsync()).Silos.Count);
        await provider.CleanUpAsync(DateTime.UtcNow.AddHours(1));
        Assert.Equal(Two.Port, Assert.Single((await provider.ReadAllAsync()).Silos).Port);
        await provider.DeleteAsync();
        Assert.True(await provider.InsertVersionAsync());
        var (silos, version) = await provider.ReadAllAsync();
        Assert.Empty(silos);
        Assert.Equal(0, version);
    }

    [Fact]
    public async Task Silos_that_start_together_make_the_tables_once_and_a_database_has_one_cluster()
    {
        var connectionString = await server.CreateDatabaseAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PrepareAsync(AdoNetProvider.Cluster)));
        var refused = await Assert.ThrowsAsync<ClusterMismatchException>(() => PrepareAsync("misspelt"));
        Assert.Equal(("misspelt", AdoNetProvider.Cluster), (refused.Asked, refused.Held));
        await using var provider = await AdoNetProvider.StartAsync(connectionString);
        await provider.InsertAsync(One, 0);
        await PrepareAsync(AdoNetProvider.Cluster);
        Assert.Equal(1, (await provider.ReadAllAsync()).Version);

        async Task PrepareAsync(string cluster)
        {
            await using var database = new PostgreSqlDatabase(connectionString, new PostgreSqlOptions(), TimeProvider.System);
            await AdoNetTables.PrepareAsync(database, cluster, CancellationToken.None);
        }
    }

    private static async Task<DateTime> AliveAsync(AdoNetProvider provider) => Assert.Single((await provider.ReadAllAsync()).Silos).AliveTime;

    private async Task<AdoNetProvider> StartAsync() => await AdoNetProvider.StartAsync(await server.CreateDatabaseAsync());
}
