namespace Actors.Cli.Storage;

/// <summary>A volume and what is decided over it.</summary>
internal sealed record VolumeView(
    string Name,
    string StorageClass,
    IReadOnlyList<string> Labels,
    long SizeBytes,
    IReadOnlyList<string> Pools,
    bool IsHealthy,
    bool IsMoving,
    string? Policy,
    IReadOnlyList<string> OtherPolicies,
    string Tier,
    string WantedTier,
    string Action,
    double? Iops,
    string? HeatUnknown,
    string Why,
    string Next,
    IReadOnlyList<string> Blocks,
    IReadOnlyList<VolumeMove> Moves,
    int ReadingsInRow,
    DateTimeOffset? CooldownUntil,
    VolumeMigration? Migration);
