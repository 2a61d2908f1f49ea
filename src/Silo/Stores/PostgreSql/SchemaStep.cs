namespace Actors.Silo.Stores.PostgreSql;

/// <summary>What leads the tables to a version.</summary>
/// <param name="Version">The version that the tables have afterwards; one more than that of the step before.</param>
/// <param name="KeepsOlderPrograms">
/// True: programs of the version before go on reading and writing the tables, beside programs of this one. So it is when tables, indexes, and
/// columns with a default are added. False: from then on only programs that know this version start.
/// </param>
/// <param name="Statements">SQL that runs in a transaction, while programs of the version before may be at work.</param>
public sealed record SchemaStep(int Version, bool KeepsOlderPrograms, string Statements);
