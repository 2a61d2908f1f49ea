namespace Actors.Cli.Storage;

/// <summary>Where a replica is to go.</summary>
internal sealed record MigrationWish(string TargetPool, string? SourcePool);
