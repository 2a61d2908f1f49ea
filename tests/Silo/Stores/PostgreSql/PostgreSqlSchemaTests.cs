using Actors.Silo.Lifetime;
using Actors.Silo.Stores.PostgreSql;

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>Programs that know different versions of the tables, on one database.</summary>
public sealed class PostgreSqlSchemaTests(PostgreSqlFixture fixture)
{
    /// <summary>A later program's step that programs of today need not know of.</summary>
    private static readonly SchemaStep Gentle = new(Known[^1].Version + 1, KeepsOlderPrograms: true, "CREATE TABLE actors.later (number integer NOT NULL)");

    /// <summary>A later program's step that ends what programs of today can read.</summary>
    private static readonly SchemaStep Harsh = new(Gentle.Version + 1, KeepsOlderPrograms: false, "ALTER TABLE actors.topics RENAME COLUMN name TO title");

    private static IReadOnlyList<SchemaStep> Known => PostgreSqlTables.Steps;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Each_step_leads_to_the_next_version() => Assert.Equal(Enumerable.Range(2, Known.Count), Known.Select(static step => step.Version));

    [Fact]
    public async Task An_empty_database_gets_the_newest_version()
    {
        await using var rig = await StartAsync();
        var oldestReader = Known.Last(static step => !step.KeepsOlderPrograms).Version;
        Assert.Equal((Known[^1].Version, oldestReader), await MarkAsync(rig));
    }

    [Fact]
    public async Task Tables_are_not_made_for_who_may_not()
    {
        await using var rig = new PostgreSqlRig(await fixture.CreateDatabaseAsync());
        await using var connection = await rig.ConnectionAsync();
        Assert.False(await PostgreSqlSchema.PrepareAsync(connection, rig.Name, mayCreate: false, Token));
        Assert.Equal(0L, await rig.ScalarAsync("SELECT count(*) FROM pg_namespace WHERE nspname = 'actors'"));
    }

    [Fact]
    public async Task Tables_of_version_2_are_brought_up_and_keep_their_rows()
    {
        await using var rig = await StartAsync();
        var store = PostgreSqlRig.Topics(await rig.PreparedAsync());
        var taken = await store.TakeProducerIdsAsync(1, 7, 0, Token);
        await rig.ExecuteAsync("INSERT INTO actors.grain_state VALUES ('counter/1', 'state', 5, 'five')");
        // Version 2 was the first; everything after it is undone here.
        await rig.DropAgentsAsync();
        await rig.ExecuteAsync("ALTER TABLE actors.clusters DROP COLUMN list_id; ALTER TABLE actors.grain_state DROP COLUMN has_work; ALTER TABLE actors.schema_version DROP COLUMN oldest_reader; UPDATE actors.schema_version SET version = 2");

        await PrepareAsync(rig, Known);

        Assert.Equal((Known[^1].Version, 3), await MarkAsync(rig));
        Assert.Equal("five", await rig.ScalarAsync("SELECT convert_from(payload, 'UTF8') FROM actors.grain_state WHERE grain_id = 'counter/1' AND version = 5"));
        Assert.Equal(taken.First + 7, (await store.TakeProducerIdsAsync(1, 1, 0, Token)).First);
    }

    [Fact]
    public async Task A_program_goes_on_with_tables_that_a_newer_one_has_added_to()
    {
        await using var rig = await StartAsync();
        var before = await MarkAsync(rig);

        await PrepareAsync(rig, [.. Known, Gentle]);
        await PrepareAsync(rig, Known);

        Assert.Equal((Gentle.Version, before.OldestReader), await MarkAsync(rig));
        Assert.Equal(0L, await rig.ScalarAsync("SELECT count(*) FROM actors.later"));
        await PrepareAsync(rig, [.. Known, Gentle]); // and the newer one finds that nothing is missing
    }

    [Fact]
    public async Task A_program_is_refused_by_tables_that_a_newer_one_has_changed()
    {
        await using var rig = await StartAsync();
        await PrepareAsync(rig, [.. Known, Gentle, Harsh]);

        var error = await Assert.ThrowsAsync<SiloStartException>(() => PrepareAsync(rig, Known));

        Assert.Contains($"has version {Harsh.Version} of the tables, for programs that know version {Harsh.Version} or later; ", error.Message);
        Assert.Contains($"knows versions 2 to {Known[^1].Version}. Run the newer program that wrote it", error.Message);
        await Assert.ThrowsAsync<SiloStartException>(() => PrepareAsync(rig, [.. Known, Gentle]));
    }

    [Fact]
    public async Task A_gentle_step_opens_the_tables_to_nobody_who_was_shut_out()
    {
        await using var rig = await StartAsync();
        await PrepareAsync(rig, [.. Known, Gentle, Harsh]);
        await PrepareAsync(rig, [.. Known, Gentle, Harsh, new(Harsh.Version + 1, KeepsOlderPrograms: true, "SELECT 1")]);
        Assert.Equal((Harsh.Version + 1, Harsh.Version), await MarkAsync(rig));
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_tables_as_they_were()
    {
        await using var rig = await StartAsync();
        var before = await MarkAsync(rig);

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => PrepareAsync(rig, [.. Known, Gentle, Harsh with { Statements = "SELECT nothing" }]));

        Assert.Equal(before, await MarkAsync(rig));
        Assert.Equal(0L, await rig.ScalarAsync("SELECT count(*) FROM pg_tables WHERE tablename = 'later'"));
    }

