using Actors.Grains.Agents;

namespace Actors.Silo.Stores;

/// <summary>
/// How rows of the agents' hub meet those that are stored: the ends of INSERT statements, which both stores understand. They do what the
/// rows' own <see cref="IBatchRow{TKey, TRow}.MergeWith"/> does, so it makes no difference where two reports meet.
/// </summary>
internal static class AgentSql
{
    /// <summary>Columns of a peer's row.</summary>
    public const string PeerColumns = "peer, epoch, sequence, node_id, generation, since_view, changed_at_ms";

    /// <summary>A connection takes the place of an older one.</summary>
    public const string NewerPeer = """
        ON CONFLICT (peer) DO UPDATE SET
            epoch = excluded.epoch, sequence = excluded.sequence, node_id = excluded.node_id, generation = excluded.generation,
            since_view = excluded.since_view, changed_at_ms = excluded.changed_at_ms
        WHERE (excluded.epoch, excluded.sequence) > (stored.epoch, stored.sequence)
        """;

    /// <summary>Columns of a tunnel's row.</summary>
    public const string TunnelColumns = "source, destination, epoch, sequence, is_open, changed_at_ms";

    /// <summary>What was said of a tunnel takes the place of what was said before.</summary>
    public const string NewerTunnel = """
        ON CONFLICT (source, destination) DO UPDATE SET
            epoch = excluded.epoch, sequence = excluded.sequence, is_open = excluded.is_open, changed_at_ms = excluded.changed_at_ms
        WHERE (excluded.epoch, excluded.sequence) > (stored.epoch, stored.sequence)
        """;

    /// <summary>Columns of an agent's row.</summary>
    public const string AgentColumns =
        "agent, created_at_ms, epoch, first_connected_at_ms, last_connected_at_ms, disconnected_at_ms, lifecycle, lifecycle_at_ms";

    /// <summary>Of connections the newest counts; its end is never before its last sign of life, and nothing undoes it but a newer connection.</summary>
    public const string MergedAgent = """
        ON CONFLICT (agent) DO UPDATE SET
            created_at_ms = CASE WHEN excluded.created_at_ms < stored.created_at_ms THEN excluded.created_at_ms ELSE stored.created_at_ms END,
            epoch = CASE WHEN excluded.epoch > stored.epoch THEN excluded.epoch ELSE stored.epoch END,
            first_connected_at_ms = CASE
                WHEN stored.first_connected_at_ms IS NULL OR excluded.first_connected_at_ms < stored.first_connected_at_ms THEN excluded.first_connected_at_ms
                ELSE stored.first_connected_at_ms END,
            last_connected_at_ms = CASE
                WHEN excluded.epoch > stored.epoch
                    OR excluded.epoch = stored.epoch AND (stored.last_connected_at_ms IS NULL OR excluded.last_connected_at_ms > stored.last_connected_at_ms)
                THEN excluded.last_connected_at_ms
                ELSE stored.last_connected_at_ms END,
            disconnected_at_ms = CASE
                WHEN excluded.epoch > stored.epoch THEN excluded.disconnected_at_ms
                WHEN excluded.epoch < stored.epoch OR excluded.disconnected_at_ms IS NULL THEN stored.disconnected_at_ms
                WHEN excluded.disconnected_at_ms >= coalesce(stored.disconnected_at_ms, 0) AND excluded.disconnected_at_ms >= stored.last_connected_at_ms
                THEN excluded.disconnected_at_ms
                WHEN stored.disconnected_at_ms IS NULL THEN stored.last_connected_at_ms
                ELSE stored.disconnected_at_ms END,
            lifecycle = CASE WHEN (excluded.lifecycle_at_ms, excluded.lifecycle) > (coalesce(stored.lifecycle_at_ms, -1), coalesce(stored.lifecycle, -1))
                THEN excluded.lifecycle ELSE stored.lifecycle END,
            lifecycle_at_ms = CASE WHEN (excluded.lifecycle_at_ms, excluded.lifecycle) > (coalesce(stored.lifecycle_at_ms, -1), coalesce(stored.lifecycle, -1))
                THEN excluded.lifecycle_at_ms ELSE stored.lifecycle_at_ms END
        """;

