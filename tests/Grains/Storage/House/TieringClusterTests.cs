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

/// <summary>Three silos: the one that decides, and with it a third of the migrations, is killed while they run.</summary>
public sealed class TieringClusterTests
{
    private const int Volumes = 9;

    [Fact]
    public async Task Every_volume_ends_where_its_policy_says_and_is_counted_once_though_the_silo_that_decides_is_killed()
    {
        var shared = TieringConfigurator.Share();
        for (var node = 0; node < Volumes; node++)
        {
            shared.World.AddPool($"hot-{node}", $"n{node}", "hot");
            shared.World.AddPool($"cold-{node}", $"n{node}", "cold");
        }

        for (var number = 0; number < Volumes; number++)
        {
            shared.World.AddVolume($"v{number}", $"cold-{number}", VolumeWorld.Gigabyte);
            shared.Heat.Iops[$"v{number}"] = 9_000;
        }

        var builder = new TestClusterBuilder(3);
        builder.Options.BaseSiloPort = PortRange.Next(3);
        builder.AddSiloBuilderConfigurator<TieringConfigurator>();
        await using var cluster = builder.Build();
        await TestGuard.SoonAsync(cluster.DeployAsync(), "the cluster forms");
        await TestGuard.UntilAsync(() => cluster.Silos.All(silo => Services(silo).GetRequiredService<IClusterNodes>().Current.Live.Count == 3), "every silo sees all");
        var changes = await Policies(cluster.Silos[0]).Apply(TieringSilo.Yaml("fast", "maxConcurrentMigrations: 9"));
        Assert.Empty(changes.Mistakes);
        await TestGuard.UntilAsync(() => shared.World.Copying >= 3, "three volumes are copied");

        var home = RendezvousHash.Choose(Policies(cluster.Silos[0]).GetGrainId(), [0, 1, 2]);
        var dying = cluster.Silos.Single(silo => TieringConfigurator.NodeIdOf(silo.Name) == home);
        (shared.BackEnds[dying.Name].IsDead, shared.Doors[dying.Name].IsShut) = (true, true);
        await cluster.KillSiloAsync(dying);

        var living = cluster.Silos.First(silo => silo != dying);
        await TestGuard.UntilAsync(async () => (await StatusAsync(living))?.TotalMigrations >= Volumes, "all have moved");
        var status = (await StatusAsync(living))!;
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
