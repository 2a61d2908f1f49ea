using System.Globalization;
using Actors.Membership;
using Actors.Silo.Stores.PostgreSql;
using Npgsql;

namespace Actors.Silo.Flavour.AdoNet;

/// <summary>
/// The tables of Orleans' AdoNet providers for grain state and membership, and the queries that the providers read from one of
/// them and then use. They lie in the schema <c>actors</c> beside the cluster's other tables, which is the search path of the
/// providers' connections (<see cref="ConnectionString"/>).
/// </summary>
/// <remarks>
/// Source: the parameters and columns that Microsoft.Orleans.Persistence.AdoNet and .Clustering.AdoNet 10.4.2 name.
/// A database holds one cluster. A silo's name carries its node (<see cref="SiloNodeName"/>); of two rows with one node only one is not dead.
/// </remarks>
public static class AdoNetTables
{
    /// <summary>Orleans' name for Npgsql.</summary>
    public const string Invariant = "Npgsql";

    /// <summary>The lock under which tables are made; any number that this program alone uses, and not that of <see cref="PostgreSqlSchema"/>.</summary>
    private const long CreationLock = 0x4f72_6c65_616e_73;

    private const string Creation = """
        CREATE TABLE IF NOT EXISTS orleansquery (
            querykey text PRIMARY KEY,
            querytext text NOT NULL);
        CREATE TABLE IF NOT EXISTS orleansstorage (
            serviceid text NOT NULL,
            graintypestring text NOT NULL,
            grainidextensionstring text NOT NULL,
            grainidn0 bigint NOT NULL,
            grainidn1 bigint NOT NULL,
            version integer NOT NULL,
            payloadbinary bytea,
            modifiedon timestamptz NOT NULL,
            PRIMARY KEY (serviceid, graintypestring, grainidextensionstring, grainidn0, grainidn1));
        CREATE SEQUENCE IF NOT EXISTS work_marks;
        CREATE TABLE IF NOT EXISTS grains_with_work (
            grain_id text COLLATE "C" NOT NULL,
            state_name text COLLATE "C" NOT NULL,
            mark bigint NOT NULL DEFAULT nextval('work_marks'),
            PRIMARY KEY (grain_id, state_name));
        CREATE TABLE IF NOT EXISTS orleansmembershipversiontable (
            deploymentid text PRIMARY KEY,
            version integer NOT NULL DEFAULT 0);
        CREATE UNIQUE INDEX IF NOT EXISTS one_orleans_cluster ON orleansmembershipversiontable ((true));
        CREATE TABLE IF NOT EXISTS orleansmembershiptable (
            deploymentid text NOT NULL REFERENCES orleansmembershipversiontable ON DELETE CASCADE,
            address text NOT NULL,
            port integer NOT NULL,
            generation integer NOT NULL,
            siloname text NOT NULL,
            hostname text NOT NULL,
            status integer NOT NULL,
            proxyport integer NOT NULL,
            suspecttimes text,
            starttime timestamptz NOT NULL,
            iamalivetime timestamptz NOT NULL,
            nodeid text GENERATED ALWAYS AS (substring(siloname FROM '@([0-9]+)$')) STORED,
            PRIMARY KEY (deploymentid, address, port, generation));
        CREATE UNIQUE INDEX IF NOT EXISTS another_living_silo_has_this_node_id ON orleansmembershiptable (deploymentid, nodeid) WHERE status <> 6;
        """;

    /// <summary>How the providers connect: as the store's connection string says, with our schema, universal time and bounded patience.</summary>
    public static string ConnectionString(string store) => new NpgsqlConnectionStringBuilder(store)
    {
        ApplicationName = "actors-orleans",
        SearchPath = "actors",
        Timezone = "UTC",
        Timeout = 5,
        CommandTimeout = 5,
        CancellationTimeout = -1, // break the connection at once rather than ask a server that does not answer
        Enlist = false,
        TcpKeepAlive = true,
    }.ConnectionString;

    /// <summary>Sees to it that tables and queries are there. Silos that start together make them once.</summary>
    /// <param name="database">Where.</param>
    /// <param name="clusterId">The cluster that the database holds from now on, if it holds none.</param>
    /// <param name="token">The caller's.</param>
    /// <exception cref="ClusterMismatchException">The database holds another cluster.</exception>
    /// <exception cref="Lifetime.SiloStartException">The tables are another flavour's, another version's or another program's.</exception>
    /// <exception cref="MembershipStoreException">The database did not do it.</exception>
    public static async Task PrepareAsync(PostgreSqlDatabase database, string clusterId, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(database);
        var held = await database.RunAsync(
            "prepare Orleans' tables",
            async (connection, until) =>
            {
                await PostgreSqlSchema.PrepareAsync(connection, database.Name, mayCreate: true, until);
                await using var transaction = await connection.BeginTransactionAsync(until);
                await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({CreationLock}); SET LOCAL search_path = actors"), until);
                await ExecuteAsync(connection, Creation, until);
                foreach (var (key, text) in AdoNetMembershipQueries.All.Concat(AdoNetStorageQueries.All))
                    await ExecuteAsync(connection, "INSERT INTO orleansquery VALUES ($1, $2) ON CONFLICT (querykey) DO UPDATE SET querytext = $2", until, key, text);
                await ExecuteAsync(connection, "INSERT INTO orleansmembershipversiontable (deploymentid) VALUES ($1) ON CONFLICT DO NOTHING", until, clusterId);
                await using var ask = new NpgsqlCommand("SELECT deploymentid FROM orleansmembershipversiontable", connection);
                var cluster = (string?)await ask.ExecuteScalarAsync(until);
                await transaction.CommitAsync(until);
                return cluster;
            },
            static (operation, mayHaveHappened, reason, cause) => new MembershipStoreException(operation, mayHaveHappened, reason, cause),
            token);
        if (held != clusterId) throw new ClusterMismatchException(clusterId, held);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken token, params string[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(token);
    }
}
