namespace Actors.Silo.Stores.PostgreSql;

/// <summary>The tables of a cluster in PostgreSQL, as the steps that lead to them. A step is never changed once released; a change is one more step at the end.</summary>
public static class PostgreSqlTables
{
    /// <summary>The first step makes the tables in an empty database, each other one leads from the version before to its own.</summary>
    public static IReadOnlyList<SchemaStep> Steps { get; } =
    [
        new(
            2,
            KeepsOlderPrograms: false,
            """
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
            """),
        // Programs of version 2 compare for equality: those that run go on, those that start say that they are too old.
        new(3, KeepsOlderPrograms: false, "ALTER TABLE actors.schema_version ADD COLUMN oldest_reader integer NOT NULL DEFAULT 3"),
        new(
            4,
            KeepsOlderPrograms: true,
            """
            ALTER TABLE actors.grain_state ADD COLUMN has_work boolean NOT NULL DEFAULT false;
            CREATE INDEX grain_state_with_work ON actors.grain_state (grain_id) WHERE has_work;
            """),
        new(
            5,
            KeepsOlderPrograms: true,
            """
            CREATE TABLE actors.agent_peers (
                peer uuid PRIMARY KEY,
                epoch bigint NOT NULL,
                sequence bigint NOT NULL,
                node_id integer NOT NULL,
                generation integer NOT NULL,
                since_view bigint NOT NULL,
                changed_at_ms bigint NOT NULL);
            CREATE INDEX agent_peers_by_end ON actors.agent_peers (changed_at_ms) WHERE sequence >= 9223372036854775806;
            CREATE TABLE actors.agent_tunnels (
                source uuid NOT NULL,
                destination uuid NOT NULL,
                epoch bigint NOT NULL,
                sequence bigint NOT NULL,
                is_open boolean NOT NULL,
                changed_at_ms bigint NOT NULL,
                PRIMARY KEY (source, destination));
            CREATE INDEX agent_tunnels_by_destination ON actors.agent_tunnels (destination);
            CREATE INDEX agent_tunnels_closed ON actors.agent_tunnels (changed_at_ms) WHERE NOT is_open;
            CREATE TABLE actors.agents (
                agent uuid PRIMARY KEY,
                created_at_ms bigint NOT NULL,
                epoch bigint NOT NULL,
                first_connected_at_ms bigint,
                last_connected_at_ms bigint,
                disconnected_at_ms bigint,
                lifecycle integer,
                lifecycle_at_ms bigint) WITH (fillfactor = 70);
            CREATE TABLE actors.agent_connections (
                agent uuid NOT NULL,
                connection_id uuid NOT NULL,
                ordinal bigint NOT NULL,
                type text COLLATE "C" NOT NULL,
                connected_at_ms bigint,
                disconnected_at_ms bigint,
                code integer,
                reason text COLLATE "C",
                ip text COLLATE "C",
                at_ms bigint NOT NULL GENERATED ALWAYS AS (coalesce(connected_at_ms, disconnected_at_ms, 0)) STORED,
                PRIMARY KEY (agent, connection_id, ordinal));
            CREATE INDEX agent_connections_by_time ON actors.agent_connections (at_ms, agent, connection_id, ordinal);
            CREATE INDEX agent_connections_by_agent ON actors.agent_connections (agent, at_ms);
            CREATE TABLE actors.agent_metadata (
                agent uuid NOT NULL,
                name text COLLATE "C" NOT NULL,
                value text COLLATE "C" NOT NULL,
                error text COLLATE "C" NOT NULL,
                collected_at_ms bigint NOT NULL,
                PRIMARY KEY (agent, name)) WITH (fillfactor = 70);
            CREATE TABLE actors.agent_keys (
                number bigint PRIMARY KEY,
                key bytea NOT NULL);
            CREATE TABLE actors.agent_tokens (
                token_id uuid PRIMARY KEY,
                kind integer NOT NULL,
                subject uuid NOT NULL,
                issued_at_ms bigint NOT NULL,
                expires_at_ms bigint NOT NULL);
            CREATE INDEX agent_tokens_by_expiry ON actors.agent_tokens (expires_at_ms);
            CREATE TABLE actors.agent_revocations (
                token_id uuid PRIMARY KEY,
                revoked_at_ms bigint NOT NULL,
                expires_at_ms bigint NOT NULL,
                revision bigint NOT NULL UNIQUE);
            CREATE INDEX agent_revocations_by_expiry ON actors.agent_revocations (expires_at_ms);
            CREATE TABLE actors.agent_token_state (revision bigint NOT NULL);
            CREATE UNIQUE INDEX one_agent_token_state ON actors.agent_token_state ((true));
            INSERT INTO actors.agent_token_state VALUES (0);
            """),
        new(6, KeepsOlderPrograms: true, "CREATE INDEX agent_tunnels_open ON actors.agent_tunnels (changed_at_ms) WHERE is_open"),
        // Tells a list of silos from one that was deleted and made again. A program of a version before neither reads it nor writes it.
        new(7, KeepsOlderPrograms: true, "ALTER TABLE actors.clusters ADD COLUMN list_id uuid NOT NULL DEFAULT gen_random_uuid()"),
    ];
}
