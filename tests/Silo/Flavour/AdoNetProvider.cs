using System.Data;
using System.Data.Common;
using System.Net;
using Actors.Silo.Flavour.AdoNet;
using Actors.Silo.Stores.PostgreSql;
using Npgsql;
using Orleans.Runtime;

namespace Actors.Silo.Tests.Flavour;

/// <summary>
/// Asks a database what Orleans' AdoNet providers ask: with the texts that stand in it, and parameters named and typed as
/// those of Microsoft.Orleans.Clustering.AdoNet and .Persistence.AdoNet 10.4.2.
/// </summary>
internal sealed class AdoNetProvider : IAsyncDisposable
{
    public const string Cluster = "cluster-1";

    private readonly NpgsqlDataSource _source;
    private readonly Dictionary<string, string> _queries = [];

    private AdoNetProvider(string connectionString) => _source = NpgsqlDataSource.Create(AdoNetTables.ConnectionString(connectionString) + ";Pooling=false");

    public IReadOnlyCollection<string> Keys => _queries.Keys;

    /// <summary>Makes the tables and reads the queries.</summary>
    public static async Task<AdoNetProvider> StartAsync(string connectionString)
    {
        await using (var database = new PostgreSqlDatabase(connectionString, new PostgreSqlOptions(), TimeProvider.System))
            await AdoNetTables.PrepareAsync(database, Cluster, CancellationToken.None);
        var provider = new AdoNetProvider(connectionString);
        await provider.ReadAsync("SELECT QueryKey, QueryText FROM OrleansQuery", static _ => { }, row =>
        {
            provider._queries.Add((string)row["QueryKey"], (string)row["QueryText"]);
            return 0;
        });
        return provider;
    }

    /// <summary>What a person asks or does by hand.</summary>
    public async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    public async Task<bool> InsertVersionAsync(string cluster = Cluster) =>
        Assert.Single(await ReadAsync(_queries["InsertMembershipVersionKey"], command => Add(command, "DeploymentId", DbType.String, cluster), Boolean));

    public async Task<bool> InsertAsync(AdoNetSilo silo, int version) => Assert.Single(await ReadAsync(
        _queries["InsertMembershipKey"],
        command =>
        {
            Add(command, "DeploymentId", DbType.String, Cluster);
            Add(command, "IAmAliveTime", DbType.DateTime, silo.StartTime);
            Add(command, "SiloName", DbType.String, silo.Name);
            Add(command, "HostName", DbType.String, "host");
            AddSilo(command, silo);
            Add(command, "StartTime", DbType.DateTime, silo.StartTime);
            Add(command, "Status", DbType.Int32, (int)silo.Status);
            Add(command, "ProxyPort", DbType.Int32, silo.ProxyPort);
            Add(command, "Version", DbType.Int32, version);
        },
        Boolean));

    public async Task<bool> UpdateAsync(AdoNetSilo silo, int version) => Assert.Single(await ReadAsync(
        _queries["UpdateMembershipKey"],
        command =>
        {
            Add(command, "DeploymentId", DbType.String, Cluster);
            AddSilo(command, silo);
            Add(command, "IAmAliveTime", DbType.DateTime, silo.StartTime);
            Add(command, "Status", DbType.Int32, (int)silo.Status);
            Add(command, "SuspectTimes", DbType.String, silo.Suspects);
            Add(command, "Version", DbType.Int32, version);
        },
        Boolean));

    public Task<int> UpdateAliveAsync(AdoNetSilo silo, DateTime time) => ExecuteAsync("UpdateIAmAlivetimeKey", command =>
    {
        Add(command, "DeploymentId", DbType.String, Cluster);
        AddSilo(command, silo);
        Add(command, "IAmAliveTime", DbType.DateTime, time);
    });

    /// <summary>All silos in the order of their ports, and the version.</summary>
    public async Task<(List<AdoNetSilo> Silos, int Version)> ReadAllAsync() =>
        Table(await ReadAsync(_queries["MembershipReadAllKey"], command => Add(command, "DeploymentId", DbType.String, Cluster), Silo));

    public async Task<(List<AdoNetSilo> Silos, int Version)> ReadRowAsync(AdoNetSilo silo) => Table(await ReadAsync(
        _queries["MembershipReadRowKey"],
        command =>
        {
            Add(command, "DeploymentId", DbType.String, Cluster);
            AddSilo(command, silo);
        },
        Silo));

    public Task<List<(string Address, int Port, int Generation)>> GatewaysAsync() => ReadAsync(
        _queries["GatewaysQueryKey"],
        command =>
        {
            Add(command, "DeploymentId", DbType.String, Cluster);
            Add(command, "Status", DbType.Int32, (int)SiloStatus.Active);
        },
        static row => ((string)row["Address"], Convert.ToInt32(row["ProxyPort"], null), Convert.ToInt32(row["Generation"], null)));

