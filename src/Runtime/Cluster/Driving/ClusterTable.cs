using Actors.Membership;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>The membership table as the cluster machine sees it: views in, one member at a time out.</summary>
/// <remarks>What the table throws is passed on. Safe for use from any thread.</remarks>
internal sealed class ClusterTable(ILeasedMembershipTable table, SiloAddress self, string name, int nodeId, string hostName, TimeProvider time)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Makes the table when it is not there.</summary>
    public Task InitializeAsync(CancellationToken token) => table.InitializeMembershipTable(true).WaitAsync(token);

    public async Task<ClusterView> ReadAsync(CancellationToken token) => MembershipRows.ToView(await ReadLeasesAsync(token));

    /// <summary>Writes a member's row if the table still has this version; otherwise nothing is changed.</summary>
    public async Task WriteAsync(long expectedVersion, ViewMember member, CancellationToken token)
    {
        LeasedMembership read = await ReadLeasesAsync(token);
        if (read.Table.Version.Version != expectedVersion)
        {
            return;
        }

        TableVersion next = read.Table.Version.Next();
        if (read.Table.TryGet(member.Silo) is { } known)
        {
            MembershipRows.Apply(member, known.Item1, time.GetUtcNow());
            await table.UpdateRow(known.Item1, known.Item2, next).WaitAsync(AnswerTimeout, time, token);
        }
        else if (member.Silo.Equals(self))
        {
            MembershipEntry row = NewRow();
            MembershipRows.Apply(member, row, time.GetUtcNow());
            await table.InsertRow(row, next).WaitAsync(AnswerTimeout, time, token);
        }
    }

    /// <summary>Removes the dead whose last lease is older than this.</summary>
    public Task ForgetAsync(TimeSpan age, CancellationToken token) => table.CleanupDefunctSiloEntries(time.GetUtcNow() - age).WaitAsync(AnswerTimeout, time, token);

    /// <summary>Renews this silo's lease.</summary>
    /// <returns>True when the table has this silo among the living, and the table's version.</returns>
    public async Task<(bool Lives, long Version)> RenewAsync(CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(AnswerTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(token, deadline.Token);
        return await table.RenewLeaseAsync(self, both.Token) is { } renewal ? (renewal.Status is not SiloStatus.Dead, renewal.TableVersion) : (false, 0);
    }

    /// <summary>The table's version whenever it has changed.</summary>
    public IAsyncEnumerable<int> WatchAsync(CancellationToken token) => table.WatchAsync(token);

    private async Task<LeasedMembership> ReadLeasesAsync(CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(AnswerTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(token, deadline.Token);
        return await table.ReadLeasesAsync(both.Token);
    }

    private MembershipEntry NewRow() => new()
    {
        SiloAddress = self,
        SiloName = new SiloNodeName(name, nodeId).ToString(),
        HostName = hostName,
        StartTime = time.GetUtcNow().UtcDateTime,
        IAmAliveTime = time.GetUtcNow().UtcDateTime,
    };
}
