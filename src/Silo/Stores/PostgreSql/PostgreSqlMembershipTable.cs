using System.Runtime.CompilerServices;
using Actors.Membership;
using Npgsql;
using NpgsqlTypes;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Stores.PostgreSql;

/// <summary>
/// The membership table in PostgreSQL. Each operation is one statement, so it is done whole or not at all, and what is read is of one
/// moment. Writers of one version meet at the cluster's row, whose number is compared and set. Leases are written and measured by the
/// database's clock alone. Safe for use from any thread.
/// </summary>
/// <param name="database">Where it is.</param>
/// <param name="clusterId">The cluster that it must hold.</param>
/// <param name="random">Spreads the attempts of many silos to reconnect; used under a lock.</param>
/// <param name="log">Told of a watch that loses its connection.</param>
public sealed class PostgreSqlMembershipTable(PostgreSqlDatabase database, string clusterId, Random random, ILogger<PostgreSqlMembershipTable> log) : ILeasedMembershipTable
{
    /// <summary>The channel on which each change says the new version.</summary>
    internal const string Channel = "actors_membership";

    private const string OneLivingSiloPerNode = "one_living_silo_per_node";

    private const string Insert = $"""
        WITH moved AS (
            UPDATE actors.clusters SET version = version + 1
            WHERE cluster_id = $1 AND version = $2 AND list_id = $15 AND NOT EXISTS (SELECT FROM actors.silos WHERE cluster_id = $1 AND address = $3)
            RETURNING version),
        written AS (
            INSERT INTO actors.silos (
                cluster_id, address, row_version, node_id, status, silo_name, host_name, role_name, proxy_port, update_zone, fault_zone,
                started_at, suspects, suspected_at, alive_at)
            SELECT $1, $3, version, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, now() FROM moved
            RETURNING row_version)
        SELECT pg_notify('{Channel}', row_version::text) FROM written
        """;

    /// <summary>The silo's row is held first, so that nobody removes it while the version moves.</summary>
    private const string Update = $"""
        WITH held AS (
            SELECT FROM actors.silos WHERE cluster_id = $1 AND address = $3 AND row_version = $16 FOR UPDATE),
        moved AS (
            UPDATE actors.clusters SET version = version + 1
            WHERE cluster_id = $1 AND version = $2 AND list_id = $15 AND EXISTS (SELECT FROM held)
            RETURNING version),
        written AS (
            UPDATE actors.silos SET
                row_version = moved.version, node_id = $4, status = $5, silo_name = $6, host_name = $7, role_name = $8, proxy_port = $9,
                update_zone = $10, fault_zone = $11, started_at = $12, suspects = $13, suspected_at = $14
            FROM moved WHERE cluster_id = $1 AND address = $3
            RETURNING row_version)
        SELECT pg_notify('{Channel}', row_version::text) FROM written
        """;

    /// <summary>The row is as it was before; one that was not renewed is dead, though it may have died only now.</summary>
    private const string Renew = """
        WITH renewed AS (
            UPDATE actors.silos SET alive_at = now() WHERE cluster_id = $1 AND address = $2 AND status <> 6 RETURNING status)
        SELECT version, silos.address IS NOT NULL, COALESCE((SELECT status FROM renewed), 6)
        FROM actors.clusters LEFT JOIN actors.silos ON silos.cluster_id = clusters.cluster_id AND silos.address = $2
        WHERE clusters.cluster_id = $1
        """;

    /// <summary>What a failed database becomes here.</summary>
    internal static readonly StoreFailure Failure = static (operation, mayHaveHappened, reason, cause) => new MembershipStoreException(operation, mayHaveHappened, reason, cause);

