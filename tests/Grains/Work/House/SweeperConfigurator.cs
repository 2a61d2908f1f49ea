using System.Collections.Concurrent;
using Actors.Grains.Tests.Support;
using Actors.Grains.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Actors.Grains.Tests.Work;

/// <summary>A silo of a test cluster that sweeps; the silos of a cluster share a list.</summary>
internal sealed class SweeperConfigurator : ISiloConfigurator
{
    private static readonly ConcurrentDictionary<string, ErrandBoard> Boards = [];

    /// <summary>A cluster's list.</summary>
    public static ErrandBoard BoardOf(string clusterId) => Boards.GetOrAdd(clusterId, static _ => new ErrandBoard());

    public static int NodeIdOf(string silo) =>
        silo == "Primary" ? 0 : int.Parse(silo["Secondary_".Length..], System.Globalization.CultureInfo.InvariantCulture);

    public void Configure(ISiloBuilder siloBuilder) => siloBuilder.Services
        .AddSingleton(static services => BoardOf(services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId))
        .AddSingleton<IWorkList>(static services => services.GetRequiredService<ErrandBoard>())
        .AddSingleton<IClusterNodes>(static services => new MembershipNodes(services.GetRequiredService<IClusterMembershipService>()))
        .AddSingleton<IBrokerDirectory>(static services => new Self(NodeIdOf(services.GetRequiredService<ILocalSiloDetails>().Name)))
        .AddSweeper()
        // Its clock stands still: only a change of the nodes makes it sweep again.
        .AddSingleton(static services => ActivatorUtilities.CreateInstance<Sweeper>(services, (TimeProvider)new VirtualTime()));

    private sealed record Self(int LocalNodeId) : IBrokerDirectory
    {
        public IReadOnlyList<Broker> LiveBrokers => [];

        public int ControllerId => -1;
    }
}
