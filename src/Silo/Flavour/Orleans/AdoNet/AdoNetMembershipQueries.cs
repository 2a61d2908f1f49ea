using System.Globalization;

namespace Actors.Silo.Flavour.AdoNet;

/// <summary>
/// What Orleans' AdoNet clustering does with its two tables. A change moves the cluster's version from the one that was read to the
/// next, and touches rows only if it has; both are one statement. When a silo was last heard of is what the database's clock said.
/// </summary>
internal static class AdoNetMembershipQueries
{
    private const int Dead = (int)Orleans.Runtime.SiloStatus.Dead;

    private const string IsTheSilo = "deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation";

    private const string ReadSilos = """
        SELECT v.deploymentid AS DeploymentId, m.address AS Address, m.port AS Port, m.generation AS Generation, m.siloname AS SiloName, m.hostname AS HostName,
            m.status AS Status, m.proxyport AS ProxyPort, m.suspecttimes AS SuspectTimes, m.starttime AS StartTime, m.iamalivetime AS IAmAliveTime, v.version AS Version
        FROM orleansmembershipversiontable v LEFT JOIN orleansmembershiptable m ON m.deploymentid = v.deploymentid
        """;

    private const string MoveVersion = "UPDATE orleansmembershipversiontable SET version = version + 1 WHERE deploymentid = @DeploymentId AND version = @Version";

    /// <summary>Texts by the keys under which Orleans looks for them.</summary>
    public static IEnumerable<KeyValuePair<string, string>> All =>
    [
        new("InsertMembershipVersionKey", """
            WITH added AS (INSERT INTO orleansmembershipversiontable (deploymentid) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
            SELECT EXISTS (SELECT FROM added)
            """),
        new("InsertMembershipKey", InsertSilo),
        new("UpdateMembershipKey", $"""
            WITH moved AS ({MoveVersion} AND EXISTS (SELECT FROM orleansmembershiptable WHERE {IsTheSilo}) RETURNING 1),
            changed AS (
                UPDATE orleansmembershiptable SET status = @Status, suspecttimes = @SuspectTimes
                WHERE {IsTheSilo} AND EXISTS (SELECT FROM moved)
                RETURNING 1)
            SELECT EXISTS (SELECT FROM changed)
            """),
        new("UpdateIAmAlivetimeKey", string.Create(CultureInfo.InvariantCulture, $"UPDATE orleansmembershiptable SET iamalivetime = now() WHERE {IsTheSilo} AND status <> {Dead}")),
        new("MembershipReadAllKey", $"{ReadSilos} WHERE v.deploymentid = @DeploymentId"),
        new("MembershipReadRowKey", $"{ReadSilos} AND m.address = @Address AND m.port = @Port AND m.generation = @Generation WHERE v.deploymentid = @DeploymentId"),
        new("GatewaysQueryKey", """
            SELECT address AS Address, proxyport AS ProxyPort, generation AS Generation FROM orleansmembershiptable
            WHERE deploymentid = @DeploymentId AND status = @Status AND proxyport > 0
            """),
        new("CleanupDefunctSiloEntriesKey", string.Create(CultureInfo.InvariantCulture, $"""
            DELETE FROM orleansmembershiptable
            WHERE deploymentid = @DeploymentId AND status = {Dead} AND iamalivetime < @IAmAliveTime AND starttime < @IAmAliveTime
            """)),
        new("DeleteMembershipTableEntriesKey", "DELETE FROM orleansmembershipversiontable WHERE deploymentid = @DeploymentId"),
    ];

    /// <summary>
    /// Adds a silo. A former run of its node that has not been heard of for long is dead from then on: after an outage of all silos
    /// nobody else is there to say so. One that is heard of makes the unique index refuse the new one. The count makes the
    /// former run's row change first.
    /// </summary>
    private static string InsertSilo => string.Create(CultureInfo.InvariantCulture, $"""
        WITH moved AS ({MoveVersion} AND NOT EXISTS (SELECT FROM orleansmembershiptable WHERE {IsTheSilo}) RETURNING 1),
        replaced AS (
            UPDATE orleansmembershiptable SET status = {Dead}
            WHERE deploymentid = @DeploymentId AND nodeid = substring(@SiloName FROM '@([0-9]+)$') AND status <> {Dead}
                AND iamalivetime < now() - interval '{(int)MembershipTimings.Patience.TotalSeconds} seconds' AND EXISTS (SELECT FROM moved)
            RETURNING 1),
        added AS (
            INSERT INTO orleansmembershiptable (deploymentid, address, port, generation, siloname, hostname, status, proxyport, starttime, iamalivetime)
            SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, now()
            FROM moved WHERE (SELECT count(*) FROM replaced) >= 0
            RETURNING 1)
        SELECT EXISTS (SELECT FROM added)
        """);
}