    /// <inheritdoc/>
    /// <exception cref="Lifetime.SiloStartException">The tables are not this program's.</exception>
    /// <exception cref="ClusterMismatchException">The database holds another cluster, or none and none may be made.</exception>
    public Task InitializeMembershipTable(bool tryInitTableVersion) => RunAsync(
        "prepare the tables",
        async (connection, token) =>
        {
            if (!await PostgreSqlSchema.PrepareAsync(connection, database.Name, tryInitTableVersion, token)) throw new ClusterMismatchException(clusterId, null);
            var held = tryInitTableVersion ? await PostgreSqlSchema.ClaimAsync(connection, clusterId, token) : await HeldAsync(connection, token);
            return held == clusterId ? true : throw new ClusterMismatchException(clusterId, held);
        });

    /// <inheritdoc/>
    public Task DeleteMembershipTableEntries(string clusterId) => clusterId == Cluster
        ? ExecuteAsync("delete the cluster", "DELETE FROM actors.clusters WHERE cluster_id = $1", Text(Cluster))
        : Task.FromException(new ClusterMismatchException(clusterId, Cluster));

    /// <inheritdoc/>
    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => ExecuteAsync(
        "remove dead silos",
        "DELETE FROM actors.silos WHERE cluster_id = $1 AND status = 6 AND alive_at < $2",
        Text(Cluster),
        new NpgsqlParameter<DateTime> { TypedValue = beforeDate.UtcDateTime });

    /// <inheritdoc/>
    public async Task<MembershipTableData> ReadRow(SiloAddress key) => (await ReadAsync("read a silo", key, CancellationToken.None)).Table;

    /// <inheritdoc/>
    public async Task<MembershipTableData> ReadAll() => (await ReadAsync("read the silos", null, CancellationToken.None)).Table;

    /// <inheritdoc/>
    public Task<LeasedMembership> ReadLeasesAsync(CancellationToken token) => ReadAsync("read the silos and their leases", null, token);

    /// <inheritdoc/>
    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => WriteAsync("add a silo", Insert, entry, tableVersion);

    /// <inheritdoc/>
    public async Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        ListEtag.TryParse(etag, out var row)
            && ListEtag.TryParse(tableVersion.VersionEtag, out var table) && row.ListId == table.ListId
            && await WriteAsync("change a silo", Update, entry, tableVersion, Number(row.Version));

    /// <inheritdoc/>
    public Task UpdateIAmAlive(MembershipEntry entry) => RenewLeaseAsync(entry.SiloAddress, CancellationToken.None);

    /// <inheritdoc/>
    public Task<LeaseRenewal?> RenewLeaseAsync(SiloAddress silo, CancellationToken token) => RunAsync<LeaseRenewal?>(
        "renew a lease",
        async (connection, until) =>
        {
            await using var command = Command(connection, Renew, Text(Cluster), Text(silo.ToParsableString()));
            await using (var reader = await command.ExecuteReaderAsync(until))
            {
                if (await reader.ReadAsync(until))
                    return reader.GetBoolean(1) ? new LeaseRenewal(reader.GetInt32(0), (SiloStatus)reader.GetInt32(2)) : null;
            }

            throw new ClusterMismatchException(Cluster, await HeldAsync(connection, until));
        },
        token);

    /// <inheritdoc/>
    public async IAsyncEnumerable<int> WatchAsync([EnumeratorCancellation] CancellationToken token)
    {
        int seed;
        lock (random) seed = random.Next();
        await using var watch = new PostgreSqlVersionWatch(
            database, new VersionSource("the membership table", Channel, ReadVersionAsync, Failure), new Random(seed), log);
        for (long? last = null; ;)
        {
            last = await watch.NextAsync(last, token);
            yield return (int)last.Value;
        }
    }

    private string Cluster => clusterId;

    private Task<long?> ReadVersionAsync(CancellationToken token) => RunAsync<long?>(
        "look whether the silos have changed",
        async (connection, until) =>
        {
            await using var command = Command(connection, "SELECT version FROM actors.clusters WHERE cluster_id = $1", Text(Cluster));
            return await command.ExecuteScalarAsync(until) is int version ? version : null;
        },
        token);

