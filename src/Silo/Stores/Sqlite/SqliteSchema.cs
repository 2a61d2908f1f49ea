using System.Globalization;
using Actors.Silo.Lifetime;

namespace Actors.Silo.Stores.Sqlite;

/// <summary>The tables of the embedded store. A version is a list of statements that is never changed once released.</summary>
public static class SqliteSchema
{
    /// <summary>The statements that lead from each version to the next; the first ones make version 1 of an empty file.</summary>
    private static readonly string[][] Steps =
    [
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
        ],
        ["CREATE TABLE deleted_topics (topic_id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID"],
        ["ALTER TABLE deleted_topics ADD COLUMN node_ids TEXT NOT NULL DEFAULT ''"],
        [
            "ALTER TABLE grain_state ADD COLUMN has_work INTEGER NOT NULL DEFAULT 0",
            "CREATE INDEX grain_state_with_work ON grain_state (grain_id) WHERE has_work",
        ],
    ];

    /// <summary>The version that this program writes.</summary>
    public static int CurrentVersion => Steps.Length;

    /// <summary>Brings a file's schema up to <see cref="CurrentVersion"/>, in one transaction.</summary>
    /// <exception cref="SiloStartException">The file's schema is newer.</exception>
    public static void Prepare(SqliteSession session, string path)
    {
        ArgumentNullException.ThrowIfNull(session);
        var version = Convert.ToInt32(session.Scalar("PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (version > CurrentVersion)
        {
            throw new SiloStartException(
                $"The store {path} was written by a newer program (schema {version}; this one knows schemas up to {CurrentVersion}). "
                + "Run the newer program, or choose another folder with --Silo:DataDirectory=….");
        }

        if (version == CurrentVersion) return;
        session.Execute("BEGIN IMMEDIATE");
        foreach (var statement in Steps[version..].SelectMany(step => step)) session.Execute(statement);
        session.Execute($"PRAGMA user_version = {CurrentVersion}");
        session.Execute("COMMIT");
    }
}
