using System.Text;
using Actors.Placement;
using Actors.Runtime.Placement;
using Actors.Runtime.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Identity;

/// <summary>A grain's home is a function of its id and the view.</summary>
public sealed class PlacementTests
{
    [Fact]
    public void Every_order_of_the_nodes_gives_the_same_home_and_a_lost_node_moves_only_its_own()
    {
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(
                ArbMap.Default.ArbFor<NonEmptyString>(),
                Gen.Choose(0, 1000).NonEmptyListOf().Select(static list => list.Distinct().ToArray()).ToArbitrary(),
                static (key, nodes) =>
                {
                    var grain = GrainId.Create("t", key.Get);
                    int home = RendezvousHash.Choose(grain, nodes);
                    int[] reversed = nodes.Reverse().ToArray();
                    bool sameInAnyOrder = RendezvousHash.Choose(grain, reversed) == home && RendezvousHash.Choose(grain, nodes.Order().ToArray()) == home;
                    bool staysWhenOthersGo = nodes.Where(node => node != home).All(gone => RendezvousHash.Choose(grain, nodes.Where(node => node != gone).ToArray()) == home);
                    return nodes.Contains(home) && sameInAnyOrder && staysWhenOthersGo;
                }));
    }

    [Fact]
    public void Grains_spread_evenly()
    {
        int[] homes = new int[3];
        for (int i = 0; i < 30_000; i++)
        {
            homes[RendezvousHash.Choose(GrainId.Create("agent", $"agent-{i}"), [0, 1, 2])]++;
        }

        Assert.All(homes, static count => Assert.InRange(count, 9_600, 10_400));
        Assert.Throws<ArgumentException>(() => RendezvousHash.Choose(default, []));
    }

    [Fact]
    public void Homes_are_frozen()
    {
        // Silos of different builds must agree: these never change.
        Assert.Equal("0 0 1 0 2 1 2 1 1 1", string.Join(' ', Enumerable.Range(0, 10).Select(static i => RendezvousHash.Choose(GrainId.Create("agent", $"a{i}"), [0, 1, 2]))));
    }

    [Theory]
    [InlineData("group@2", 2)]
    [InlineData("a@b@17", 17)]
    [InlineData("@0", 0)]
    [InlineData("group", null)]
    [InlineData("group@", null)]
    [InlineData("group@x", null)]
    [InlineData("group@-1", null)]
    [InlineData("group@2x", null)]
    [InlineData("group@99999999999", null)]
    public void A_key_names_a_node_behind_its_last_at_sign(string key, int? expected)
    {
        Assert.Equal(expected is not null, NodeInKey.TryParse(key, out int text));
        Assert.Equal(expected is not null, NodeInKey.TryParse(Encoding.UTF8.GetBytes(key), out int bytes));
        if (expected is not null)
        {
            Assert.Equal(expected, text);
            Assert.Equal(expected, bytes);
        }
    }

    [Fact]
    public async Task A_grain_that_lives_on_another_node_is_unavailable_here()
    {
        await using TestSilo silo = await TestSilo.StartAsync(static builder => builder.Configure<PlacementOptions>(static options => options.NodeId = 2));
        Assert.Equal("r@2", await Guard.Within(silo.Grains.GetGrain<INodeGrain>(NodeInKey.Format("r", 2)).Key(), "the call"));
        SiloUnavailableException error = await Assert.ThrowsAsync<SiloUnavailableException>(() => silo.Grains.GetGrain<INodeGrain>("r@1").Key());
        Assert.Contains("node 1", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => silo.Grains.GetGrain<INodeGrain>("r").Key());
    }

    [Fact]
    public async Task References_know_their_grain_and_cast()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        Scheduling.IReentrantScriptGrain grain = silo.Grains.GetGrain<Scheduling.IReentrantScriptGrain>("x");
        var reference = (GrainReference)grain;
        Assert.Equal("test.reentrant/x", reference.GrainId.ToString());
        Scheduling.IScriptGrain cast = Orleans.GrainExtensions.Cast<Scheduling.IScriptGrain>(grain);
        Assert.Equal(1, await Guard.Within(cast.Fast(1), "a call through the cast"));
        Assert.Equal(reference, (GrainReference)cast);
        Assert.Equal(reference, (GrainReference)silo.Grains.GetGrain<Scheduling.IScriptGrain>(reference.GrainId));
        Assert.Equal(reference, (GrainReference)silo.Grains.GetGrain(reference.GrainId, reference.InterfaceType));
        Assert.Equal(reference, (GrainReference)silo.Grains.GetGrain(typeof(Scheduling.IReentrantScriptGrain), "x"));
        Assert.Equal("x", Orleans.GrainExtensions.GetPrimaryKeyString(grain));
        Assert.Throws<ArgumentException>(() => silo.Grains.GetGrain<Timing.IAgeGrain>("ambiguous"));
        Assert.Throws<ArgumentException>(() => silo.Grains.GetGrain<IUnknownGrain>("x"));
        Assert.Throws<ArgumentException>(() => silo.Grains.GetGrain<Timing.IAgeGrain>("x", "No.Such.Class"));
        await Assert.ThrowsAsync<OrleansException>(() => silo.Grains.GetGrain<Scheduling.IScriptGrain>(GrainId.Create("unknown", "x")).Fast(1));
    }
}
