using System.Globalization;
using Actors.Grains.Tests.Support;
using Actors.Harness;
using Actors.Membership;
using Actors.Silo.Lifetime;
using Actors.Tests.Membership;
using Orleans.Runtime;

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>PostgreSQL keeps the promises of a table that several silos share, and refuses in a sentence what is not its own.</summary>
public sealed class PostgreSqlMembershipTableTests(PostgreSqlFixture server) : SharedMembershipTableCompliance, IAsyncLifetime
{
    private PostgreSqlRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = new PostgreSqlRig(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Silos_that_start_at_the_same_moment_make_the_tables_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _rig.InitializedAsync(Cluster)));
        Assert.Equal(1L, await _rig.ScalarAsync("SELECT count(*) FROM actors.schema_version"));
    }

    [Fact]
    public async Task Another_clusters_database_is_refused_with_both_names()
    {
        await InsertAsync(await InitializedAsync(), Entry(1));
        var other = _rig.Open("orchid");
        foreach (var mayMake in (bool[])[true, false])
        {
            var error = await Assert.ThrowsAsync<ClusterMismatchException>(() => other.InitializeMembershipTable(mayMake));
            Assert.Equal(("orchid", Cluster), (error.Asked, error.Held));
            Assert.Contains($"'{Cluster}', not 'orchid'", error.Message);
        }

        await Assert.ThrowsAsync<ClusterMismatchException>(other.ReadAll);
        Assert.Single((await (await InitializedAsync()).ReadAll()).Members);
    }

    [Fact]
    public async Task What_the_documentation_writes_declares_a_silo_dead()
    {
        var table = await InitializedAsync();
        await InsertAsync(table, Entry(1, status: SiloStatus.Active));
        await InsertAsync(table, Entry(2, status: SiloStatus.Active));
        var before = await table.ReadAll();
        var document = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "cluster.md"), TestContext.Current.CancellationToken);

        Assert.Equal(1, await _rig.ExecuteAsync(document.Split("```sql")[1].Split("```")[0]));

        var after = await table.ReadAll();
        Assert.Equal(before.Version.Version + 1, after.Version.Version);
        Assert.Equal(
            [(1, SiloStatus.Active), (2, SiloStatus.Dead)],
            after.Members.Select(static member => (SiloNodeName.Parse(member.Item1.SiloName).NodeId, member.Item1.Status)).Order());
        var dead = after.Members.Single(static member => member.Item1.Status == SiloStatus.Dead).Item1;
        Assert.Equal([dead.SiloAddress], dead.SuspectTimes!.Select(static vote => vote.Item1)); // it has ended, and what it wrote last may arrive
    }

    [Theory]
    [InlineData("UPDATE actors.schema_version SET version = 1000, oldest_reader = 1000", "version 1000 of the tables, for programs that know version 1000 or later; this program knows versions 2 to ")]
    [InlineData("UPDATE actors.schema_version SET version = 0", "Run the older program that wrote it, or choose another database")]
    [InlineData("UPDATE actors.schema_version SET flavour = 'Other'", "belongs to the Other flavour")]
    [InlineData("DELETE FROM actors.schema_version", "actors.schema_version is empty")]
    [InlineData("DROP TABLE actors.schema_version", "a schema 'actors' that another program has made")]
    [InlineData("DROP SCHEMA actors CASCADE; CREATE TABLE orleansmembershiptable (deploymentid text)", "belongs to the Orleans flavour")]
    public async Task Tables_of_somebody_else_are_refused_with_a_sentence(string sql, string sentence)
    {
        await InsertAsync(await InitializedAsync(), Entry(1));
        await _rig.ExecuteAsync(sql);
        var error = await Assert.ThrowsAsync<SiloStartException>(() => _rig.Open(Cluster).InitializeMembershipTable(true));
        Assert.Contains(sentence, error.Message);
        Assert.Contains($"'{_rig.Name}' at 127.0.0.1:", error.Message);
    }

    [Theory]
    [InlineData("status = 99", "no status has the number 99")]
    [InlineData("address = 'nowhere'", "its address is not address:port@generation")]
    [InlineData("silo_name = 'silo'", "its silo_name is 'silo'")]
    [InlineData("suspects = '{x}'", "1 suspects and 0 times")]
    [InlineData("suspects = '{x}', suspected_at = '{2026-01-01}'", "its suspect 'x'")]
    [InlineData("suspects = '{NULL}', suspected_at = '{2026-01-01}'", "its suspect ''")]
    [InlineData("suspects = '{127.0.0.1:1@1}', suspected_at = '{NULL}'", "its suspect '127.0.0.1:1@1'")]
    public async Task A_row_that_nobody_can_read_is_named_and_the_silos_go_on(string garbage, string problem)
    {
        var table = await InitializedAsync();
        await InsertAsync(table, Entry(1, status: SiloStatus.Active));
        await InsertAsync(table, Entry(2, status: SiloStatus.Active));
        var known = await table.ReadAll();
        await _rig.ExecuteAsync($"UPDATE actors.silos SET {garbage} WHERE node_id = 2");
        var address = (string?)await _rig.ScalarAsync("SELECT address FROM actors.silos WHERE node_id = 2");

        var error = await Assert.ThrowsAsync<MembershipRowException>(table.ReadAll);
        Assert.Equal($"'{address}' in actors.silos", error.Row);
        Assert.Contains(problem, error.Message);
        Assert.Contains($"DELETE FROM actors.silos WHERE cluster_id = '{Cluster}' AND address = '{address}';", error.Message);
        await Assert.ThrowsAsync<MembershipRowException>(() => table.ReadLeasesAsync(CancellationToken.None));

        var own = known.TryGet(Entry(1).SiloAddress)!;
        Assert.Equal(SiloStatus.Active, (await table.RenewLeaseAsync(own.Item1.SiloAddress, CancellationToken.None))!.Value.Status);
        Assert.Single((await table.ReadRow(own.Item1.SiloAddress)).Members);
        Assert.True(await table.UpdateRow(Entry(1, status: SiloStatus.ShuttingDown), own.Item2, known.Version.Next()));

        var statement = error.Message[error.Message.IndexOf("DELETE", StringComparison.Ordinal)..];
        Assert.Equal(1, await _rig.ExecuteAsync(statement));
        Assert.Single((await table.ReadAll()).Members);
    }

    [Fact]
    public async Task A_row_that_is_removed_meanwhile_moves_no_version()
    {
        var table = await InitializedAsync();
        await InsertAsync(table, Entry(1, status: SiloStatus.Active));
        var known = await table.ReadAll();
        await using var removing = await _rig.HoldAsync("DELETE FROM actors.silos");
        var update = table.UpdateRow(Entry(1, status: SiloStatus.Dead), known.Members[0].Item2, known.Version.Next());
        await _rig.BlockedAsync();
        await removing.CommitAsync();

        Assert.False(await TestGuard.SoonAsync(update, "the end of the update"));
        Assert.Equal(known.Version.Version, (await table.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task Each_operation_of_a_running_silo_is_one_statement()
    {
        var table = await InitializedAsync();
        await InsertAsync(table, Entry(1, status: SiloStatus.Active));
        await _rig.ExecuteAsync($"ALTER DATABASE {_rig.Name} SET log_statement = 'all'");
        var silo = await _rig.InitializedAsync(Cluster); // its connections come after the setting
        await _rig.ExecuteAsync("SELECT 'begin'");
        var data = await silo.ReadAll();
        await silo.ReadLeasesAsync(CancellationToken.None);
        for (var i = 0; i < 3; i++) await silo.RenewLeaseAsync(Entry(1).SiloAddress, CancellationToken.None);
        Assert.True(await silo.UpdateRow(Entry(1, status: SiloStatus.Stopping), data.Members[0].Item2, data.Version.Next()));
        Assert.False(await silo.UpdateRow(Entry(1), data.Members[0].Item2, data.Version.Next()));
        await _rig.ExecuteAsync("SELECT 'end'");

        var log = (await server.Server).Log;
        bool IsStatement(string line) => line.StartsWith($"[{_rig.Name}] LOG:", StringComparison.Ordinal) && line.Contains(": ", StringComparison.Ordinal);
        await TestGuard.UntilAsync(() => log.Any(line => IsStatement(line) && line.Contains("'end'", StringComparison.Ordinal)), "the last statement in the log");
        var statements = log.Where(IsStatement).SkipWhile(static line => !line.Contains("'begin'", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(static line => !line.Contains("'end'", StringComparison.Ordinal)).ToList();
        Assert.True(statements.Count == 7, string.Join('\n', statements));
    }

    protected override Task<ILeasedMembershipTable> OpenAsync() => Task.FromResult<ILeasedMembershipTable>(_rig.Open(Cluster));

    protected override Task AgeLeasesAsync(TimeSpan by) =>
        _rig.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"UPDATE actors.silos SET alive_at = alive_at - interval '{by.TotalSeconds} seconds'"));
}
