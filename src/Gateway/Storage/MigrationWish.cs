namespace Actors.Gateway.Storage;

/// <summary>Where a replica is to go.</summary>
/// <param name="TargetPool">Where to.</param>
/// <param name="SourcePool">From where; may be left out where a volume has one replica.</param>
internal sealed record MigrationWish(string TargetPool, string? SourcePool = null);
