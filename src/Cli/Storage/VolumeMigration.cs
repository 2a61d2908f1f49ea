namespace Actors.Cli.Storage;

/// <summary>A migration under way, or the last one that ended.</summary>
internal sealed record VolumeMigration(
    Guid Id,
    string? Policy,
    string Phase,
    string SourcePool,
    string TargetPool,
    int Move,
    int Moves,
    long CopiedBytes,
    long SizeBytes,
    long BytesPerSecond,
    string? WaitsFor,
    string? Reason,
    string? Problem,
    bool IsOverdue,
    DateTimeOffset DecidedAt,
    DateTimeOffset? EndedAt)
{
    /// <summary>How much is copied, 0 to 1.</summary>
    public double Share() => SizeBytes == 0 ? 1 : (double)CopiedBytes / SizeBytes;
}
