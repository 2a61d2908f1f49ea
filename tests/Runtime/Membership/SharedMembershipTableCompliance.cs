using Actors.Membership;
using Orleans;
using Orleans.Runtime;

namespace Actors.Tests.Membership;

/// <summary>What every membership table promises that several silos share.</summary>
public abstract class SharedMembershipTableCompliance : MembershipTableCompliance
{
    private const int Writers = 8;
    private const int WinsPerWriter = 6;

    [Fact]
    public async Task What_one_silo_writes_another_reads()
    {
        ILeasedMembershipTable one = await InitializedAsync(), two = await InitializedAsync();
        await InsertAsync(one, Entry(1));
        await InsertAsync(two, Entry(2));
        Assert.Equal([Entry(1).SiloAddress, Entry(2).SiloAddress], (await one.ReadAll()).Members.Select(static member => member.Item1.SiloAddress));
        Assert.Equal((await one.ReadAll()).Version, (await two.ReadAll()).Version);
        await two.RenewLeaseAsync(Entry(1).SiloAddress, CancellationToken.None);
        Assert.Equal(2, (await one.ReadLeasesAsync(CancellationToken.None)).LeaseAges.Count);
    }

    [Fact]
    public async Task Of_writers_that_race_exactly_one_wins_each_version()
    {
        ILeasedMembershipTable[] tables = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => InitializedAsync()));
        var won = new List<int>();
        await Task.WhenAll(tables.Select((table, index) => Task.Run(async () =>
        {
            MembershipEntry mine = Entry(index + 1);
            for (int wins = 0; wins < WinsPerWriter;)
            {
                MembershipTableData now = await table.ReadAll();
                mine.ProxyPort = now.Version.Version;
                TableVersion next = now.Version.Next();
                if (now.TryGet(mine.SiloAddress) is { } row ? await table.UpdateRow(mine, row.Item2, next) : await table.InsertRow(mine, next))
                {
                    wins++;
                    lock (won) won.Add(next.Version);
                }
            }
        }))).WaitAsync(Limit);

        Assert.Equal(Enumerable.Range(1, Writers * WinsPerWriter), won.Order());
        MembershipTableData end = await tables[0].ReadAll();
        Assert.Equal((Writers * WinsPerWriter, Writers), (end.Version.Version, end.Members.Count));
        Assert.Equal(end.Members.Count, end.Members.Select(static member => member.Item2).Distinct().Count());
    }

    [Fact]
    public async Task Two_living_silos_have_two_node_ids()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await InsertAsync(table, Entry(2, status: SiloStatus.Active));
        MembershipTableData before = await table.ReadAll();
        MembershipEntry twin = Entry(3);
        twin.SiloName = "twin@2";
        SiloRefusedException error = await Assert.ThrowsAsync<SiloRefusedException>(() => table.InsertRow(twin, before.Version.Next()));
        Assert.Equal((twin.SiloAddress, Entry(2).SiloAddress, "silo-2@2"), (error.Silo, error.Holder, error.HolderName));
        Assert.Contains("twin@2", error.Message);
        Assert.Contains("silo-2@2", error.Message);
        Assert.Contains("node id", error.Message);
        Assert.Equal(before.Version, (await table.ReadAll()).Version);
        Assert.Single((await table.ReadAll()).Members);
        Assert.False(await table.InsertRow(twin, new TableVersion(before.Version.Version, "0")), "Who has read an old table reads again first.");
    }

    [Fact]
    public async Task A_dead_silos_node_id_is_free()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await InsertAsync(table, Entry(2, generation: 1, status: SiloStatus.Dead));
        await InsertAsync(table, Entry(2, generation: 2, status: SiloStatus.Active));
        MembershipTableData data = await table.ReadAll();
        Tuple<MembershipEntry, string> dead = data.Members.Single(static member => member.Item1.Status == SiloStatus.Dead);
        dead.Item1.Status = SiloStatus.Active;
        SiloRefusedException error = await Assert.ThrowsAsync<SiloRefusedException>(() => table.UpdateRow(dead.Item1, dead.Item2, data.Version.Next()));
        Assert.Equal(2, error.Holder.Generation);
        Assert.Equal(data.Version, (await table.ReadAll()).Version);
    }

    [Fact]
    public async Task Who_watches_is_told_of_what_others_change()
    {
        ILeasedMembershipTable one = await InitializedAsync(), two = await InitializedAsync();
        using var stop = new CancellationTokenSource(Limit);
        await using IAsyncEnumerator<int> versions = one.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await versions.MoveNextAsync());
        for (int node = 1; node <= 3; node++)
        {
            await InsertAsync(two, Entry(node));
            Assert.True(await versions.MoveNextAsync());
            Assert.Equal(node, versions.Current);
        }
    }
}
