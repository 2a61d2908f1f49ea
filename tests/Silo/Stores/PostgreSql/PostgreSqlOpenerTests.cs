using Actors.Grains.Tests.Support;
using Actors.Grains.Topics;
using Actors.Harness;
using Actors.Membership;
using Actors.Silo.Health;
using Actors.Silo.Lifetime;
using Actors.Silo.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>A silo's start waits for its database, makes its tables, and ends with a sentence where waiting mends nothing.</summary>
public sealed class PostgreSqlOpenerTests(PostgreSqlFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_start_waits_for_a_database_that_is_away()
    {
        await using var server = await PostgreSqlServer.StartNewAsync();
        var connection = await server.CreateDatabaseAsync();
        await server.StopAsync();
        await using var services = Services(connection);
        var health = services.GetRequiredService<SiloHealth>();
        var starting = Opener(services).StartAsync(Token);
        await TestGuard.UntilAsync(() => health.Step.StartsWith("waiting for the database 'test1' at 127.0.0.1:", StringComparison.Ordinal), "a start that says what it waits for");
        Assert.False(starting.IsCompleted);

        await server.StartAsync();
        await starting.WaitAsync(TestGuard.Limit, Token);
        Assert.Empty(await services.GetRequiredService<ITopicStore>().LoadAsync(Token));
        Assert.Empty(health.Problems());

        await server.StopAsync();
        await Assert.ThrowsAsync<TopicStoreException>(() => services.GetRequiredService<ITopicStore>().LoadAsync(Token));
        Assert.Contains("the database 'test1'", Assert.Single(health.Problems()).Reason);
        health.BecomeActive();
        Assert.True(health.IsReady, "A store outage is a warning.");
        Assert.True(health.IsAlive);

        await server.StartAsync();
        Assert.Empty(await services.GetRequiredService<ITopicStore>().LoadAsync(Token));
        Assert.Empty(health.Problems());
    }

    [Fact]
    public async Task The_start_waits_for_who_reads_older_tables_for_long()
    {
        var connection = await fixture.CreateDatabaseAsync();
        await using var services = Services(connection);
        await Opener(services).StartAsync(Token);
        await using var rig = new PostgreSqlRig(connection);
        await rig.DropAgentsAsync();
        await rig.ExecuteAsync("ALTER TABLE actors.clusters DROP COLUMN list_id; ALTER TABLE actors.grain_state DROP COLUMN has_work; UPDATE actors.schema_version SET version = 3");
        await using var reader = await rig.HoldAsync("SELECT count(*) FROM actors.grain_state");

        await using var later = Services(connection);
        var health = later.GetRequiredService<SiloHealth>();
        var starting = Opener(later).StartAsync(Token);
        await TestGuard.UntilAsync(() => health.Step.EndsWith("waits for a lock on the tables; another program reads them for long", StringComparison.Ordinal), "a start that says what it waits for");
        Assert.False(starting.IsCompleted);

        await reader.DisposeAsync();
        await starting.WaitAsync(TestGuard.Limit, Token);
        Assert.Equal(0L, await rig.ScalarAsync("SELECT count(*) FROM actors.grain_state WHERE has_work"));
    }

    [Fact]
    public async Task A_start_that_waits_can_be_stopped()
    {
        await using var services = Services($"Host=127.0.0.1;Port={LoopbackPort.Next()};Username=u;Database=x");
        using var stop = new CancellationTokenSource();
        var starting = Opener(services).StartAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting.WaitAsync(TestGuard.Limit, Token));
    }

    [Theory]
    [InlineData("Database=nowhere", "(3D000). Correct user, password or database")]
    [InlineData("Username=nobody", "(28000). Correct user, password or database")]
    public async Task A_refusal_ends_the_start_with_a_sentence(string setting, string sentence)
    {
        await using var services = Services(await fixture.CreateDatabaseAsync() + ";" + setting);
        var error = await Assert.ThrowsAsync<SiloStartException>(() => Opener(services).StartAsync(Token).WaitAsync(TestGuard.Limit, Token));
        Assert.Contains(sentence, error.Message);
    }

    [Theory]
    [InlineData("ALTER TABLE actors.schema_version ALTER COLUMN version TYPE text")]
    [InlineData("ALTER TABLE actors.schema_version DROP COLUMN flavour")]
    [InlineData("DROP TABLE actors.clusters CASCADE")]
    public async Task A_damaged_schema_ends_the_start_with_a_sentence(string damage)
    {
        var connection = await fixture.CreateDatabaseAsync();
        await using var services = Services(connection);
        await Opener(services).StartAsync(Token);
        await using var rig = new PostgreSqlRig(connection);
        await rig.ExecuteAsync(damage);
        var error = await Assert.ThrowsAsync<SiloStartException>(() => Opener(services).StartAsync(Token).WaitAsync(TestGuard.Limit, Token));
        Assert.Contains("is damaged, or another program's: ", error.Message);
    }

    [Fact]
    public async Task A_database_that_refuses_to_write_is_told_of_though_it_is_read()
    {
        await using var rig = new PostgreSqlRig(await fixture.CreateDatabaseAsync());
        var database = await rig.PreparedAsync();
        var store = PostgreSqlRig.Topics(database);
        await rig.ExecuteAsync($"ALTER DATABASE {rig.Name} SET default_transaction_read_only = on");
        var error = await Assert.ThrowsAsync<TopicStoreException>(() => store.TakeProducerIdsAsync(1, 1, 0, Token));
        Assert.Equal(StoreOutcome.NotApplied, error.Outcome);
        await store.LoadAsync(Token);
        Assert.Contains("(25006)", database.Problem!.Reason);
        Assert.True(database.Problem.IsWarning);

        await rig.ExecuteAsync($"BEGIN READ WRITE; ALTER DATABASE {rig.Name} RESET default_transaction_read_only; COMMIT");
        await rig.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        await Record.ExceptionAsync(() => store.TakeProducerIdsAsync(1, 1, 0, Token)); // on a connection that was cut
        await store.TakeProducerIdsAsync(1, 1, 0, Token);
        Assert.Null(database.Problem);
    }

    [Fact]
    public async Task Tables_of_another_version_end_the_start_with_a_sentence()
    {
        var connection = await fixture.CreateDatabaseAsync();
        await using var services = Services(connection);
        await Opener(services).StartAsync(Token);
        await using var rig = new PostgreSqlRig(connection);
        await rig.ExecuteAsync("UPDATE actors.schema_version SET version = 1");
        var error = await Assert.ThrowsAsync<SiloStartException>(() => Opener(services).StartAsync(Token).WaitAsync(TestGuard.Limit, Token));
        Assert.Contains("Run the older program", error.Message);
    }

    [Fact]
    public async Task A_database_belongs_to_the_cluster_that_came_first()
    {
        var connection = await fixture.CreateDatabaseAsync();
        await using var first = Services(connection);
        await Opener(first).StartAsync(Token);
        await Opener(first).StartAsync(Token);
        await using var other = Services(connection, "orchid");
        var error = await Assert.ThrowsAsync<ClusterMismatchException>(() => Opener(other).StartAsync(Token).WaitAsync(TestGuard.Limit, Token));
        Assert.Equal(("orchid", "orchard"), (error.Asked, error.Held));
    }

    private static IHostedService Opener(ServiceProvider services) => Assert.Single(services.GetServices<IHostedService>());

    private static ServiceProvider Services(string connection, string clusterId = "orchard") => new ServiceCollection()
        .AddLogging()
        .AddSingleton(TimeProvider.System)
        .AddSingleton<SiloHealth>()
        .AddPostgreSqlStore(connection, clusterId)
        .BuildServiceProvider();
}
