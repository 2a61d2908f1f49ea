using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Flavour;

/// <content>Orleans' calls with a token, which it prefers to those without. The table bounds every call itself.</content>
internal sealed partial class SuccessorTable
{
    public Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken) =>
        InitializeMembershipTable(tryInitTableVersion).WaitAsync(cancellationToken);

    public Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken) =>
        DeleteMembershipTableEntries(clusterId).WaitAsync(cancellationToken);

    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken) =>
        CleanupDefunctSiloEntries(beforeDate).WaitAsync(cancellationToken);

    public Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken) => ReadRow(key).WaitAsync(cancellationToken);

    public Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken) => ReadAll().WaitAsync(cancellationToken);

    public Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken) =>
        InsertRow(entry, tableVersion).WaitAsync(cancellationToken);

    public Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken) =>
        UpdateRow(entry, etag, tableVersion).WaitAsync(cancellationToken);

    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken) => UpdateIAmAlive(entry).WaitAsync(cancellationToken);
}
