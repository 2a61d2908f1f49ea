using Actors.Grains.Agents;

namespace Actors.Silo.Stores.PostgreSql.Agents;

/// <summary>The rows of peers and tunnels in PostgreSQL. Many rows share a statement; they are locked in one order, so statements never wait in a circle.</summary>
/// <param name="database">Where; the tables are there. Not owned.</param>
public sealed class PostgreSqlAgentPeerRows(PostgreSqlDatabase database) : IAgentPeerRows
{
    private const string Read = """
        SELECT 0, peer, peer, epoch, sequence, false, changed_at_ms, node_id, generation, since_view FROM actors.agent_peers WHERE peer = ANY ($1)
        UNION ALL SELECT 1, source, destination, epoch, sequence, is_open, changed_at_ms, 0, 0, 0 FROM actors.agent_tunnels WHERE source = ANY ($1)
        UNION ALL SELECT 2, destination, source, epoch, sequence, is_open, changed_at_ms, 0, 0, 0 FROM actors.agent_tunnels WHERE destination = ANY ($1)
        """;

    /// <summary>Removes old tunnels: closed before $1, from a peer that ended ($4) before $2 or that is not there; at most $3.</summary>
    /// <remarks>What another statement works on stays: it is of use, or goes with the next round. Nothing is waited for.</remarks>
    public const string RemoveTunnels = """
        WITH old AS (
            (SELECT source, destination, epoch, sequence FROM actors.agent_tunnels WHERE NOT is_open AND changed_at_ms < $1 LIMIT $3)
            UNION
            (SELECT source, destination, tunnel.epoch, tunnel.sequence
            FROM actors.agent_peers AS peer JOIN actors.agent_tunnels AS tunnel ON source = peer
            WHERE peer.sequence >= $4 AND peer.changed_at_ms < $2 AND tunnel.epoch <= peer.epoch LIMIT $3)
            UNION
            (SELECT source, destination, epoch, sequence FROM actors.agent_tunnels
            WHERE is_open AND changed_at_ms < $2 AND NOT EXISTS (SELECT FROM actors.agent_peers WHERE peer = source) LIMIT $3)
            LIMIT $3),
        locked AS (
            SELECT source, destination FROM actors.agent_tunnels AS tunnel JOIN old USING (source, destination, epoch, sequence)
            ORDER BY source, destination FOR UPDATE OF tunnel SKIP LOCKED)
        DELETE FROM actors.agent_tunnels AS stored USING locked WHERE stored.source = locked.source AND stored.destination = locked.destination
        """;

    private const string RemovePeers = """
        WITH old AS (
            SELECT peer FROM actors.agent_peers
            WHERE sequence >= $3 AND changed_at_ms < $1 AND NOT EXISTS (SELECT FROM actors.agent_tunnels WHERE source = peer)
            ORDER BY peer LIMIT $2 FOR UPDATE SKIP LOCKED)
        DELETE FROM actors.agent_peers AS stored USING old WHERE stored.peer = old.peer
        """;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PeerRows>> ReadAsync(IReadOnlyList<Guid> peers, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(peers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(peers.Count, IAgentPeerRows.MaxPeers);
        var found = peers.ToDictionary(static peer => peer, static _ => (Row: default(PeerRow), Outgoing: new List<TunnelRow>(), Incoming: new List<TunnelRow>()));
        var rows = await database.QueryAsync(
            "read peers",
            Read,
            [peers.ToArray()],
            static row => (
                Part: row.GetInt32(0), Peer: row.GetGuid(1), Other: row.GetGuid(2), Version: new PeerVersion(row.GetInt64(3), row.GetInt64(4)), IsOpen: row.GetBoolean(5),
                ChangedAtUtcMs: row.GetInt64(6), Gateway: new GatewayRun(row.GetInt32(7), row.GetInt32(8), row.GetInt64(9))),
            token);
        foreach (var row in rows)
        {
            var (_, outgoing, incoming) = found[row.Peer];
            if (row.Part == 0) found[row.Peer] = (new(row.Peer, row.Version, row.Gateway, row.ChangedAtUtcMs), outgoing, incoming);
            else if (row.Part == 1) outgoing.Add(new(row.Peer, row.Other, new(row.Version, row.IsOpen), row.ChangedAtUtcMs));
            else incoming.Add(new(row.Other, row.Peer, new(row.Version, row.IsOpen), row.ChangedAtUtcMs));
        }

        return [.. peers.Select(peer => new PeerRows(peer, found[peer].Row, found[peer].Outgoing, found[peer].Incoming))];
    }

    /// <inheritdoc/>
    public Task WritePeersAsync(IReadOnlyList<PeerRow> rows, CancellationToken token)
    {
        var newest = rows.Newest();
        return database.ExecuteAsync(
            "write peers",
            $"INSERT INTO actors.agent_peers AS stored ({AgentSql.PeerColumns}) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) {AgentSql.NewerPeer}",
            [
                newest.Column(static row => row.Peer), newest.Column(static row => row.Version.Epoch), newest.Column(static row => row.Version.Sequence),
                newest.Column(static row => row.Gateway.NodeId), newest.Column(static row => row.Gateway.Generation), newest.Column(static row => row.Gateway.SinceView),
                newest.Column(static row => row.ChangedAtUtcMs),
            ],
            token);
    }

    /// <inheritdoc/>
    public Task WriteTunnelsAsync(IReadOnlyList<TunnelRow> rows, CancellationToken token)
    {
        var newest = rows.Newest();
        return database.ExecuteAsync(
            "write tunnels",
            $"INSERT INTO actors.agent_tunnels AS stored ({AgentSql.TunnelColumns}) SELECT * FROM unnest($1, $2, $3, $4, $5, $6) {AgentSql.NewerTunnel}",
            [
                newest.Column(static row => row.Source), newest.Column(static row => row.Destination), newest.Column(static row => row.State.Version.Epoch),
                newest.Column(static row => row.State.Version.Sequence), newest.Column(static row => row.State.IsOpen), newest.Column(static row => row.ChangedAtUtcMs),
            ],
            token);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Guid>> ListLiveElsewhereAsync(IReadOnlyCollection<GatewayRun> living, Guid? after, int max, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(living);
        return await database.QueryAsync(
            "read peers of silos that ended",
            """
            SELECT peer FROM actors.agent_peers
            WHERE sequence < $1 AND peer > $2 AND NOT EXISTS (SELECT FROM unnest($3, $4) AS living (node, run) WHERE node = node_id AND run = generation)
            ORDER BY peer LIMIT $5
            """,
            [
                PeerVersion.LostSequence, after ?? Guid.Empty, living.Select(static run => run.NodeId).ToArray(), living.Select(static run => run.Generation).ToArray(), max,
            ],
            static row => row.GetGuid(0),
            token);
    }

    /// <inheritdoc/>
    public async Task<int> RemoveExpiredAsync(PeerExpiry expiry, int maxRows, CancellationToken token)
    {
        var tunnels = await database.ExecuteAsync(
            "remove tunnels", RemoveTunnels, [expiry.ClosedBeforeUtcMs, expiry.EndedBeforeUtcMs, maxRows, PeerVersion.LostSequence], token);
        return tunnels + await database.ExecuteAsync("remove peers", RemovePeers, [expiry.EndedBeforeUtcMs, maxRows, PeerVersion.LostSequence], token);
    }
}
