using Actors.Silo.Flavour;
using Actors.Silo.Lifetime;
using Npgsql;

namespace Actors.Silo.Stores.PostgreSql;

/// <summary>The tables of a cluster in PostgreSQL, all in the schema <c>actors</c>, and the row that says who made them.</summary>
public static class PostgreSqlSchema
{
    /// <summary>The lock under which tables are made and changed; any number that this program alone uses.</summary>
    public const long CreationLock = 0x4163_746f_7273;

    /// <summary>
    /// Sees to it that the tables are there, and are such as this program reads and writes. Tables of an older version get the steps that they lack, in one
    /// transaction, under a lock that silos which start together take one after the other. Tables of a newer version stay as they are.
    /// A step that does not get its lock on a table at once gives up, with <see cref="PostgresErrorCodes.LockNotAvailable"/>; nothing is changed then.
    /// </summary>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="database">Its database, for people.</param>
    /// <param name="mayCreate">True: they are made when there are none.</param>
    /// <param name="token">Ends it.</param>
    /// <returns>False when there are none.</returns>
    /// <exception cref="SiloStartException">They are another program's, or of a version that this program cannot work with.</exception>
    public static Task<bool> PrepareAsync(NpgsqlConnection connection, string database, bool mayCreate, CancellationToken token) =>
        PrepareAsync(connection, database, mayCreate, PostgreSqlTables.Steps, token);

    /// <inheritdoc cref="PrepareAsync(NpgsqlConnection, string, bool, CancellationToken)"/>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="database">Its database, for people.</param>
    /// <param name="mayCreate">True: they are made when there are none.</param>
    /// <param name="steps">The versions that the program knows; the last one is its own.</param>
    /// <param name="token">Ends it.</param>
    public static async Task<bool> PrepareAsync(NpgsqlConnection connection, string database, bool mayCreate, IReadOnlyList<SchemaStep> steps, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var mark = await FindMarkAsync(connection, database, steps, token);
        if (mark is null && !mayCreate) return false;
        if (IsUpToDate(mark, steps)) return true;
        await using var transaction = await connection.BeginTransactionAsync(token);
        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock($1)", [CreationLock], token);
        mark = await FindMarkAsync(connection, database, steps, token);
        if (!IsUpToDate(mark, steps)) await RunStepsAsync(connection, mark, steps, token);
        await transaction.CommitAsync(token);
        return true;
    }

    /// <summary>Makes the database a cluster's where it is nobody's yet. The tables are there.</summary>
    /// <returns>Whose it is.</returns>
    public static async Task<string?> ClaimAsync(NpgsqlConnection connection, string clusterId, CancellationToken token)
    {
        // One cluster per database: where there is one already, whatever its name, this adds nothing.
        await connection.ExecuteAsync("INSERT INTO actors.clusters VALUES ($1, 0) ON CONFLICT DO NOTHING", [clusterId], token);
        return (string?)await connection.ScalarAsync("SELECT cluster_id FROM actors.clusters", [], token);
    }

    private static bool IsUpToDate(SchemaMark? mark, IReadOnlyList<SchemaStep> steps) => mark?.Version >= steps[^1].Version;

    private static async Task RunStepsAsync(NpgsqlConnection connection, SchemaMark? mark, IReadOnlyList<SchemaStep> steps, CancellationToken token)
    {
        var missing = steps.Where(step => step.Version > (mark?.Version ?? 0)).ToList();
        // A statement that waits for its lock holds up all that come after it, those of the silos at work too.
        await connection.ExecuteAsync("SET LOCAL lock_timeout = '500ms'", [], token);
        foreach (var step in missing) await connection.ExecuteAsync(step.Statements, [], token);
        await connection.ExecuteAsync(
            """
            INSERT INTO actors.schema_version (flavour, version, oldest_reader) VALUES ($1, $2, $3)
            ON CONFLICT ((true)) DO UPDATE SET version = excluded.version, oldest_reader = greatest(schema_version.oldest_reader, excluded.oldest_reader)
            """,
            [RuntimeFlavour.Name, steps[^1].Version, missing.FindLast(static step => !step.KeepsOlderPrograms)?.Version ?? 0],
            token);
    }

