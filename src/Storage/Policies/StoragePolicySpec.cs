namespace Actors.Storage.Policies;

/// <summary>What a StoragePolicy wants. <see cref="PolicyFields"/> has each field's name, default and range.</summary>
/// <remarks>Source: the custom resource storage.billyronks.io/v1 StoragePolicy; priority is an addition.</remarks>
public sealed record StoragePolicySpec
{
    /// <summary>From so many operations per second on a volume is hot.</summary>
    public long HighWatermarkIops { get; init; }

    /// <summary>Below it a volume that was hot is warm; 0 means that there is no warm tier.</summary>
    public long WarmWatermarkIops { get; init; }

    /// <summary>Up to so many operations per second a volume is cold.</summary>
    public long LowWatermarkIops { get; init; }

    /// <summary>Over how long operations are averaged.</summary>
    public TimeSpan SamplingWindow { get; init; }

    /// <summary>Least time between two migrations of one volume.</summary>
    public TimeSpan CooldownPeriod { get; init; }

    /// <summary>Volumes of this storage class are watched, and no others.</summary>
    public string StorageClassName { get; init; } = "";

    /// <summary>Pools of the hot tier; null when there is none.</summary>
    public LabelSelector? HotPoolSelector { get; init; }

    /// <summary>Pools of the warm tier; null when there is none.</summary>
    public LabelSelector? WarmPoolSelector { get; init; }

    /// <summary>Pools of the cold tier; null when there is none.</summary>
    public LabelSelector? ColdPoolSelector { get; init; }

    /// <summary>Volumes with these labels are watched; null means all of the storage class.</summary>
    public LabelSelector? VolumeSelector { get; init; }

    /// <summary>How many of the policy's volumes may move at once.</summary>
    public long MaxConcurrentMigrations { get; init; }

    /// <summary>After how long a migration is given up.</summary>
    public TimeSpan MigrationTimeout { get; init; }

    /// <summary>False: nothing is measured and nothing moves.</summary>
    public bool Enabled { get; init; }

    /// <summary>True: everything is decided and nothing moves.</summary>
    public bool DryRun { get; init; }

    /// <summary>An ErasureCodingPolicy for cold volumes. Accepted, and answered by a condition: erasure coding is not supported.</summary>
    public string? EcPolicyRef { get; init; }

    /// <summary>From which size on a volume would be erasure coded. Bytes.</summary>
    public long EcMinVolumeSizeBytes { get; init; }

    /// <summary>Of several policies that want a volume, the one with the highest number has it, then the one whose name comes first.</summary>
    public long Priority { get; init; }

    /// <summary>Whether there is a warm tier.</summary>
    public bool HasWarmTier => WarmWatermarkIops > 0 && WarmPoolSelector is not null;
}
