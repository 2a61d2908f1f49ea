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

/// <summary>A write of a dead silo's activation that reaches the store late.</summary>
public sealed class TakeRecordTests
{
    private readonly FlakyTable _table = new(ClusterSilo.ClusterId);
    private readonly MemoryGrainStorage _store = new("shared");
    private readonly int _port = PortRange.Next(2);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Only_after_a_silo_died_an_activation_takes_its_record_before_it_serves(bool dies)
    {
        await using ClusterSilo stays = await StartAsync(0);
        ClusterSilo goes = await StartAsync(1);
        await Guard.Until(() => stays.Driver.Routes.IsQuick && goes.Driver.Routes.IsQuick, "both to settle");
        IStateGrain grain = stays.Grains.GetGrain<IStateGrain>(Enumerable.Range(0, 100).Select(static number => $"state-{number}").First(static key => RendezvousHash.Choose(GrainId.Create("test.state", key), [0, 1]) == 1));
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

    private async Task<GrainState<StateGrain.Record>> ReadAsync(IStateGrain grain)
    {
        var state = new GrainState<StateGrain.Record>();
        await _store.ReadStateAsync("main", grain.GetGrainId(), state);
        return state;
    }

    private Task<ClusterSilo> StartAsync(int node) => Guard.Within(
        ClusterSilo.StartAsync(node, _port + node, _table, configure: silo =>
        {
            silo.Services.AddGrainStorage("Default", (_, _) => _store);
            silo.Services.AddGrainStorage("second", static (_, name) => new MemoryGrainStorage(name));
        }),
        $"silo {node} to join");
}