    public Task<int> CleanUpAsync(DateTime before) => ExecuteAsync("CleanupDefunctSiloEntriesKey", command =>
    {
        Add(command, "DeploymentId", DbType.String, Cluster);
        Add(command, "IAmAliveTime", DbType.DateTime, before);
    });

    public Task<int> DeleteAsync() => ExecuteAsync("DeleteMembershipTableEntriesKey", static command => Add(command, "DeploymentId", DbType.String, Cluster));

    /// <summary>The new version; null when the write was refused.</summary>
    public Task<int?> WriteAsync(AdoNetGrain grain, int? version, byte[] payload) => ChangeAsync("WriteToStorageKey", grain, version, payload);

    /// <summary>The new version; null when it was refused.</summary>
    public Task<int?> ClearAsync(AdoNetGrain grain, int? version) => ChangeAsync("ClearStorageKey", grain, version, null);

    /// <summary>The bytes in hexadecimal digits and the version; null when there is no row.</summary>
    public async Task<(string? Payload, int Version)?> ReadAsync(AdoNetGrain grain)
    {
        var rows = await ReadAsync(
            _queries["ReadFromStorageKey"],
            command => AddGrain(command, grain),
            static row => ((string?, int)?)(row.IsDBNull("PayloadBinary") ? null : Convert.ToHexString((byte[])row["PayloadBinary"]), Convert.ToInt32(row["Version"], null)));
        return rows.SingleOrDefault();
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<int?> ChangeAsync(string query, AdoNetGrain grain, int? version, byte[]? payload) => (await ReadAsync(
        _queries[query],
        command =>
        {
            AddGrain(command, grain);
            Add(command, "GrainStateVersion", DbType.Int32, version);
            if (payload is not null) Add(command, "PayloadBinary", DbType.Binary, payload);
        },
        static row => (int?)Convert.ToInt32(row["NewGrainStateVersion"], null))).SingleOrDefault();

    private static void AddGrain(DbCommand command, AdoNetGrain grain)
    {
        Add(command, "GrainIdHash", DbType.Int32, 1);
        Add(command, "GrainIdN0", DbType.Int64, grain.N0);
        Add(command, "GrainIdN1", DbType.Int64, grain.N1);
        Add(command, "GrainTypeHash", DbType.Int32, 2);
        Add(command, "GrainTypeString", DbType.String, grain.Type);
        Add(command, "GrainIdExtensionString", DbType.String, grain.Key);
        Add(command, "ServiceId", DbType.String, grain.Service);
    }

    private static void AddSilo(DbCommand command, AdoNetSilo silo)
    {
        Add(command, "Address", DbType.AnsiString, IPAddress.Loopback.ToString());
        Add(command, "Port", DbType.Int32, silo.Port);
        Add(command, "Generation", DbType.Int32, silo.Generation);
    }

    private static void Add(DbCommand command, string name, DbType type, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        parameter.DbType = type;
        command.Parameters.Add(parameter);
    }

    private static bool Boolean(DbDataReader row)
    {
        Assert.Equal(1, row.FieldCount);
        return Convert.ToBoolean(row.GetValue(0), null);
    }

    private static (AdoNetSilo? Silo, int Version) Silo(DbDataReader row)
    {
        var version = Convert.ToInt32(row["Version"], null);
        if (row.IsDBNull("StartTime")) return (null, version);
        Assert.Equal(IPAddress.Loopback, IPAddress.Parse((string)row["Address"]));
        Assert.Equal("host", (string)row["HostName"]);
        return (new AdoNetSilo(Convert.ToInt32(row["Port"], null), (string)row["SiloName"])
        {
            Generation = Convert.ToInt32(row["Generation"], null),
            Status = Enum.Parse<SiloStatus>(Convert.ToInt32(row["Status"], null).ToString(null as IFormatProvider)),
            ProxyPort = Convert.ToInt32(row["ProxyPort"], null),
            Suspects = row.IsDBNull("SuspectTimes") ? null : (string)row["SuspectTimes"],
            StartTime = row.GetDateTime("StartTime"),
            AliveTime = row.GetDateTime("IAmAliveTime"),
        }, version);
    }

    private static (List<AdoNetSilo> Silos, int Version) Table(List<(AdoNetSilo? Silo, int Version)> rows) =>
        ([.. rows.Select(static row => row.Silo).OfType<AdoNetSilo>().OrderBy(static silo => silo.Port)], rows.Select(static row => row.Version).Distinct().Single());

    private async Task<int> ExecuteAsync(string query, Action<DbCommand> parameters)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = _queries[query];
        parameters(command);
        return await command.ExecuteNonQueryAsync();
    }

    private async Task<List<T>> ReadAsync<T>(string query, Action<DbCommand> parameters, Func<DbDataReader, T> read)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = query;
        parameters(command);
        await using var reader = await command.ExecuteReaderAsync();
        List<T> rows = [];
        while (await reader.ReadAsync()) rows.Add(read(reader));
        return rows;
    }
}