    /// <summary>Columns of a row of the connection log.</summary>
    public const string ConnectionColumns = "agent, connection_id, ordinal, type, connected_at_ms, disconnected_at_ms, code, reason, ip";

    /// <summary>The earliest beginning, and the latest end with its code and reason.</summary>
    public const string MergedConnection = $"""
        ON CONFLICT (agent, connection_id, ordinal) DO UPDATE SET
            type = CASE WHEN excluded.type > stored.type THEN excluded.type ELSE stored.type END,
            connected_at_ms = CASE
                WHEN stored.connected_at_ms IS NULL OR excluded.connected_at_ms < stored.connected_at_ms THEN excluded.connected_at_ms
                ELSE stored.connected_at_ms END,
            disconnected_at_ms = CASE WHEN {IsLaterEnd} THEN excluded.disconnected_at_ms ELSE stored.disconnected_at_ms END,
            code = CASE WHEN {IsLaterEnd} THEN excluded.code ELSE stored.code END,
            reason = CASE WHEN {IsLaterEnd} THEN excluded.reason ELSE stored.reason END,
            ip = CASE WHEN stored.ip IS NULL OR excluded.ip > stored.ip THEN excluded.ip ELSE stored.ip END
        """;

    /// <summary>Columns of a value.</summary>
    public const string MetadataColumns = "agent, name, value, error, collected_at_ms";

    /// <summary>A value takes the place of an older one.</summary>
    public const string NewerMetadata = """
        ON CONFLICT (agent, name) DO UPDATE SET value = excluded.value, error = excluded.error, collected_at_ms = excluded.collected_at_ms
        WHERE (excluded.collected_at_ms, excluded.value, excluded.error) > (stored.collected_at_ms, stored.value, stored.error)
        """;

    /// <summary>The number of an agent's <see cref="AgentStatus"/>, as <see cref="AgentTimes.StatusAt"/> has it; $1, $2 and $3 are the parts of a <see cref="StatusClock"/>.</summary>
    public const string Status = """
        CASE
            WHEN first_connected_at_ms IS NULL OR last_connected_at_ms IS NULL THEN CASE WHEN $2 > 0 AND $1 - created_at_ms > $2 THEN 1 ELSE 0 END
            WHEN disconnected_at_ms >= last_connected_at_ms OR $1 - last_connected_at_ms > $3 THEN 3
            ELSE 2 END
        """;

    /// <summary>Whether nothing was heard of an agent since $1; it is neither connected nor says anything of itself.</summary>
    public const string IsSilent = "coalesce(disconnected_at_ms, last_connected_at_ms, created_at_ms) < $1 AND coalesce(lifecycle_at_ms, $1 - 1) < $1";

    /// <summary>No code is less than any code, and no end before any end.</summary>
    private const string IsLaterEnd = """
        (coalesce(excluded.disconnected_at_ms, -1), coalesce(excluded.code, -2147483648), excluded.code IS NOT NULL, coalesce(excluded.reason, ''))
            > (coalesce(stored.disconnected_at_ms, -1), coalesce(stored.code, -2147483648), stored.code IS NOT NULL, coalesce(stored.reason, ''))
        """;

    /// <summary>When a heartbeat counts: the connection that gave it is the agent's newest, has not ended, and was not heard of later.</summary>
    /// <param name="epoch">The connection, in SQL.</param>
    /// <param name="at">The time, in SQL.</param>
    public static string HeartbeatCounts(string epoch, string at) => $"epoch = {epoch} AND disconnected_at_ms IS NULL AND last_connected_at_ms < {at}";

    /// <summary>Whether the agent of a value that was measured before $1 is not known; the value's table is called <c>stored</c>.</summary>
    /// <param name="agents">The table of agents.</param>
    public static string IsOrphan(string agents) => $"stored.collected_at_ms < $1 AND NOT EXISTS (SELECT 1 FROM {agents} AS known WHERE known.agent = stored.agent)";
}
