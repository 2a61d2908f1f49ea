using System.Collections.Concurrent;
using System.Globalization;
using Actors.Grains.Storage;
using Actors.Grains.Work;
using Actors.Storage.BackEnds;
using Actors.Storage.Heat;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.TestingHost;

namespace Actors.Grains.Tests.Storage;

/// <summary>A silo of a cluster with the tiering controller: volumes, heat and stored state are the test's, and each silo has its own way to them.</summary>
internal sealed class TieringConfigurator : ISiloConfigurator
{
    /// <summary>What the silos that are made by the present test share.</summary>
    private static readonly AsyncLocal<Shared?> Present = new();

    /// <summary>Makes what the silos of a cluster share.</summary>
    public static Shared Share() => Present.Value = new Shared();

    /// <summary>A silo's node.</summary>
    public static int NodeIdOf(string silo) => silo == "Primary" ? 0 : int.Parse(silo["Secondary_".Length..], CultureInfo.InvariantCulture);

    public void Configure(ISiloBuilder siloBuilder)
    {
        var shared = Present.Value!;
        siloBuilder.Services
            .AddMetrics()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new IdSource(new Random(5).NextBytes))
            .AddSingleton(new TieringSettings
            {
                ReconcileInterval = TimeSpan.FromMilliseconds(200),
                LongestStartPause = TimeSpan.Zero,
                StepInterval = TimeSpan.FromMilliseconds(20),
                ShareTimeToLive = TimeSpan.FromMilliseconds(300),
                MaxCopyBytesPerSecond = VolumeWorld.Gigabyte,
                MinCopyBytesPerSecond = 1,
                Tiering = new() { Readings = 1, LeastStep = TimeSpan.Zero },
                Migrations = new() { Soak = TimeSpan.FromMilliseconds(50) },
            })
            .AddSingleton<IVolumeBackEnd>(services => shared.BackEnds.GetOrAdd(services.GetRequiredService<ILocalSiloDetails>().Name, _ => new WorldBackEnd(shared.World)))
            .AddSingleton<IHeatSource>(shared.Heat)
            .AddSingleton<IWorkList>(shared.Shelf)
            .AddSingleton<IClusterNodes>(static services => new MembershipNodes(services.GetRequiredService<IClusterMembershipService>()))
            .AddSingleton<IBrokerDirectory>(static services => new Self(NodeIdOf(services.GetRequiredService<ILocalSiloDetails>().Name)))
            .AddSweeper()
            .AddTiering()
            .AddGrainStorage(
                ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME,
                (services, _) => shared.Doors.GetOrAdd(services.GetRequiredService<ILocalSiloDetails>().Name, _ => new StateShelf.Door(shared.Shelf)));
    }

    /// <summary>What outlives each silo of a cluster.</summary>
    internal sealed class Shared
    {
        public Shared() => (World, Heat) = (new VolumeWorld(TimeProvider.System), new WorldHeat(TimeProvider.System));

        public VolumeWorld World { get; }

        public WorldHeat Heat { get; }

        public StateShelf Shelf { get; } = new();

        public ConcurrentDictionary<string, WorldBackEnd> BackEnds { get; } = [];

        public ConcurrentDictionary<string, StateShelf.Door> Doors { get; } = [];
    }

    private sealed record Self(int LocalNodeId) : IBrokerDirectory
    {
        public IReadOnlyList<Broker> LiveBrokers => [];

        public int ControllerId => -1;
    }
}
