namespace Actors.Silo.Stores.Sqlite;

/// <summary>The tables of the embedded store, as the steps that lead to them. A step is never changed once released; a change is one more step at the end.</summary>
public static class SqliteTables
{
    /// <summary>The first step makes version 1 in an empty file, each other one leads from the version before to its own.</summary>
    public static IReadOnlyList<SqliteSchemaStep> Steps { get; } =
    [
        new(
            KeepsOlderPrograms: false,
            [
                "CREATE TABLE settings (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID",
                """
                CREATE TABLE nodes (
                    node_id INTEGER PRIMARY KEY,
                    incarnation INTEGER NOT NULL,
                    storage_id TEXT NOT NULL) STRICT
                """,
                """
                CREATE TABLE topics (
                    topic_id TEXT PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE,
                    is_internal INTEGER NOT NULL,
                    config_epoch INTEGER NOT NULL) STRICT, WITHOUT ROWID
                """,
                """
                CREATE TABLE topic_configs (
                    topic_id TEXT NOT NULL REFERENCES topics ON DELETE CASCADE,
                    name TEXT NOT NULL,
                    value TEXT NOT NULL,
                    PRIMARY KEY (topic_id, name)) STRICT, WITHOUT ROWID
                """,
                """
                CREATE TABLE partitions (
                    topic_id TEXT NOT NULL REFERENCES topics ON DELETE CASCADE,
                    partition_index INTEGER NOT NULL,
                    replicas TEXT NOT NULL,
                    leader_id INTEGER NOT NULL,
                    leader_epoch INTEGER NOT NULL,
                    leader_incarnation INTEGER NOT NULL,
                    in_sync_replicas TEXT NOT NULL,
                    partition_epoch INTEGER NOT NULL,
                    PRIMARY KEY (topic_id, partition_index)) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX partitions_by_leader ON partitions (leader_id)",
                "CREATE TABLE topic_name_epochs (name TEXT PRIMARY KEY, leader_epoch INTEGER NOT NULL) STRICT, WITHOUT ROWID",
                """
                CREATE TABLE grain_state (
                    grain_id TEXT NOT NULL,
                    state_name TEXT NOT NULL,
                    version INTEGER NOT NULL,
                    payload BLOB NOT NULL,
                    PRIMARY KEY (grain_id, state_name)) STRICT, WITHOUT ROWID
                """,
            ]),
        new(KeepsOlderPrograms: false, ["CREATE TABLE deleted_topics (topic_id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID"]),
        new(KeepsOlderPrograms: false, ["ALTER TABLE deleted_topics ADD COLUMN node_ids TEXT NOT NULL DEFAULT ''"]),
        new(
            KeepsOlderPrograms: false,
            [
                "ALTER TABLE grain_state ADD COLUMN has_work INTEGER NOT NULL DEFAULT 0",
                "CREATE INDEX grain_state_with_work ON grain_state (grain_id) WHERE has_work",
            ]),
        new(
            KeepsOlderPrograms: false,
            [
                """
                CREATE TABLE agent_peers (
                    peer TEXT PRIMARY KEY,
                    epoch INTEGER NOT NULL,
                    sequence INTEGER NOT NULL,
                    node_id INTEGER NOT NULL,
                    generation INTEGER NOT NULL,
                    since_view INTEGER NOT NULL,
                    changed_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX agent_peers_by_end ON agent_peers (changed_at_ms) WHERE sequence >= 9223372036854775806",
                """
                CREATE TABLE agent_tunnels (
                    source TEXT NOT NULL,
                    destination TEXT NOT NULL,
                    epoch INTEGER NOT NULL,
                    sequence INTEGER NOT NULL,
                    is_open INTEGER NOT NULL,
                    changed_at_ms INTEGER NOT NULL,
                    PRIMARY KEY (source, destination)) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX agent_tunnels_by_destination ON agent_tunnels (destination)",
                """
                CREATE TABLE agents (
                    agent TEXT PRIMARY KEY,
                    created_at_ms INTEGER NOT NULL,
                    epoch INTEGER NOT NULL,
                    first_connected_at_ms INTEGER,
                    last_connected_at_ms INTEGER,
                    disconnected_at_ms INTEGER,
                    lifecycle INTEGER,
                    lifecycle_at_ms INTEGER) STRICT, WITHOUT ROWID
                """,
                """
                CREATE TABLE agent_connections (
                    agent TEXT NOT NULL,
                    connection_id TEXT NOT NULL,
                    ordinal INTEGER NOT NULL,
                    type TEXT NOT NULL,
                    connected_at_ms INTEGER,
                    disconnected_at_ms INTEGER,
                    code INTEGER,
                    reason TEXT,
                    ip TEXT,
                    at_ms INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(connected_at_ms, disconnected_at_ms, 0)) STORED,
                    PRIMARY KEY (agent, connection_id, ordinal)) STRICT, WITHOUT ROWID
                """,
                "CREATE INDEX agent_connections_by_time ON agent_connections (at_ms, agent, connection_id, ordinal)",
                "CREATE INDEX agent_connections_by_agent ON agent_connections (agent, at_ms)",
                """
                CREATE TABLE agent_metadata (
                    agent TEXT NOT NULL,
                    name TEXT NOT NULL,
                    value TEXT NOT NULL,
                    error TEXT NOT NULL,
                    collected_at_ms INTEGER NOT NULL,
                    PRIMARY KEY (agent, name)) STRICT, WITHOUT ROWID
                """,
                "CREATE TABLE agent_keys (number INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT",
                """
                CREATE TABLE agent_tokens (
                    token_id TEXT PRIMARY KEY,
                    kind INTEGER NOT NULL,
                    subject TEXT NOT NULL,
                    issued_at_ms INTEGER NOT NULL,
                    expires_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID
                """,
                """
                CREATE TABLE agent_revocations (
                    revision INTEGER PRIMARY KEY AUTOINCREMENT,
                    token_id TEXT NOT NULL UNIQUE,
                    revoked_at_ms INTEGER NOT NULL,
                    expires_at_ms INTEGER NOT NULL) STRICT
                """,
            ]),
        new(
            KeepsOlderPrograms: false,
            [
                "CREATE INDEX agent_tunnels_closed ON agent_tunnels (changed_at_ms) WHERE NOT is_open",
                "CREATE INDEX agent_tunnels_open ON agent_tunnels (changed_at_ms) WHERE is_open",
            ]),

        // From here on the file says itself which programs may still read it; programs of the versions before compare user_version alone.
        new(KeepsOlderPrograms: false, ["CREATE TABLE schema_version (oldest_reader INTEGER NOT NULL) STRICT", "INSERT INTO schema_version VALUES (7)"]),
    ];
}
