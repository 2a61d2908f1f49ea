namespace Actors.Silo.Stores.Sqlite;

/// <summary>What leads the embedded store's tables to the next version; its own version is its place in the list, from 1.</summary>
/// <param name="KeepsOlderPrograms">
/// True: a program of the version before reads and writes the tables as they are afterwards. So it is when tables, indexes, and columns with a
/// default are added. False: from then on only programs that know this version open the file.
/// </param>
/// <param name="Statements">SQL, a statement each, in one transaction.</param>
public sealed record SqliteSchemaStep(bool KeepsOlderPrograms, IReadOnlyList<string> Statements);
