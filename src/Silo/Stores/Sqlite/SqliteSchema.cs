using System.Globalization;
using Actors.Silo.Lifetime;

namespace Actors.Silo.Stores.Sqlite;

/// <summary>Sees to it that a file's tables are such as this program reads and writes. The file's user_version is the tables' version.</summary>
public static class SqliteSchema
{
    /// <summary>The version that this program writes.</summary>
    public static int CurrentVersion => SqliteTables.Steps.Count;

    /// <summary>
    /// Brings older tables up to date, in one transaction; tables of a newer program stay as they are where that program says that this one may
    /// still work with them.
    /// </summary>
    /// <exception cref="SiloStartException">They are a newer program's, and this one does not know enough of them.</exception>
    public static void Prepare(SqliteSession session, string path) => Prepare(session, path, SqliteTables.Steps);

    /// <inheritdoc cref="Prepare(SqliteSession, string)"/>
    /// <param name="session">The file's only writer.</param>
    /// <param name="path">The file, for people.</param>
    /// <param name="steps">The versions that the program knows; the last one is its own.</param>
    public static void Prepare(SqliteSession session, string path, IReadOnlyList<SqliteSchemaStep> steps)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(steps);
        var version = Convert.ToInt32(session.Scalar("PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (version > steps.Count) CheckReadable(session, path, version, steps.Count);
        if (version >= steps.Count) return;
        session.Execute("BEGIN IMMEDIATE");
        foreach (var statement in steps.Skip(version).SelectMany(static step => step.Statements)) session.Execute(statement);
        session.Execute("UPDATE schema_version SET oldest_reader = max(oldest_reader, $1)", LastThatShutsOut(steps, version));
        session.Execute($"PRAGMA user_version = {steps.Count}");
        session.Execute("COMMIT");
    }

    private static void CheckReadable(SqliteSession session, string path, int version, int known)
    {
        var hasMark = session.Scalar("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'") is not null;
        var oldest = hasMark && session.Query("SELECT oldest_reader FROM schema_version", static row => row.GetInt32(0)) is [var reader] ? reader : version;
        if (oldest <= known) return;
        throw new SiloStartException(
            $"The store {path} was written by a newer program (schema {version}, for programs that know schema {oldest} or later; this one knows schemas up to {known}). "
            + "Run the newer program, or choose another folder with --Silo:DataDirectory=….");
    }

    /// <summary>The newest version above <paramref name="version"/> that older programs cannot work with; 0 when there is none.</summary>
    private static int LastThatShutsOut(IReadOnlyList<SqliteSchemaStep> steps, int version)
    {
        for (var last = steps.Count; last > version; last--)
        {
            if (!steps[last - 1].KeepsOlderPrograms) return last;
        }

        return 0;
    }
}
