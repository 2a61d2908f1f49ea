using Actors.Membership;
using Actors.Runtime.Tests.Support;
using Actors.Tests.Membership;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Membership;

/// <summary>The embedded table keeps the promises of a table, for one silo.</summary>
public sealed class EmbeddedMembershipTableTests : MembershipTableCompliance
{
    private readonly VirtualTime _time = new();
    private readonly EmbeddedMembershipTable _table;

    public EmbeddedMembershipTableTests() => _table = new EmbeddedMembershipTable(Cluster, _time);

    [Fact]
    public async Task A_second_silo_is_refused_with_a_sentence()
    {
        await _table.InitializeMembershipTable(true);
        await InsertAsync(_table, Entry(1, status: SiloStatus.Active));
        TableVersion before = (await _table.ReadAll()).Version;
        SiloRefusedException error = await Assert.ThrowsAsync<SiloRefusedException>(() => _table.InsertRow(Entry(2), before.Next()));
        Assert.Contains("silo-2@2 at", error.Message);
        Assert.Contains("silo-1@1 at", error.Message);
        Assert.Contains("shared store", error.Message);
        Assert.Equal(before, (await _table.ReadAll()).Version);
        Assert.Single((await _table.ReadAll()).Members);
    }

    [Fact]
    public async Task After_its_death_the_next_is_let_in()
    {
        await _table.InitializeMembershipTable(true);
        await InsertAsync(_table, Entry(1, status: SiloStatus.Active));
        MembershipTableData data = await _table.ReadAll();
        Assert.True(await _table.UpdateRow(Entry(1, status: SiloStatus.Dead), data.Members[0].Item2, data.Version.Next()));
        await InsertAsync(_table, Entry(2));
        data = await _table.ReadAll();
        string etag = data.Members.Single(static member => member.Item1.Status is SiloStatus.Dead).Item2;
        await Assert.ThrowsAsync<SiloRefusedException>(() => _table.UpdateRow(Entry(1, status: SiloStatus.Active), etag, data.Version.Next()));
        Assert.Equal(data.Version, (await _table.ReadAll()).Version);
    }

    [Fact]
    public async Task Who_watches_before_there_is_a_table_is_told_and_leaves_nothing_behind()
    {
        await using (IAsyncEnumerator<int> versions = _table.WatchAsync(CancellationToken.None).GetAsyncEnumerator())
        {
            await Assert.ThrowsAsync<ClusterMismatchException>(async () => await versions.MoveNextAsync());
        }

        Assert.Equal(0, _table.Watchers);
    }

    protected override Task<ILeasedMembershipTable> OpenAsync() => Task.FromResult<ILeasedMembershipTable>(_table);

    protected override Task AgeLeasesAsync(TimeSpan by)
    {
        _time.Advance(by);
        return Task.CompletedTask;
    }
}
