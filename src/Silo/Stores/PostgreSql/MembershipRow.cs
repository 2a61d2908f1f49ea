using System.Globalization;
using Actors.Membership;
using Npgsql;
using NpgsqlTypes;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Stores.PostgreSql;

/// <summary>A silo's row in <c>actors.silos</c>.</summary>
/// <param name="Entry">What it says.</param>
/// <param name="RowVersion">The table's version when it was last changed.</param>
/// <param name="LeaseAge">How long ago the silo was last heard of, by the database's clock.</param>
internal sealed record MembershipRow(MembershipEntry Entry, int RowVersion, TimeSpan LeaseAge)
{
    /// <summary>The cluster's version, beside each silo ($1: the cluster). A cluster without silos is one row without a silo.</summary>
    public const string SelectAll = $"{Select} WHERE clusters.cluster_id = $1";

    /// <summary>The same with one silo only ($2: its address).</summary>
    public const string SelectOne = $"{Select} AND silos.address = $2 WHERE clusters.cluster_id = $1";

    private const string Select = """
        SELECT version, silos.address, row_version, status, silo_name, host_name, role_name, proxy_port, update_zone, fault_zone,
            started_at, suspects, suspected_at, alive_at, now(), list_id
        FROM actors.clusters LEFT JOIN actors.silos ON silos.cluster_id = clusters.cluster_id
        """;

    /// <summary>$3 to $14 of the statements that write a row: its address, its node, and what else it says but the time of the last sign of life.</summary>
    public static IEnumerable<NpgsqlParameter> Parameters(MembershipEntry entry, int nodeId)
    {
        var votes = entry.SuspectTimes ?? [];
        yield return Of(entry.SiloAddress.ToParsableString());
        yield return Of(nodeId);
        yield return Of((int)entry.Status);
        yield return Of(entry.SiloName);
        yield return Of(entry.HostName);
        yield return new NpgsqlParameter { Value = (object?)entry.RoleName ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
        yield return Of(entry.ProxyPort);
        yield return Of(entry.UpdateZone);
        yield return Of(entry.FaultZone);
        yield return Of(Utc(entry.StartTime));
        yield return Of(votes.Select(static vote => vote.Item1.ToParsableString()).ToArray());
        yield return Of(votes.Select(static vote => Utc(vote.Item2)).ToArray());
    }

    /// <summary>The list of silos of which a row of one of the queries is.</summary>
    public static Guid ListId(NpgsqlDataReader reader) => reader.GetGuid(15);

    /// <summary>Reads a row of one of the queries; null when it has no silo.</summary>
    /// <exception cref="MembershipRowException">It is not what a silo writes.</exception>
    public static MembershipRow? Read(NpgsqlDataReader reader, string clusterId)
    {
        if (reader.IsDBNull(1)) return null;
        var text = reader.GetString(1);
        if (!SiloAddress.TryParse(text, out var address)) throw Unreadable(text, clusterId, "its address is not address:port@generation.");
        var status = (SiloStatus)reader.GetInt32(3);
        if (!Enum.IsDefined(status)) throw Unreadable(text, clusterId, string.Create(CultureInfo.InvariantCulture, $"no status has the number {(int)status}."));
        var name = reader.GetString(4);
        if (!SiloNodeName.TryParse(name, out _)) throw Unreadable(text, clusterId, $"its silo_name is '{name}' and not name@nodeId.");
        var aliveAt = reader.GetDateTime(13);
        var entry = new MembershipEntry
        {
            SiloAddress = address!,
            Status = status,
            SiloName = name,
            HostName = reader.GetString(5),
            RoleName = reader.IsDBNull(6) ? null : reader.GetString(6),
            ProxyPort = reader.GetInt32(7),
            UpdateZone = reader.GetInt32(8),
            FaultZone = reader.GetInt32(9),
            StartTime = reader.GetDateTime(10),
            SuspectTimes = Votes(text, clusterId, reader.GetFieldValue<string?[]>(11), reader.GetFieldValue<DateTime?[]>(12)),
            IAmAliveTime = aliveAt,
        };
        var age = reader.GetDateTime(14) - aliveAt;
        return new MembershipRow(entry, reader.GetInt32(2), age > TimeSpan.Zero ? age : TimeSpan.Zero);
    }

    private static List<Tuple<SiloAddress, DateTime>>? Votes(string row, string clusterId, string?[] suspects, DateTime?[] times)
    {
        if (suspects.Length != times.Length)
            throw Unreadable(row, clusterId, string.Create(CultureInfo.InvariantCulture, $"it has {suspects.Length} suspects and {times.Length} times of theirs."));
        if (suspects.Length == 0) return null;
        var votes = new List<Tuple<SiloAddress, DateTime>>(suspects.Length);
        foreach (var (suspect, time) in suspects.Zip(times))
        {
            if (!SiloAddress.TryParse(suspect, out var voter) || time is null) throw Unreadable(row, clusterId, $"its suspect '{suspect}' is not address:port@generation with a time.");
            votes.Add(Tuple.Create(voter!, time.Value));
        }

        return votes;
    }

    private static MembershipRowException Unreadable(string address, string clusterId, string problem) => new(
        $"'{address}' in actors.silos",
        problem,
        $"Correct it, or if no such silo runs: DELETE FROM actors.silos WHERE cluster_id = {Quoted(clusterId)} AND address = {Quoted(address)};");

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static DateTime Utc(DateTime time) => time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time.ToUniversalTime();

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };
}
