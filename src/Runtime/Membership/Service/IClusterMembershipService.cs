namespace Orleans.Runtime;

/// <summary>The cluster's silos as this one knows them, and word of changes. Safe for use from any thread.</summary>
public interface IClusterMembershipService
{
    /// <summary>What is true now; reading it costs one field.</summary>
    ClusterMembershipSnapshot CurrentSnapshot { get; }

    /// <summary>The snapshot now, and each later one; of several changes that come while the reader is busy, the last.</summary>
    IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates { get; }

    /// <summary>Waits until the current snapshot is this version or a later one; by default, until the table was read once more.</summary>
    ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default);

    /// <summary>Declares a silo dead, whatever it says itself. It stops as soon as it hears of it.</summary>
    /// <returns>True when the silo is dead.</returns>
    Task<bool> TryKill(SiloAddress siloAddress);
}