    private Task<LeasedMembership> ReadAsync(string operation, SiloAddress? only, CancellationToken token) => RunAsync(
        operation,
        async (connection, until) =>
        {
            List<MembershipRow> rows = [];
            ListEtag etag;
            await using (var command = Command(connection, only is null ? MembershipRow.SelectAll : MembershipRow.SelectOne, Text(Cluster)))
            {
                if (only is not null) command.Parameters.Add(Text(only.ToParsableString()));
                await using var reader = await command.ExecuteReaderAsync(until);
                if (!await reader.ReadAsync(until))
                {
                    await reader.DisposeAsync();
                    throw new ClusterMismatchException(Cluster, await HeldAsync(connection, until));
                }

                etag = new ListEtag(reader.GetInt32(0), MembershipRow.ListId(reader));
                do
                {
                    if (MembershipRow.Read(reader, Cluster) is { } row) rows.Add(row);
                }
                while (await reader.ReadAsync(until));
            }

            return new LeasedMembership(
                new MembershipTableData(
                    [.. rows.Select(row => Tuple.Create(row.Entry, (etag with { Version = row.RowVersion }).ToString()))], new TableVersion(etag.Version, etag.ToString())),
                rows.ToDictionary(static row => row.Entry.SiloAddress, static row => row.LeaseAge));
        },
        token);

    private async Task<bool> WriteAsync(string operation, string sql, MembershipEntry entry, TableVersion next, params NpgsqlParameter[] more)
    {
        var nodeId = SiloNodeName.Parse(entry.SiloName).NodeId;
        if (!ListEtag.TryParse(next.VersionEtag, out var known) || next.Version - 1L != known.Version) return false;
        return await RunAsync(
            operation,
            async (connection, until) =>
            {
                try
                {
                    await using var command = Command(connection, sql, [Text(Cluster), Number(known.Version), .. MembershipRow.Parameters(entry, nodeId), Id(known.ListId), .. more]);
                    await using var reader = await command.ExecuteReaderAsync(until);
                    return await reader.ReadAsync(until);
                }
                catch (PostgresException twice) when (twice.SqlState == PostgresErrorCodes.UniqueViolation)
                {
                    if (twice.ConstraintName == OneLivingSiloPerNode && await HolderAsync(connection, nodeId, entry.SiloAddress, until) is (var name, var address))
                        throw SiloRefusedException.SameNode(entry, name, address);
                    return false;
                }
            });
    }

    private async Task<(string Name, SiloAddress Address)?> HolderAsync(NpgsqlConnection connection, int nodeId, SiloAddress silo, CancellationToken token)
    {
        await using var command = Command(
            connection,
            "SELECT silo_name, address FROM actors.silos WHERE cluster_id = $1 AND node_id = $2 AND status <> 6 AND address <> $3",
            Text(Cluster),
            Number(nodeId),
            Text(silo.ToParsableString()));
        await using var reader = await command.ExecuteReaderAsync(token);
        return await reader.ReadAsync(token) && SiloAddress.TryParse(reader.GetString(1), out var address) ? (reader.GetString(0), address!) : null;
    }

    private static async Task<string?> HeldAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("SELECT cluster_id FROM actors.clusters", connection);
        return (string?)await command.ExecuteScalarAsync(token);
    }

    private Task<int> ExecuteAsync(string operation, string sql, params NpgsqlParameter[] parameters) => RunAsync(
        operation,
        async (connection, until) =>
        {
            await using var command = Command(connection, sql, parameters);
            return await command.ExecuteNonQueryAsync(until);
        });

    private Task<T> RunAsync<T>(string operation, Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken token = default) =>
        database.RunAsync(operation, work, Failure, token);

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static NpgsqlParameter<string> Text(string text) => new() { TypedValue = text, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter<int> Number(int number) => new() { TypedValue = number };

    private static NpgsqlParameter<Guid> Id(Guid id) => new() { TypedValue = id };
}
