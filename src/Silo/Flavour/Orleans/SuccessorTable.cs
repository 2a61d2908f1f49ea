using Actors.Membership;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Flavour;

/// <summary>
/// A membership table of ours as Orleans uses it. Ours refuses a silo while a former run of its node stands there and is not dead. Where
/// other silos live, they see to that; after an outage of all, the silo itself declares a run dead that has long not renewed its lease.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="patience">How old the former run's lease must be.</param>
/// <param name="log">Told of each such death.</param>
internal sealed partial class SuccessorTable(ILeasedMembershipTable table, TimeSpan patience, ILogger<SuccessorTable> log) : IMembershipTable
{
    /// <inheritdoc/>
    public Task InitializeMembershipTable(bool tryInitTableVersion) => table.InitializeMembershipTable(tryInitTableVersion);

    /// <inheritdoc/>
    public Task DeleteMembershipTableEntries(string clusterId) => table.DeleteMembershipTableEntries(clusterId);

    /// <inheritdoc/>
    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => table.CleanupDefunctSiloEntries(beforeDate);

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadRow(SiloAddress key) => table.ReadRow(key);

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadAll() => table.ReadAll();

    /// <inheritdoc/>
    public async Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion)
    {
        try
        {
            return await table.InsertRow(entry, tableVersion);
        }
        catch (SiloRefusedException refused)
        {
            if (!await TryBuryAsync(refused.Holder)) throw;
            return false; // the table has changed: Orleans reads it and tries again
        }
    }

    /// <inheritdoc/>
    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => table.UpdateRow(entry, etag, tableVersion);

    /// <inheritdoc/>
    public Task UpdateIAmAlive(MembershipEntry entry) => table.UpdateIAmAlive(entry);

    /// <summary>False when the silo may be alive.</summary>
    private async Task<bool> TryBuryAsync(SiloAddress silo)
    {
        var now = await table.ReadLeasesAsync(CancellationToken.None);
        if (now.Table.TryGet(silo) is not { } row || !now.LeaseAges.TryGetValue(silo, out var age) || age < patience) return false;
        row.Item1.Status = SiloStatus.Dead;
        LogBuried(log, row.Item1.SiloName, silo, (long)age.TotalSeconds);
        await table.UpdateRow(row.Item1, row.Item2, now.Table.Version.Next());
        return true;
    }

    [LoggerMessage(4190, LogLevel.Warning, "{Name} at {Silo}, a former run of this node, has not renewed its lease for {AgeSeconds} s and is declared dead.")]
    private static partial void LogBuried(ILogger logger, string name, SiloAddress silo, long ageSeconds);
}
