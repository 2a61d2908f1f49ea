using Actors.Runtime.Tests.Scheduling;
using Actors.Runtime.Tests.Support;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Hosting;

/// <summary>The management grain knows its silo.</summary>
public sealed class ManagementTests
{
    [Fact]
    public async Task It_counts_finds_and_collects()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        IManagementGrain management = silo.Grains.GetGrain<IManagementGrain>(0);
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("x");
        Assert.Null(await management.GetActivationAddress(grain));
        await grain.Fast(1);
        await silo.Grains.GetGrain<IScriptGrain>("y").Fast(1);
        Assert.Equal(silo.Local.Address, await management.GetActivationAddress(grain));
        Assert.Equal(SiloStatus.Active, Assert.Single(await management.GetHosts()).Value);
        Assert.Equal(4, await management.GetTotalActivationCount()); // x, y, the management grain and the one it asks
        Assert.Equal(1, await management.GetGrainActivationCount((GrainReference)grain));
        Assert.Equal(silo.Local.Address, Assert.Single(await management.GetDetailedHosts(onlyActive: true)).SiloAddress);
        Assert.Equal(2, Assert.Single(await management.GetSimpleGrainStatistics(), static one => one.GrainType == "test.script").ActivationCount);
        DetailedGrainStatistic[] details = await management.GetDetailedGrainStatistics(["test.script"]);
        Assert.Equal(["test.script/x", "test.script/y"], details.Select(static one => one.GrainId.ToString()).Order());
        Assert.Empty(await management.GetDetailedGrainStatistics(hostsIds: []));
        Assert.Equal(2, (await management.GetActiveGrains(GrainType.Create("test.script"))).Count);
        Assert.Empty(await management.GetActiveGrains(GrainType.Create("unknown")));
        await management.ForceGarbageCollection([silo.Local.Address]);

        silo.Time.Advance(TimeSpan.FromSeconds(10));
        await management.ForceActivationCollection([SiloAddress.Zero], TimeSpan.FromSeconds(5));
        Assert.Equal(2, (await management.GetActiveGrains(GrainType.Create("test.script"))).Count);
        await management.ForceActivationCollection(TimeSpan.FromSeconds(5));
        await silo.Probe.Seen("deactivate x ActivationIdle");
        await silo.Probe.Seen("deactivate y ActivationIdle");
    }
}