    [Fact]
    public async Task Of_two_that_find_older_tables_at_once_one_brings_them_up()
    {
        await using var rig = await StartAsync();
        // Reading the mark is free; taking the turn to change it waits: so both have seen the older version.
        await using var hold = await rig.HoldAsync($"SELECT pg_advisory_xact_lock({PostgreSqlSchema.CreationLock})");
        var both = Task.WhenAll(PrepareAsync(rig, [.. Known, Gentle]), PrepareAsync(rig, [.. Known, Gentle]));
        await rig.BlockedAsync(2);

        await hold.DisposeAsync();

        await both.WaitAsync(Grains.Tests.Support.TestGuard.Limit, Token);
        Assert.Equal(Gentle.Version, (await MarkAsync(rig)).Version);
    }

    [Fact]
    public async Task Who_reads_for_long_holds_up_a_step_but_nobody_else()
    {
        await using var rig = await StartAsync();
        var before = await MarkAsync(rig);
        IReadOnlyList<SchemaStep> more = [.. Known, Gentle with { Statements = "ALTER TABLE actors.grain_state ADD COLUMN later integer NOT NULL DEFAULT 0" }];
        await using var reader = await rig.HoldAsync("SELECT count(*) FROM actors.grain_state");

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Grains.Tests.Support.TestGuard.SoonAsync(PrepareAsync(rig, more), "the end of the step"));

        Assert.Equal(Npgsql.PostgresErrorCodes.LockNotAvailable, refused.SqlState);
        Assert.Equal(0L, await rig.ScalarAsync("SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
        Assert.Equal(0L, await rig.ScalarAsync("SELECT count(*) FROM actors.grain_state"));
        Assert.Equal(before, await MarkAsync(rig));

        await reader.DisposeAsync();
        await PrepareAsync(rig, more);
        Assert.Equal(Gentle.Version, (await MarkAsync(rig)).Version);
    }

    [Fact]
    public async Task What_a_program_of_version_3_writes_goes_into_tables_of_version_4()
    {
        await using var rig = await StartAsync();
        await rig.ExecuteAsync("INSERT INTO actors.grain_state VALUES ('counter/2', 'state', 5, 'five')");

        // As that program has it, with values for its parameters.
        var written = await rig.ScalarAsync(
            """
            WITH asked AS (
                SELECT * FROM unnest(ARRAY['counter/1', 'counter/2'], ARRAY['state', 'state'], ARRAY[NULL, 5]::bigint[], ARRAY['one', 'two']::bytea[])
                    WITH ORDINALITY AS asked (grain_id, state_name, expected, payload, number)),
            added AS (
                INSERT INTO actors.grain_state
                SELECT grain_id, state_name, nextval('actors.grain_state_versions'), payload FROM asked WHERE expected IS NULL AND payload IS NOT NULL
                ON CONFLICT DO NOTHING
                RETURNING grain_id, state_name, version),
            changed AS (
                UPDATE actors.grain_state SET version = nextval('actors.grain_state_versions'), payload = asked.payload
                FROM asked
                WHERE grain_state.grain_id = asked.grain_id AND grain_state.state_name = asked.state_name
                    AND grain_state.version = asked.expected AND asked.payload IS NOT NULL
                RETURNING grain_state.grain_id, grain_state.state_name, grain_state.version)
            SELECT count(done.version) FROM asked LEFT JOIN (TABLE added UNION ALL TABLE changed) AS done USING (grain_id, state_name)
            """);

        Assert.Equal(2L, written);
        Assert.Equal("one two", await rig.ScalarAsync("SELECT string_agg(convert_from(payload, 'UTF8'), ' ' ORDER BY grain_id) FROM actors.grain_state WHERE NOT has_work"));
    }

    private async Task<PostgreSqlRig> StartAsync()
    {
        var rig = new PostgreSqlRig(await fixture.CreateDatabaseAsync());
        await PrepareAsync(rig, Known);
        return rig;
    }

    private static async Task PrepareAsync(PostgreSqlRig rig, IReadOnlyList<SchemaStep> steps)
    {
        await using var connection = await rig.ConnectionAsync();
        Assert.True(await PostgreSqlSchema.PrepareAsync(connection, rig.Name, mayCreate: true, steps, Token));
    }

    private static async Task<(int Version, int OldestReader)> MarkAsync(PostgreSqlRig rig) =>
        ((int)(await rig.ScalarAsync("SELECT version FROM actors.schema_version"))!, (int)(await rig.ScalarAsync("SELECT oldest_reader FROM actors.schema_version"))!);
}
