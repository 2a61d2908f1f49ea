using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Actors.Membership;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>A membership table in memory that a test takes away, slows down, or spoils, for all silos at once.</summary>
internal sealed class FlakyTable(string clusterId) : ILeasedMembershipTable
{
    private readonly InMemoryMembershipTable _table = new(clusterId, TimeProvider.System);
    private volatile Trouble _trouble;
    private TaskCompletionSource _mended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public enum Trouble
    {
        None,

        /// <summary>Everything fails.</summary>
        Refuses,

        /// <summary>Nothing is answered before it is mended.</summary>
        Hangs,

        /// <summary>A row is none that a silo writes.</summary>
        Garbage,

        /// <summary>It is the table of some time ago.</summary>
        Old,

        /// <summary>It cannot be read, and everything else is answered.</summary>
        Unreadable,

        /// <summary>It can be read, and leases are renewed, but nothing else can be written.</summary>
        ReadOnly,
    }

    /// <summary>How many silos stand in it, the dead included.</summary>
    public int Rows { get; private set; }

    /// <summary>How often it was to be read.</summary>
    public int Reads { get; private set; }

    /// <summary>How often a lease was to be renewed.</summary>
    public int Renewals { get; private set; }

    /// <summary>When a lease was to be renewed last.</summary>
    public long RenewalBegan { get; private set; }

    /// <summary>When rows were to be written, in order.</summary>
    public ConcurrentQueue<long> Writes { get; } = new();

    /// <summary>A row was written, and the table has this version now. From any thread.</summary>
    public Action<MembershipEntry, int>? Written { get; init; }

    public void Break(Trouble trouble)
    {
        _mended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _trouble = trouble;
    }

    public void Mend()
    {
        _trouble = Trouble.None;
        _mended.TrySetResult();
    }

    /// <summary>Adds a row, whatever the trouble is.</summary>
    public async Task AddAsync(MembershipEntry row)
    {
        while (!await _table.InsertRow(row, (await _table.ReadAll()).Version.Next()))
        {
        }
    }

    public Task InitializeMembershipTable(bool tryInitTableVersion) => _table.InitializeMembershipTable(tryInitTableVersion);

    public Task DeleteMembershipTableEntries(string clusterId) => _table.DeleteMembershipTableEntries(clusterId);

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => AskAsync(() => _table.CleanupDefunctSiloEntries(beforeDate), CancellationToken.None);

    public Task<MembershipTableData> ReadRow(SiloAddress key) => _table.ReadRow(key);

    public Task<MembershipTableData> ReadAll() => _table.ReadAll();

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => WriteAsync(() => _table.InsertRow(entry, tableVersion), entry, tableVersion);

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => WriteAsync(() => _table.UpdateRow(entry, etag, tableVersion), entry, tableVersion);

    public Task UpdateIAmAlive(MembershipEntry entry) => _table.UpdateIAmAlive(entry);

    public async Task<LeasedMembership> ReadLeasesAsync(CancellationToken token)
    {
        Reads++;
        if (_trouble is Trouble.Unreadable)
        {
            throw new MembershipStoreException("read", mayHaveHappened: false, "the test made it unreadable");
        }

        LeasedMembership read = await AskAsync(() => _table.ReadLeasesAsync(token), token);
        Rows = read.Table.Members.Count;
        if (_trouble is Trouble.Garbage)
        {
            read.Table.Members[0].Item1.SiloName = "rubbish";
        }

        return _trouble is Trouble.Old
            ? read with { Table = new MembershipTableData([.. read.Table.Members], new TableVersion(read.Table.Version.Version - 1, "old")) }
            : read;
    }

    public async Task<LeaseRenewal?> RenewLeaseAsync(SiloAddress silo, CancellationToken token)
    {
        Renewals++;
        RenewalBegan = TimeProvider.System.GetTimestamp();
        LeaseRenewal? renewal = await AskAsync(() => _table.RenewLeaseAsync(silo, token), token);
        return _trouble is Trouble.Garbage or Trouble.Old && renewal is { } known ? known with { TableVersion = known.TableVersion + 1 } : renewal;
    }

    public async IAsyncEnumerable<int> WatchAsync([EnumeratorCancellation] CancellationToken token)
    {
        await foreach (int version in _table.WatchAsync(token))
        {
            yield return version;
        }
    }

    private async Task<bool> WriteAsync(Func<Task<bool>> write, MembershipEntry row, TableVersion version)
    {
        Writes.Enqueue(TimeProvider.System.GetTimestamp());
        if (_trouble is Trouble.ReadOnly)
        {
            throw new MembershipStoreException("write", mayHaveHappened: false, "the test made it read-only");
        }

        bool isWritten = await AskAsync(write, CancellationToken.None);
        if (isWritten)
        {
            Written?.Invoke(row, version.Version);
        }

        return isWritten;
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken token)
    {
        await AskAsync(() => Task.CompletedTask, token);
        return await ask();
    }

    private async Task AskAsync(Func<Task> ask, CancellationToken token)
    {
        switch (_trouble)
        {
            case Trouble.Refuses:
                throw new MembershipStoreException("answer", mayHaveHappened: false, "the test took it away");
            case Trouble.Hangs:
                await _mended.Task.WaitAsync(token);
                break;
            default:
                break;
        }

        await ask();
    }
}
