using Actors.Grains.Tests.Support;
using Actors.Placement;
using Actors.Runtime.Tests.Clusters;
using Orleans.TestingHost;

namespace Actors.Grains.Tests.Work;

/// <summary>When a silo dies, the grains that it had and that have work are woken on the others, though nobody calls them.</summary>
public sealed class SweeperClusterTests
{
    [Fact]
    public async Task Grains_with_work_of_a_silo_that_is_killed_are_woken_where_they_live_then()
    {
        var keys = Enumerable.Range(0, 60).Select(number => $"errand {number}").ToArray();
        var builder = new TestClusterBuilder(3);
        builder.Options.BaseSiloPort = PortRange.Next(3);
        builder.AddSiloBuilderConfigurator<SweeperConfigurator>();
        await using var cluster = builder.Build();
        var board = SweeperConfigurator.BoardOf(cluster.Options.ClusterId);
        board.Grains = [.. keys.Select(ErrandBoard.Errand)];
        await TestGuard.SoonAsync(cluster.DeployAsync(), "the cluster forms");
        await TestGuard.UntilAsync(() => AreAtHome([0, 1, 2]), "each silo has woken its own");

        await cluster.KillSiloAsync(cluster.Silos[1]);

        await TestGuard.UntilAsync(() => AreAtHome([0, 2]), "the others have woken the dead silo's");
        Assert.DoesNotContain(keys, key => LastNodeOf(key) == 1);

        int? LastNodeOf(string key) => board.Wakes.LastOrDefault(wake => wake.Key == key).Silo is { } silo ? SweeperConfigurator.NodeIdOf(silo) : null;

        bool AreAtHome(int[] live) => keys.All(key => LastNodeOf(key) == RendezvousHash.Choose(ErrandBoard.Errand(key), live));
    }
}
