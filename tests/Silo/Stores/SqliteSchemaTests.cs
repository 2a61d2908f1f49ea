using Actors.Silo.Lifetime;
using Actors.Silo.Stores.Sqlite;
using Microsoft.Data.Sqlite;

namespace Actors.Silo.Tests.Stores;

/// <summary>Programs that know different versions of the embedded store's tables, on one file.</summary>
public sealed class SqliteSchemaTests : IAsyncDisposable
{
    /// <summary>A later program's step that programs of today need not know of.</summary>
    private static readonly SqliteSchemaStep Gentle = new(KeepsOlderPrograms: true, ["CREATE TABLE later (number INTEGER NOT NULL) STRICT"]);

    /// <summary>A later program's step that ends what programs of today can read.</summary>
    private static readonly SqliteSchemaStep Harsh = new(KeepsOlderPrograms: false, ["ALTER TABLE topics RENAME COLUMN name TO title"]);

    private readonly SqliteFixture _file = new();

    private static IReadOnlyList<SqliteSchemaStep> Known => SqliteTables.Steps;

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    [Fact]
    public async Task A_new_file_gets_the_newest_version()
    {
        await using var database = _file.Open();
        Assert.Equal((Known.Count, Known.ToList().FindLastIndex(static step => !step.KeepsOlderPrograms) + 1), await MarkAsync(database));
    }

    [Fact]
    public async Task A_file_of_the_first_version_is_brought_up_to_date_with_what_it_holds()
    {
        await using (var database = _file.Open())
        {
            await database.WriteAsync(
                "make old",
                session =>
                {
                    session.Execute("INSERT INTO settings VALUES ('kept', 'yes')");
                    session.Execute("DROP TABLE deleted_topics");
                    session.Execute("DROP TABLE schema_version");
                    foreach (var table in session.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'agent*'", static row => row.GetString(0)))
                        session.Execute($"DROP TABLE {table}");
                    session.Execute("DROP INDEX grain_state_with_work");
                    session.Execute("ALTER TABLE grain_state DROP COLUMN has_work");
                    return session.Execute("PRAGMA user_version = 1");
                },
                default);
        }

        await using var current = _file.Open();

        Assert.Empty(await new SqliteTopicStore(current).LoadDeletionsAsync(default));
        Assert.Equal("yes", await current.ReadAsync("look", session => session.Scalar("SELECT value FROM settings WHERE name = 'kept'"), default));
        Assert.Equal(Known.Count, (await MarkAsync(current)).Version);
    }

    [Fact]
    public async Task A_program_goes_on_with_tables_that_a_newer_one_has_added_to()
    {
        (int Version, int OldestReader) before;
        await using (var database = _file.Open())
        {
            before = await MarkAsync(database);
            Prepare([.. Known, Gentle]);
        }

        await using var older = _file.Open();

        Assert.Equal((Known.Count + 1, before.OldestReader), await MarkAsync(older));
        Assert.Empty(await new SqliteTopicStore(older).LoadAsync(default));
        Prepare([.. Known, Gentle]); // and the newer one finds that nothing is missing
    }

    [Fact]
    public async Task A_program_is_refused_by_tables_that_a_newer_one_has_changed()
    {
        await using (_file.Open())
            Prepare([.. Known, Gentle, Harsh]);

        var refusal = Assert.Throws<SiloStartException>(() => _file.Open());

        var newest = Known.Count + 2;
        Assert.Contains(
            $"written by a newer program (schema {newest}, for programs that know schema {newest} or later; this one knows schemas up to {Known.Count}). Run the newer program",
            refusal.Message);
    }

    [Fact]
    public async Task A_gentle_step_opens_the_file_to_nobody_who_was_shut_out()
    {
        await using var database = _file.Open();
        Prepare([.. Known, Harsh]);
        Prepare([.. Known, Harsh, Gentle]);
        Assert.Equal((Known.Count + 2, Known.Count + 1), await MarkAsync(database));
        Assert.Throws<SiloStartException>(() => Prepare(Known));
    }

    [Fact]
    public async Task A_mark_that_somebody_has_emptied_opens_nothing_that_is_newer()
    {
        await using (var database = _file.Open())
        {
            Prepare([.. Known, Gentle]);
            await database.WriteAsync("empty", static session => session.Execute("DELETE FROM schema_version"), default);
        }

        Assert.Contains("written by a newer program", Assert.Throws<SiloStartException>(() => _file.Open()).Message);
    }

    /// <summary>Opens the file, as a program does that knows these versions.</summary>
    private void Prepare(IReadOnlyList<SqliteSchemaStep> steps)
    {
        var connection = new SqliteConnection($"Data Source={_file.FullName};Pooling=False");
        connection.Open();
        using var session = new SqliteSession(connection);
        SqliteSchema.Prepare(session, _file.FullName, steps);
    }

    private static Task<(int Version, int OldestReader)> MarkAsync(SqliteDatabase database) => database.ReadAsync(
        "look",
        static session => ((int)(long)session.Scalar("PRAGMA user_version")!, (int)(long)session.Scalar("SELECT oldest_reader FROM schema_version")!),
        default);
}
