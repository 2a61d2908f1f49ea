namespace Actors.Silo.Stores.PostgreSql;

/// <summary>A number in the database that grows with each change of something.</summary>
/// <param name="Subject">Of what, for people: "the membership table".</param>
/// <param name="Channel">Where each change says the new number.</param>
/// <param name="ReadAsync">Reads the number; null when there is none now.</param>
/// <param name="Failure">What a failed database becomes.</param>
internal sealed record VersionSource(string Subject, string Channel, Func<CancellationToken, Task<long?>> ReadAsync, StoreFailure Failure);
