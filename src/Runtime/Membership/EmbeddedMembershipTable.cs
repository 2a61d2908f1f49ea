using Orleans;
using Orleans.Runtime;

namespace Actors.Membership;

/// <summary>The membership of a silo that is its own cluster: a table in memory that lets one living silo in, and refuses a second.</summary>
/// <param name="clusterId">The cluster's name.</param>
/// <param name="time">The clock of the lease.</param>
public sealed class EmbeddedMembershipTable(string clusterId, TimeProvider time) : ILeasedMembershipTable
{
    private readonly InMemoryMembershipTable _table = new(clusterId, time);

    internal int Watchers => _table.Watchers;

    /// <inheritdoc/>
    public Task InitializeMembershipTable(bool tryInitTableVersion) => _table.InitializeMembershipTable(tryInitTableVersion);

    /// <inheritdoc/>
    public Task DeleteMembershipTableEntries(string clusterId) => _table.DeleteMembershipTableEntries(clusterId);

    /// <inheritdoc/>
    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => _table.CleanupDefunctSiloEntries(beforeDate);

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadRow(SiloAddress key) => _table.ReadRow(key);

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadAll() => _table.ReadAll();

    /// <inheritdoc/>
    /// <exception cref="SiloRefusedException">Another silo is in the table and not dead.</exception>
    public async Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion)
    {
        await CheckAloneAsync(entry, tableVersion);
        return await _table.InsertRow(entry, tableVersion);
    }

    /// <inheritdoc/>
    /// <exception cref="SiloRefusedException">A dead silo is to live again, and another is in the table and not dead.</exception>
    public async Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion)
    {
        if ((await _table.ReadRow(entry.SiloAddress)).TryGet(entry.SiloAddress) is { Item1.Status: SiloStatus.Dead } dead && dead.Item2 == etag)
        {
            await CheckAloneAsync(entry, tableVersion);
        }

        return await _table.UpdateRow(entry, etag, tableVersion);
    }

    /// <inheritdoc/>
    public Task UpdateIAmAlive(MembershipEntry entry) => _table.UpdateIAmAlive(entry);

    /// <inheritdoc/>
    public Task<LeasedMembership> ReadLeasesAsync(CancellationToken token) => _table.ReadLeasesAsync(token);

    /// <inheritdoc/>
    public Task<LeaseRenewal?> RenewLeaseAsync(SiloAddress silo, CancellationToken token) => _table.RenewLeaseAsync(silo, token);

    /// <inheritdoc/>
    public IAsyncEnumerable<int> WatchAsync(CancellationToken token) => _table.WatchAsync(token);

    /// <summary>What is read here is still true when the row is written, or the version is not: then nothing is written.</summary>
    private async Task CheckAloneAsync(MembershipEntry entry, TableVersion tableVersion)
    {
        MembershipTableData now = await _table.ReadAll();
        if (entry.Status != SiloStatus.Dead
            && now.Version.VersionEtag == tableVersion.VersionEtag
            && now.Members.FirstOrDefault(member => member.Item1.Status != SiloStatus.Dead && !member.Item1.SiloAddress.Equals(entry.SiloAddress)) is { } other)
        {
            throw SiloRefusedException.NotAlone(entry, other.Item1.SiloName, other.Item1.SiloAddress);
        }
    }
}
