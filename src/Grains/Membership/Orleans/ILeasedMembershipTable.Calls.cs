using Orleans;
using Orleans.Runtime;

namespace Actors.Membership;

/// <content>Orleans' calls with a token, which it prefers to those without. Our tables bound every call themselves.</content>
public partial interface ILeasedMembershipTable
{
    Task IMembershipTable.InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken) =>
        InitializeMembershipTable(tryInitTableVersion).WaitAsync(cancellationToken);

    Task IMembershipTable.DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken) =>
        DeleteMembershipTableEntries(clusterId).WaitAsync(cancellationToken);

    Task IMembershipTable.CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken) =>
        CleanupDefunctSiloEntries(beforeDate).WaitAsync(cancellationToken);

    Task<MembershipTableData> IMembershipTable.ReadRowAsync(SiloAddress key, CancellationToken cancellationToken) => ReadRow(key).WaitAsync(cancellationToken);

    Task<MembershipTableData> IMembershipTable.ReadAllAsync(CancellationToken cancellationToken) => ReadAll().WaitAsync(cancellationToken);

    Task<bool> IMembershipTable.InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken) =>
        InsertRow(entry, tableVersion).WaitAsync(cancellationToken);

    Task<bool> IMembershipTable.UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken) =>
        UpdateRow(entry, etag, tableVersion).WaitAsync(cancellationToken);

    Task IMembershipTable.UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken) => UpdateIAmAlive(entry).WaitAsync(cancellationToken);
}
