using System.Globalization;
using Actors.Grains.Agents;
using Microsoft.Data.Sqlite;

namespace Actors.Silo.Stores.Sqlite.Agents;

/// <summary>The rows of peers and tunnels in the embedded store.</summary>
/// <param name="database">The store's file; not owned.</param>
public sealed class SqliteAgentPeerRows(SqliteDatabase database) : IAgentPeerRows
{
    /// <summary>Removes old tunnels: closed before $1, from a peer that ended before $2 or that is not there; at most $3.</summary>
    /// <remarks>An index with a condition is found only by a statement that has the same number in it, not as a parameter.</remarks>
    public static string RemoveTunnels { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        DELETE FROM agent_tunnels WHERE (source, destination) IN (SELECT source, destination FROM (
            SELECT source, destination FROM agent_tunnels WHERE NOT is_open AND changed_at_ms < $1
            UNION ALL
            SELECT source, destination FROM agent_peers AS peer CROSS JOIN agent_tunnels AS tunnel
            WHERE peer.sequence >= {PeerVersion.LostSequence} AND peer.changed_at_ms < $2 AND source = peer.peer AND tunnel.epoch <= peer.epoch
            UNION ALL
            SELECT source, destination FROM agent_tunnels
            WHERE is_open AND changed_at_ms < $2 AND NOT EXISTS (SELECT 1 FROM agent_peers WHERE peer = source)
            LIMIT $3))
        """);

    /// <summary>Removes peers that ended before $1 and have no tunnels; at most $2.</summary>
    public static string RemovePeers { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        DELETE FROM agent_peers WHERE peer IN (
            SELECT peer FROM agent_peers
            WHERE sequence >= {PeerVersion.LostSequence} AND changed_at_ms < $1 AND NOT EXISTS (SELECT 1 FROM agent_tunnels WHERE source = peer) LIMIT $2)
        """);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PeerRows>> ReadAsync(IReadOnlyList<Guid> peers, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(peers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(peers.Count, IAgentPeerRows.MaxPeers);
        return database.LookAsync<IReadOnlyList<PeerRows>>(
            "read peers",
            session =>
            {
                session.Execute("BEGIN"); // one moment for all of them
                try
                {
                    return [.. peers.Select(peer => Read(session, peer))];
                }
                finally
                {
                    session.Execute("ROLLBACK");
                }
            },
            token);
    }

    /// <inheritdoc/>
    public Task WritePeersAsync(IReadOnlyList<PeerRow> rows, CancellationToken token)
    {
        var newest = rows.Newest();
        return database.ChangeAsync(
            "write peers",
            session => newest.Sum(row => session.Execute(
                $"INSERT INTO agent_peers AS stored ({AgentSql.PeerColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7) {AgentSql.NewerPeer}",
                AgentFile.Text(row.Peer), row.Version.Epoch, row.Version.Sequence, row.Gateway.NodeId, row.Gateway.Generation, row.Gateway.SinceView, row.ChangedAtUtcMs)),
            token);
    }

    /// <inheritdoc/>
    public Task WriteTunnelsAsync(IReadOnlyList<TunnelRow> rows, CancellationToken token)
    {
        var newest = rows.Newest();
        return database.ChangeAsync(
            "write tunnels",
            session => newest.Sum(row => session.Execute(
                $"INSERT INTO agent_tunnels AS stored ({AgentSql.TunnelColumns}) VALUES ($1, $2, $3, $4, $5, $6) {AgentSql.NewerTunnel}",
                AgentFile.Text(row.Source), AgentFile.Text(row.Destination), row.State.Version.Epoch, row.State.Version.Sequence, row.State.IsOpen, row.ChangedAtUtcMs)),
            token);
    }

    /// <inheritdoc/>
    /// <remarks>One silo has the file, so few runs live: they are looked through here.</remarks>
    public Task<IReadOnlyList<Guid>> ListLiveElsewhereAsync(IReadOnlyCollection<GatewayRun> living, Guid? after, int max, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(living);
        var runs = string.Join(",", living.Select(static run => $"({run.NodeId},{run.Generation})"));
        return database.LookAsync<IReadOnlyList<Guid>>(
            "read peers of silos that ended",
            session => session.Query(
                $"SELECT peer FROM agent_peers WHERE sequence < $1 AND peer > $2 {(runs.Length == 0 ? "" : $"AND (node_id, generation) NOT IN (VALUES {runs})")} ORDER BY peer LIMIT $3",
                static row => row.Id(0),
                PeerVersion.LostSequence, AgentFile.Text(after ?? Guid.Empty), max),
            token);
    }

    /// <inheritdoc/>
    public Task<int> RemoveExpiredAsync(PeerExpiry expiry, int maxRows, CancellationToken token) => database.ChangeAsync(
        "remove old peers",
        session => session.Execute(RemoveTunnels, expiry.ClosedBeforeUtcMs, expiry.EndedBeforeUtcMs, maxRows)
            + session.Execute(RemovePeers, expiry.EndedBeforeUtcMs, maxRows),
        token);

    private static PeerRows Read(SqliteSession session, Guid peer)
    {
        var rows = session.Query(
            $"SELECT {AgentSql.PeerColumns} FROM agent_peers WHERE peer = $1",
            static row => new PeerRow(
                row.Id(0), new(row.GetInt64(1), row.GetInt64(2)), new(row.GetInt32(3), row.GetInt32(4), row.GetInt64(5)), row.GetInt64(6)),
            AgentFile.Text(peer));
        return new(
            peer,
            rows.FirstOrDefault(),
            session.Query($"SELECT {AgentSql.TunnelColumns} FROM agent_tunnels WHERE source = $1", ReadTunnel, AgentFile.Text(peer)),
            session.Query($"SELECT {AgentSql.TunnelColumns} FROM agent_tunnels WHERE destination = $1", ReadTunnel, AgentFile.Text(peer)));
    }

    private static TunnelRow ReadTunnel(SqliteDataReader row) =>
        new(row.Id(0), row.Id(1), new(new(row.GetInt64(2), row.GetInt64(3)), row.GetBoolean(4)), row.GetInt64(5));
}
