using System.Net;
using Actors.Grains;
using Actors.Membership;
using Actors.Silo.Hosting;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Tests.Hosting;

/// <summary>What a silo whose storage is not its node's is told: only of a silo that is surely another one that it has to get another number.</summary>
public sealed class NodeHolderTests
{
    private static readonly IPEndPoint Mine = new(IPAddress.Loopback, 11111);
    private static readonly IPEndPoint Other = new(IPAddress.Loopback, 22222);
    private static readonly StorageReplacedException Replaced = new(2, new Guid(1, 0, 0, new byte[8]), new Guid(2, 0, 0, new byte[8]));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silo_elsewhere_is_named_with_both_ways_out()
    {
        var sentence = await Holder(null, Entry(Other, "silo-2@2")).ExplainAsync(Replaced, Token);
        Assert.Contains("Node 2 is another silo: silo-2@2 at 127.0.0.1:22222", sentence!.Message);
        Assert.Contains("a number of its own with --Silo:NodeId=…", sentence.Message);
        Assert.Contains("wait until it is declared dead", sentence.Message);
        Assert.Same(Replaced, sentence.InnerException);
    }

    [Theory]
    [InlineData(true, null, "silo-2@2", SiloStatus.Active)]
    [InlineData(false, "actors-2", "actors-2@2", SiloStatus.Active)]
    [InlineData(false, null, "silo-2@2", SiloStatus.Dead)]
    [InlineData(false, null, "silo-3@3", SiloStatus.Active)]
    [InlineData(false, null, "nobody", SiloStatus.Active)]
    public async Task Its_own_former_run_and_those_who_do_not_have_the_node_are_not(bool isHere, string? name, string holder, SiloStatus status) =>
        Assert.Null(await Holder(name, Entry(isHere ? Mine : Other, holder, status)).ExplainAsync(Replaced, Token));

    [Fact]
    public async Task A_name_that_somebody_gave_and_the_holder_has_not_tells_that_it_is_another() =>
        Assert.NotNull(await Holder("actors-2", Entry(Other, "actors-7@2")).ExplainAsync(Replaced, Token));

    [Fact]
    public async Task Whatever_the_list_throws_hides_nothing()
    {
        Assert.Null(await new NodeHolder(Mine, null, null).ExplainAsync(Replaced, Token));
        Assert.Null(await new NodeHolder(Mine, null, static _ => throw new InvalidOperationException("a defect")).ExplainAsync(Replaced, Token));
        var late = new NodeHolder(Mine, null, static _ => throw new OperationCanceledException());
        Assert.Null(await late.ExplainAsync(Replaced, Token));
        await Assert.ThrowsAsync<OperationCanceledException>(() => late.ExplainAsync(Replaced, new CancellationToken(canceled: true)));
    }

    private static NodeHolder Holder(string? name, MembershipEntry entry)
    {
        var table = new MembershipTableData([Tuple.Create(entry, "1")], new TableVersion(1, "1"));
        return new(Mine, name, _ => Task.FromResult(new LeasedMembership(table, new Dictionary<SiloAddress, TimeSpan>())));
    }

    private static MembershipEntry Entry(IPEndPoint at, string name, SiloStatus status = SiloStatus.Active) =>
        new() { SiloAddress = SiloAddress.New(at, 1), SiloName = name, HostName = "host", Status = status };
}
