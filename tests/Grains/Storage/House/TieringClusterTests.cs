using System.Text.Json.Nodes;
using Actors.Grains.Storage;
using Actors.Grains.Tests.Support;
using Actors.Placement;
using Actors.Runtime.Tests.Clusters;
using Actors.Storage.Policies;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Actors.Grains.Tests.Storage;

/// <summary>Three silos that move volumes, and lose silos and get new ones meanwhile.</summary>
public sealed class TieringClusterTests
{
    private const int Volumes = 9;

    [Fact]
    public async Task Every_volume_ends_where_its_policy_says_and_is_counted_once_though_the_silo_that_decides_is_killed()
    {
        var shared = Populate(VolumeWorld.Gigabyte);
        await using var cluster = await StartAsync();
        Assert.Empty((await Policies(cluster.Silos[0]).Apply(TieringSilo.Yaml("fast", "maxConcurrentMigrations: 9"))).Mistakes);
        await TestGuard.UntilAsync(() => shared.World.Copying >= 3, "three volumes are copied");

        var home = RendezvousHash.Choose(Policies(cluster.Silos[0]).GetGrainId(), [0, 1, 2]);
        var dying = cluster.Silos.Single(silo => TieringConfigurator.NodeIdOf(silo.Name) == home);
        (shared.BackEnds[dying.Name].IsDead, shared.Doors[dying.Name].IsShut) = (true, true);
        await cluster.KillSiloAsync(dying);

        await AllHaveMovedAsync(cluster.Silos.First(silo => silo != dying), shared);
    }

    [Fact]
    public async Task No_copy_is_disturbed_when_silos_come_and_go_in_good_order()
    {
        var shared = Populate(2 * VolumeWorld.Gigabyte);
        await using var cluster = await StartAsync();
        Assert.Empty((await Policies(cluster.Silos[0]).Apply(TieringSilo.Yaml("fast", "maxConcurrentMigrations: 9"))).Mistakes);
        await TestGuard.UntilAsync(() => shared.World.Copying >= 6, "six volumes are copied");

        // Grains, and with them copies, go over to the fourth silo, and those of the third one to the others.
        await TestGuard.SoonAsync(cluster.StartAdditionalSiloAsync(), "a fourth silo comes");
        await TestGuard.SoonAsync(cluster.StopSiloAsync(cluster.Silos[2]), "the third one leaves");
        await AllHaveMovedAsync(cluster.Silos[0], shared);
    }

    private static TieringConfigurator.Shared Populate(long volumeBytes)
    {
        var shared = TieringConfigurator.Share();
        for (var node = 0; node < Volumes; node++)
        {
            shared.World.AddPool($"hot-{node}", $"n{node}", "hot");
            shared.World.AddPool($"cold-{node}", $"n{node}", "cold");
        }

        for (var number = 0; number < Volumes; number++)
        {
            shared.World.AddVolume($"v{number}", $"cold-{number}", volumeBytes);
            shared.Heat.Iops[$"v{number}"] = 9_000;
        }

        return shared;
    }

    private static async Task<TestCluster> StartAsync()
    {
        var builder = new TestClusterBuilder(3);
        // A fourth one may come.
        builder.Options.BaseSiloPort = PortRange.Next(4);
        builder.AddSiloBuilderConfigurator<TieringConfigurator>();
        var cluster = builder.Build();
        await TestGuard.SoonAsync(cluster.DeployAsync(), "the cluster forms");
        await TestGuard.UntilAsync(() => cluster.Silos.All(silo => Services(silo).GetRequiredService<IClusterNodes>().Current.Live.Count == 3), "every silo sees all");
        return cluster;
    }

    private static async Task AllHaveMovedAsync(SiloHandle silo, TieringConfigurator.Shared shared)
    {
        await TestGuard.UntilAsync(async () => (await StatusAsync(silo))?.TotalMigrations >= Volumes, "all have moved");
        var status = (await StatusAsync(silo))!;
        Assert.Equal((Volumes, 0, Volumes), (status.TotalMigrations, status.FailedMigrations, status.MigrationHistory.Length));
        Assert.All(Enumerable.Range(0, Volumes), number => Assert.StartsWith("hot-", Assert.Single(shared.World.PoolsOf($"v{number}")), StringComparison.Ordinal));
        Assert.Empty(shared.World.Sins);
    }

    private static IServiceProvider Services(SiloHandle silo) => ((InProcessSiloHandle)silo).ServiceProvider;

    private static IPoliciesGrain Policies(SiloHandle silo) => Services(silo).GetRequiredService<IGrainFactory>().GetGrain<IPoliciesGrain>(IPoliciesGrain.Key);

    private static async Task<StoragePolicyStatus?> StatusAsync(SiloHandle silo)
    {
        try
        {
            var policy = (await Policies(silo).Read().WaitAsync(TestGuard.Limit)).Single();
            return StoragePolicyStatus.FromJson(JsonNode.Parse(policy.Json)!["status"]);
        }
        catch (Exception away) when (away is OrleansException or TimeoutException)
        {
            return null;
        }
    }
}
