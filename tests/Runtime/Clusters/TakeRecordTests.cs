using Actors.Placement;
using Actors.Runtime.Cluster;
using Actors.Runtime.Storage;
using Actors.Runtime.Tests.Storage;
using Actors.Runtime.Tests.Support;
using Orleans;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>A write that reaches the store late: of a dead silo's activation, or of one that was told that it failed.</summary>
public sealed class TakeRecordTests
{
    private readonly FlakyTable _table = new(ClusterSilo.ClusterId);
    private readonly MemoryGrainStorage _store = new("shared");
    private readonly int _port = PortRange.Next(3);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Only_after_a_silo_died_an_activation_takes_its_record_before_it_serves(bool dies)
    {
        await using ClusterSilo stays = await StartAsync(0);
        ClusterSilo goes = await StartAsync(1);
        await Guard.Until(() => stays.Driver.Routes.IsQuick && goes.Driver.Routes.IsQuick, "both to settle");
        IStateGrain grain = stays.Grains.GetGrain<IStateGrain>(KeyOn(1));
        await grain.Write("before");
        GrainState<StateGrain.Record> late = await ReadAsync(grain);
        if (dies)
        {
            await goes.Service<ClusterStages>().DisposeAsync();
        }

        await goes.DisposeAsync();
        Assert.StartsWith("before True", await Guard.Within(ClusterTests.UntilAnsweredAsync(grain.Read), "the new home"), StringComparison.Ordinal);
        Assert.Equal(dies, late.ETag != (await ReadAsync(grain)).ETag);
        late.State!.Text = "late";
        Task WriteLateAsync() => _store.WriteStateAsync("main", grain.GetGrainId(), late);
        if (dies)
        {
            await Assert.ThrowsAsync<InconsistentStateException>(WriteLateAsync);
            await grain.Write("after");
            Assert.Equal("after", (await ReadAsync(grain)).State!.Text);
        }
        else
        {
            await WriteLateAsync();
        }
    }

    [Fact]
    public async Task A_record_that_is_not_there_stays_so()
    {
        await using ClusterSilo silo = await StartAsync(0);
        await using (ClusterSilo dead = await StartAsync(1))
        {
            await dead.Service<ClusterStages>().DisposeAsync();
        }

        await Guard.Until(() => silo.Driver.Routes is { MustTakeRecords: true, IsQuick: true }, "the death to be known");
        IStateGrain grain = silo.Grains.GetGrain<IStateGrain>("new");
        Assert.Equal("- False - False", await grain.Read());
        Assert.False((await ReadAsync(grain)).RecordExists);
    }

    [Fact]
    public async Task After_a_write_that_may_still_be_done_every_silo_takes_records()
    {
        var unsure = new UnsureStorage(_store);
        await using ClusterSilo first = await StartAsync(0, unsure);
        await using ClusterSilo second = await StartAsync(1, unsure);
        await Guard.Until(() => first.Driver.Routes.IsQuick && second.Driver.Routes.IsQuick, "both to settle");
        IStateGrain doubted = first.Grains.GetGrain<IStateGrain>(KeyOn(0));
        await doubted.Write("before");
        Assert.False(first.Driver.Routes.MustTakeRecords || second.Driver.Routes.MustTakeRecords);

        unsure.IsUnsure = true;
        await Assert.ThrowsAsync<OrleansException>(() => doubted.Write("in doubt"));
        unsure.IsUnsure = false;

        Assert.True(first.Driver.Routes.MustTakeRecords);
        await Guard.Until(() => second.Driver.Routes.MustTakeRecords, "the other one to know");
        IStateGrain elsewhere = first.Grains.GetGrain<IStateGrain>(KeyOn(1));
        var late = new GrainState<StateGrain.Record>(new StateGrain.Record { Text = "stored" });
        await _store.WriteStateAsync("main", elsewhere.GetGrainId(), late);
        Assert.StartsWith("stored True", await elsewhere.Read(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<InconsistentStateException>(() => _store.WriteStateAsync("main", elsewhere.GetGrainId(), late));
    }

    [Fact]
    public async Task Who_leaves_after_such_a_write_says_so_to_those_who_come_later()
    {
        var unsure = new UnsureStorage(_store);
        ClusterSilo first = await StartAsync(0, unsure);
        ClusterSilo second = await StartAsync(1);
        await Guard.Until(() => first.Driver.Routes.IsQuick && second.Driver.Routes.IsQuick, "both to settle");
        SiloAddress left = first.Address;
        IStateGrain doubted = first.Grains.GetGrain<IStateGrain>(KeyOn(0));
        await doubted.Write("before");
        unsure.IsUnsure = true;
        await Assert.ThrowsAsync<OrleansException>(() => doubted.Write("in doubt"));
        await first.DisposeAsync();
        await second.DisposeAsync();

        await using ClusterSilo later = await StartAsync(2);
        Assert.Equal([left], later.Driver.Routes.View.Find(left)!.Voters);
        Assert.True(later.Driver.Routes.View.Find(left)!.LeftByItself);
        Assert.True(later.Driver.Routes.MustTakeRecords);
    }

    /// <summary>A key whose grain has its home on a node of the two.</summary>
    private static string KeyOn(int node) =>
        Enumerable.Range(0, 100).Select(static number => $"state-{number}").First(key => RendezvousHash.Choose(GrainId.Create("test.state", key), [0, 1]) == node);

    private async Task<GrainState<StateGrain.Record>> ReadAsync(IStateGrain grain)
    {
        var state = new GrainState<StateGrain.Record>();
        await _store.ReadStateAsync("main", grain.GetGrainId(), state);
        return state;
    }

    private Task<ClusterSilo> StartAsync(int node, IGrainStorage? store = null) => Guard.Within(
        ClusterSilo.StartAsync(node, _port + node, _table, configure: silo =>
        {
            silo.Services.AddGrainStorage("Default", (_, _) => store ?? _store);
            silo.Services.AddGrainStorage("second", static (_, name) => new MemoryGrainStorage(name));
        }),
        $"silo {node} to join");
}
