using Orleans;
using Orleans.Runtime;

namespace Actors.Membership;

/// <summary>
/// A membership table that also keeps leases: it says how long ago each silo was last heard of, measured by one clock alone (the
/// store's, or the reader's monotonic one), so that no two machines' clocks are ever compared. And it says when it has changed.
/// </summary>
/// <remarks>
/// <see cref="IMembershipTable.InsertRow"/> begins a silo's lease, <see cref="RenewLeaseAsync"/> and
/// <see cref="IMembershipTable.UpdateIAmAlive"/> renew it. The time in <see cref="MembershipEntry.IAmAliveTime"/> is what the
/// table's clock said then; what callers write there is not used. A dead silo's lease is never renewed.
/// Safe for use from any thread. Every call ends in bounded time.
/// </remarks>
public partial interface ILeasedMembershipTable : IMembershipTable
{
    /// <summary>All rows, the version and the leases' ages, of one moment.</summary>
    /// <exception cref="MembershipRowException">A row is not what a silo writes.</exception>
    /// <exception cref="MembershipStoreException">The store did not answer.</exception>
    Task<LeasedMembership> ReadLeasesAsync(CancellationToken token);

    /// <summary>
    /// Renews a silo's lease. The answer tells the version, so a silo that renews needs no other poll, and the silo's own status, so
    /// that it learns of its death.
    /// </summary>
    /// <returns>Null when the silo has no row.</returns>
    /// <exception cref="MembershipStoreException">The store did not answer.</exception>
    Task<LeaseRenewal?> RenewLeaseAsync(SiloAddress silo, CancellationToken token);

    /// <summary>
    /// The table's version now, then each time it is found to differ from the one before; of several changes the last. It never
    /// throws because the store is away, but tries again, and ends only with the token.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IAsyncEnumerable<int> WatchAsync(CancellationToken token);
}