    /// <summary>The mark of tables that a program with these steps can work with; null when there are no tables.</summary>
    private static async Task<SchemaMark?> FindMarkAsync(NpgsqlConnection connection, string database, IReadOnlyList<SchemaStep> steps, CancellationToken token)
    {
        var (hasMark, hasSchema, hasOrleans) = await FindAsync(connection, token);
        if (hasMark) return await ReadMarkAsync(connection, database, steps, token);
        if (hasSchema)
        {
            throw new SiloStartException(
                $"The database {database} has a schema 'actors' that another program has made. Choose another database with --Silo:Store=…, or remove that schema.");
        }

        if (hasOrleans && RuntimeFlavour.Name != "Orleans") throw new SiloStartException(OtherFlavour(database, "Orleans"));
        return null;
    }

    private static async Task<(bool Mark, bool Schema, bool Orleans)> FindAsync(NpgsqlConnection connection, CancellationToken token)
    {
        // The catalogs are read as tables: to_regclass answers from a cache that may not know yet what another silo has committed.
        await using var command = new NpgsqlCommand(
            """
            SELECT
                EXISTS (SELECT FROM pg_tables WHERE schemaname = 'actors' AND tablename = 'schema_version'),
                EXISTS (SELECT FROM pg_namespace WHERE nspname = 'actors'),
                EXISTS (SELECT FROM pg_tables WHERE tablename = 'orleansmembershiptable')
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        await reader.ReadAsync(token);
        return (reader.GetBoolean(0), reader.GetBoolean(1), reader.GetBoolean(2));
    }

    private static async Task<SchemaMark> ReadMarkAsync(NpgsqlConnection connection, string database, IReadOnlyList<SchemaStep> steps, CancellationToken token)
    {
        // The column oldest_reader came with version 3: where it is missing, programs of that version alone read the tables.
        await using var command = new NpgsqlCommand(
            "SELECT flavour, version, coalesce((to_jsonb(mark) ->> 'oldest_reader')::integer, version) FROM actors.schema_version AS mark", connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        if (!await reader.ReadAsync(token))
        {
            throw new SiloStartException(
                $"The database {database} does not say which program its schema 'actors' belongs to: the table actors.schema_version is empty. "
                + "Restore it from a backup, or choose another database with --Silo:Store=….");
        }

        var (flavour, mark) = (reader.GetString(0), new SchemaMark(reader.GetInt32(1), reader.GetInt32(2)));
        if (flavour != RuntimeFlavour.Name) throw new SiloStartException(OtherFlavour(database, flavour));
        var (oldest, newest) = (steps[0].Version, steps[^1].Version);
        if (mark.Version >= oldest && mark.OldestReader <= newest) return mark;
        var advice = mark.Version < oldest ? "Run the older program that wrote it" : "Run the newer program that wrote it";
        throw new SiloStartException(
            $"The database {database} has version {mark.Version} of the tables, for programs that know version {mark.OldestReader} or later; this program "
            + $"knows versions {oldest} to {newest}. {advice}, or choose another database with --Silo:Store=….");
    }

    private static string OtherFlavour(string database, string flavour) =>
        $"The database {database} belongs to the {flavour} flavour of this program, and this is the {RuntimeFlavour.Name} flavour. "
        + "A database belongs to one of them: run the other flavour, or choose another database with --Silo:Store=….";

    /// <summary>What the tables say of themselves.</summary>
    /// <param name="Version">Theirs.</param>
    /// <param name="OldestReader">The oldest version that a program may know and still read and write them.</param>
    private sealed record SchemaMark(int Version, int OldestReader);
}
