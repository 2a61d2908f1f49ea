using System.Globalization;
using Actors.Silo.Flavour;
using Actors.Silo.Lifetime;
using Npgsql;

namespace Actors.Silo.Stores.PostgreSql;

/// <summary>The tables of a cluster in PostgreSQL, all in the schema <c>actors</c>, and the row that says who made them.</summary>
public static class PostgreSqlSchema
{
    /// <summary>The version that this program reads and writes, and no other.</summary>
    public const int CurrentVersion = 2;

    /// <summary>The lock under which tables are made; any number that this program alone uses.</summary>
    private const long CreationLock = 0x4163_746f_7273;

    private const string Creation = """
        CREATE SCHEMA actors;
        CREATE TABLE actors.schema_version (
            flavour text NOT NULL,
            version integer NOT NULL);
        CREATE UNIQUE INDEX one_schema_version ON actors.schema_version ((true));
        CREATE TABLE actors.clusters (
            cluster_id text PRIMARY KEY,
            version integer NOT NULL);
        CREATE UNIQUE INDEX one_cluster ON actors.clusters ((true));
        CREATE TABLE actors.silos (
            cluster_id text NOT NULL REFERENCES actors.clusters ON DELETE CASCADE,
            address text NOT NULL,
            node_id integer NOT NULL,
            row_version integer NOT NULL,
            status integer NOT NULL,
            silo_name text NOT NULL,
            host_name text NOT NULL,
            role_name text,
            proxy_port integer NOT NULL,
            update_zone integer NOT NULL,
            fault_zone integer NOT NULL,
            started_at timestamptz NOT NULL,
            alive_at timestamptz NOT NULL,
            suspects text[] NOT NULL,
            suspected_at timestamptz[] NOT NULL,
            PRIMARY KEY (cluster_id, address));
        CREATE UNIQUE INDEX one_living_silo_per_node ON actors.silos (cluster_id, node_id) WHERE status <> 6;
        CREATE TABLE actors.topic_catalog (
            version bigint NOT NULL,
            kafka_cluster_id uuid,
            next_producer_id bigint NOT NULL);
        CREATE UNIQUE INDEX one_topic_catalog ON actors.topic_catalog ((true));
        INSERT INTO actors.topic_catalog VALUES (0, NULL, 0);
        CREATE TABLE actors.nodes (
            node_id integer PRIMARY KEY,
            incarnation bigint NOT NULL,
            storage_id uuid NOT NULL);
        CREATE TABLE actors.topics (
            topic_id uuid PRIMARY KEY,
            name text COLLATE "C" NOT NULL UNIQUE,
            is_internal boolean NOT NULL,
            config_epoch integer NOT NULL);
        CREATE TABLE actors.topic_configs (
            topic_id uuid NOT NULL REFERENCES actors.topics ON DELETE CASCADE,
            name text NOT NULL,
            value text NOT NULL,
            PRIMARY KEY (topic_id, name));
        CREATE TABLE actors.partitions (
            topic_id uuid NOT NULL REFERENCES actors.topics ON DELETE CASCADE,
            partition_index integer NOT NULL,
            replicas integer[] NOT NULL,
            leader_id integer NOT NULL,
            leader_epoch integer NOT NULL,
            leader_incarnation bigint NOT NULL,
            in_sync_replicas integer[] NOT NULL,
            partition_epoch integer NOT NULL,
            PRIMARY KEY (topic_id, partition_index));
        CREATE INDEX partitions_by_leader ON actors.partitions (leader_id);
        CREATE TABLE actors.topic_name_epochs (
            name text COLLATE "C" PRIMARY KEY,
            leader_epoch integer NOT NULL);
        CREATE TABLE actors.deleted_topics (
            topic_id uuid PRIMARY KEY,
            name text NOT NULL,
            node_ids integer[] NOT NULL);
        CREATE SEQUENCE actors.grain_state_versions;
        CREATE TABLE actors.grain_state (
            grain_id text COLLATE "C" NOT NULL,
            state_name text COLLATE "C" NOT NULL,
            version bigint NOT NULL,
            payload bytea NOT NULL,
            PRIMARY KEY (grain_id, state_name));
        """;

    /// <summary>Sees to it that the tables are there and are this program's.</summary>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="database">Its database, for people.</param>
    /// <param name="mayCreate">True: they are made when there are none.</param>
    /// <returns>False when there are none.</returns>
    /// <exception cref="SiloStartException">They are another program's, or another version of this one's.</exception>
    public static async Task<bool> PrepareAsync(NpgsqlConnection connection, string database, bool mayCreate, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (await IsReadyAsync(connection, database, token)) return true;
        if (!mayCreate) return false;
        await using var transaction = await connection.BeginTransactionAsync(token);
        await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({CreationLock})"), token);
        if (!await IsReadyAsync(connection, database, token))
        {
            await ExecuteAsync(connection, Creation, token);
            await ExecuteAsync(
                connection, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO actors.schema_version VALUES ('{RuntimeFlavour.Name}', {CurrentVersion})"), token);
        }

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

    private static async Task<bool> IsReadyAsync(NpgsqlConnection connection, string database, CancellationToken token)
    {
        var (hasMark, hasSchema, hasOrleans) = await FindAsync(connection, token);
        if (hasMark)
        {
            await CheckMarkAsync(connection, database, token);
            return true;
        }

        if (hasSchema)
        {
            throw new SiloStartException(
                $"The database {database} has a schema 'actors' that another program has made. Choose another database with --Silo:Store=…, or remove that schema.");
        }

        if (hasOrleans && RuntimeFlavour.Name != "Orleans") throw new SiloStartException(OtherFlavour(database, "Orleans"));
        return false;
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

    private static async Task CheckMarkAsync(NpgsqlConnection connection, string database, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("SELECT flavour, version FROM actors.schema_version", connection);
        await using var reader = await command.ExecuteReaderAsync(token);
        if (!await reader.ReadAsync(token))
        {
            throw new SiloStartException(
                $"The database {database} does not say which program its schema 'actors' belongs to: the table actors.schema_version is empty. "
                + "Restore it from a backup, or choose another database with --Silo:Store=….");
        }

        var (flavour, version) = (reader.GetString(0), reader.GetInt32(1));
        if (flavour != RuntimeFlavour.Name) throw new SiloStartException(OtherFlavour(database, flavour));
        if (version == CurrentVersion) return;
        var advice = version > CurrentVersion ? "Run the newer program that wrote it" : "Run the older program that wrote it";
        throw new SiloStartException(
            $"The database {database} has version {version} of the tables; this program knows version {CurrentVersion} alone. {advice}, or choose another database with --Silo:Store=….");
    }

    private static string OtherFlavour(string database, string flavour) =>
        $"The database {database} belongs to the {flavour} flavour of this program, and this is the {RuntimeFlavour.Name} flavour. "
        + "A database belongs to one of them: run the other flavour, or choose another database with --Silo:Store=….";

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(token);
    }
}
