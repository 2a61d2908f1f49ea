using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <inheritdoc cref="IClusterMembershipService"/>
internal sealed class ClusterMembershipService(ClusterDriver driver) : IClusterMembershipService
{
    public ClusterMembershipSnapshot CurrentSnapshot => driver.Status.Snapshot;

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => driver.Status.WatchAsync();

    public async ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default)
    {
        while (minimumVersion == default || CurrentSnapshot.Version < minimumVersion)
        {
            await driver.RefreshAsync(cancellationToken);
            if (minimumVersion == default || CurrentSnapshot.Version >= minimumVersion)
            {
                return;
            }

            await driver.PauseAsync(cancellationToken);
        }
    }

    public Task<bool> TryKill(SiloAddress siloAddress)
    {
        ArgumentNullException.ThrowIfNull(siloAddress);
        return driver.KillAsync(siloAddress);
    }
}
